// Builds the network from Linux network namespaces and bridges.
#include "tests/support/separate_network.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "tests/support/process.hpp"

namespace parseflow {

namespace {

constexpr std::chrono::seconds timeout{10};

// Runs one of iproute2's programs; the words of `launcher` may come first.
void run(std::vector<std::string> words) {
  const auto program = words.front();
  words.erase(words.begin());
  process child{program, words};
  if (child.wait(timeout) == 0)
    return;
  std::string command = program;
  for (const auto& word : words)
    command += " " + word;
  throw std::runtime_error(command + ": " + child.standard_error());
}

const std::string ip = "/bin/ip", bridge = "/sbin/bridge", nsenter = "/usr/bin/nsenter";

int own_namespace() {
  return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

// The namespace exists as long as the returned descriptor is open.
int new_namespace() {
  int result = -1;
  std::thread{[&] {
    if (unshare(CLONE_NEWNET) == 0)
      result = own_namespace();
  }}.join();
  if (result == -1)
    fail("cannot make a network namespace");
  return result;
}

std::string name_of(separate_network::cable which) {
  return which == separate_network::cable::front ? "front" : "back";
}

// The name of the switch's port for that cable.
std::string port_of(std::size_t host, separate_network::cable which) {
  return name_of(which) + std::to_string(host);
}

constexpr auto both = {separate_network::cable::front, separate_network::cable::back};

} // namespace

separate_network::separate_network(std::size_t hosts) : outside_(own_namespace()) {
  try {
    build(hosts);
  } catch (const std::runtime_error& refused) {
    problem_ = refused.what();
  }
}

separate_network::~separate_network() {
  setns(outside_, CLONE_NEWNET);
  close(outside_);
  for (const int host : hosts_)
    close(host);
}

void separate_network::build(std::size_t hosts) {
  if (unshare(CLONE_NEWNET) != 0)
    fail("cannot make a network namespace");
  run({ip, "link", "set", "lo", "up"});
  for (const auto which : both) {
    run({ip, "link", "add", name_of(which), "type", "bridge"});
    run({ip, "addr", "add", own_address(which) + "/24", "dev", name_of(which)});
    run({ip, "link", "set", name_of(which), "up"});
  }
  for (std::size_t i = 0; i < hosts; ++i)
    add_host(i);
}

void separate_network::add_host(std::size_t host) {
  hosts_.push_back(new_namespace());
  const auto there = [&](std::vector<std::string> words) {
    auto all = launcher(host);
    all.insert(all.end(), words.begin(), words.end());
    run(all);
  };
  there({ip, "link", "set", "lo", "up"});
  for (const auto which : both) {
    const auto port = port_of(host, which), name = name_of(which);
    run({ip, "link", "add", port, "type", "veth", "peer", "name", name, "netns", path_of(host)});
    run({ip, "link", "set", port, "master", name, "up"});
    there({ip, "addr", "add", address(host, which) + "/24", "dev", name});
    there({ip, "link", "set", name, "up"});
  }
}

std::string separate_network::path_of(std::size_t host) const {
  return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(hosts_[host]);
}

std::vector<std::string> separate_network::launcher(std::size_t host) const {
  return {nsenter, "--net=" + path_of(host)};
}

std::string separate_network::address_at(cable of, std::size_t number) {
  return "10.213." + std::to_string(static_cast<int>(of)) + "." + std::to_string(number);
}

void separate_network::set_port(std::size_t host, cable which, const std::string& state) {
  run({bridge, "link", "set", "dev", port_of(host, which), "state", state});
}

} // namespace parseflow
