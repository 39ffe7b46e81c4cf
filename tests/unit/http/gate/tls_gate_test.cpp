// The cluster's port over real sockets: peers, strangers, and what both may cost.
#include "http/gate/tls_gate.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <filesystem>
#include <future>
#include <list>
#include <optional>

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "tests/support/eventually.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/support/problem_in.hpp"
#include "tests/support/test_authority.hpp"

namespace tls_gate_test {

using namespace parseflow;
using namespace std::chrono_literals;

namespace {

cluster_settings settings_of(const test_authority& proofs, const std::string& node) {
  cluster_settings result;
  result.listen = "127.0.0.1:" + std::to_string(free_port());
  result.peers = {"127.0.0.1:1", "127.0.0.1:2"};
  result.certificate = proofs.certificate(node);
  result.key = proofs.key(node);
  result.authority = proofs.path();
  return result;
}

std::unique_ptr<http::peer_certificates> loaded(const cluster_settings& of) {
  auto result = std::make_unique<http::peer_certificates>(of);
  REQUIRE(problem_in(result->load()) == "");
  return result;
}

// A gate and the callers that it has let in.
class open_gate {
public:
  explicit open_gate(const cluster_settings& of, http::gate_limits limits = {})
      : here(*endpoint_from(of.listen)), gate(of.listen, loaded(of), limits) {
    std::signal(SIGPIPE, SIG_IGN); // as the program does: OpenSSL writes without MSG_NOSIGNAL
    REQUIRE(problem_in(gate.open([this](file_descriptor caller) {
              (void)send(caller.get(), "!", 1, MSG_NOSIGNAL); // as CAF does: the server speaks first
              {
                const std::lock_guard guard{mutex_};
                callers_.push_back(std::move(caller));
              }
              changed_.notify_all();
            })) == "");
  }
  ~open_gate() { gate.close(); }

  // The next caller, or none after ten seconds.
  file_descriptor next_caller() {
    std::unique_lock lock{mutex_};
    if (!changed_.wait_for(lock, 10s, [this] { return !callers_.empty(); }))
      return {};
    auto first = std::move(callers_.front());
    callers_.pop_front();
    return first;
  }

  std::size_t waiting_callers() {
    const std::lock_guard guard{mutex_};
    return callers_.size();
  }

  const endpoint here;

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<file_descriptor> callers_;

public:
  http::tls_gate gate; // after what its thread uses
};

bool wait_for_event(int descriptor, short event, std::chrono::milliseconds limit = 10s) {
  pollfd one{descriptor, event, 0};
  return poll(&one, 1, static_cast<int>(limit.count())) == 1;
}

// Receives as many bytes; fewer if the other side ends or is silent for ten seconds.
std::string receive(int from, std::size_t size) {
  std::string result(size, '\0');
  std::size_t got = 0;
  while (got < size && wait_for_event(from, POLLIN)) {
    const auto part = recv(from, result.data() + got, size - got, MSG_DONTWAIT);
    if (part <= 0)
      break;
    got += static_cast<std::size_t>(part);
  }
  result.resize(got);
  return result;
}

bool is_ended(int descriptor) {
  char byte = 0;
  return wait_for_event(descriptor, POLLIN) && recv(descriptor, &byte, 1, MSG_DONTWAIT) <= 0;
}

void send_all(int to, const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const auto part = send(to, bytes.data() + sent, bytes.size() - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (part > 0)
      sent += static_cast<std::size_t>(part);
    else if (!wait_for_event(to, POLLOUT))
      return;
  }
}

// Sends until nothing more is taken for a while.
std::string fill(int to) {
  std::string all, part(50'000, '\0');
  while (wait_for_event(to, POLLOUT, 300ms)) {
    for (auto& byte : part)
      byte = static_cast<char>(all.size() * 31 + static_cast<std::size_t>(&byte - part.data()));
    const auto sent = send(to, part.data(), part.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0)
      all.append(part, 0, static_cast<std::size_t>(sent));
  }
  return all;
}

std::string numbers(std::size_t bytes) {
  std::string result;
  for (int i = 0; result.size() < bytes; ++i)
    result += std::to_string(i);
  return result;
}

struct fixture {
  test_authority proofs;

  fixture() {
    proofs.sign("a", "IP:127.0.0.1");
    proofs.sign("b", "IP:127.0.0.1");
  }

  // A connection of b to a, both ends.
  struct pair {
    file_descriptor out, in;
  };
  static pair join(open_gate& b, open_gate& a) {
    auto out = b.gate.dial(a.here);
    REQUIRE(problem_in(out) == "");
    auto in = a.next_caller();
    REQUIRE(in.is_open());
    REQUIRE(receive(out->get(), 1) == "!");
    return {*std::move(out), std::move(in)};
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "gate: bytes of peers pass in both directions, until one of them ends") {
  open_gate a{settings_of(proofs, "a")}, b{settings_of(proofs, "b")};
  auto joined = join(b, a);
  const auto much = numbers(5'000'000);
  auto answers = std::async(std::launch::async, [&] { send_all(joined.in.get(), much); });
  auto requests = std::async(std::launch::async, [&] { send_all(joined.out.get(), much + much); });
  auto received = std::async(std::launch::async, [&] { return receive(joined.in.get(), 2 * much.size()); });
  CHECK((receive(joined.out.get(), much.size()) == much));
  CHECK((received.get() == much + much));
  answers.get();
  requests.get();

  send_all(joined.out.get(), "the last words");
  joined.out.reset();
  CHECK(receive(joined.in.get(), 14) == "the last words");
  CHECK(is_ended(joined.in.get()));
  CHECK(a.gate.refused().by_handshake == 0);
}

TEST_CASE_FIXTURE(fixture, "gate: a peer that does not read holds up only who sends to it") {
  open_gate a{settings_of(proofs, "a")}, b{settings_of(proofs, "b")};
  auto slow = join(b, a), other = join(b, a);
  const auto there = fill(slow.out.get()), back = fill(slow.in.get());
  CHECK(there.size() < 40'000'000); // what the kernel holds for the sockets, and two buffers
  CHECK(back.size() < 40'000'000);
  send_all(other.out.get(), "hello");
  CHECK(receive(other.in.get(), 5) == "hello");
  CHECK((receive(slow.in.get(), there.size()) == there));
  CHECK((receive(slow.out.get(), back.size()) == back));
}

TEST_CASE_FIXTURE(fixture, "gate: who has a certificate of another authority is no peer") {
  test_authority others;
  others.sign("x", "IP:127.0.0.1");
  open_gate a{settings_of(proofs, "a")}, x{settings_of(others, "x")};
  CHECK(problem_in(x.gate.dial(a.here)).find("this node does not trust its certificate") == 0);
  auto blind = settings_of(proofs, "a"); // trusts a, but shows what a does not trust
  blind.certificate = others.certificate("x");
  blind.key = others.key("x");
  CHECK(problem_in(http::peer_certificates{blind}.load()).find("no peer would accept") == 0);
  CHECK(eventually([&] { return a.gate.refused().by_handshake == 1; }));
  CHECK(a.waiting_callers() == 0);
}

TEST_CASE_FIXTURE(fixture, "gate: a caller must have the name of a listed host, and who is dialled its own") {
  proofs.sign("c", "IP:10.9.9.9,DNS:c");
  open_gate a{settings_of(proofs, "a")};
  auto of_c = settings_of(proofs, "c");
  CHECK(problem_in(http::peer_certificates{of_c}.load())
            .find("it names no host of cluster.peers (127.0.0.1)") != std::string::npos);
  of_c.peers = {"c:1"};
  open_gate c{of_c};
  CHECK(problem_in(c.gate.dial(a.here)).find("it does not know this node") == 0);
  CHECK(eventually([&] { return a.gate.refused().unlisted == 1; }));
  CHECK(a.waiting_callers() == 0);
  CHECK(problem_in(a.gate.dial(c.here)) == "its certificate does not name 127.0.0.1, as cluster.peers does");
  CHECK(problem_in(a.gate.dial({"localhost", c.here.port})) ==
        "its certificate does not name localhost, as cluster.peers does");
}

TEST_CASE_FIXTURE(fixture, "gate: who does not finish the handshake is let go") {
  open_gate a{settings_of(proofs, "a"), {.max_connections = 16, .handshake = 200ms}};
  http_connection silent{a.here.port}, half{a.here.port}, plain{a.here.port};
  REQUIRE(half.send(std::string("\x16\x03\x01\x02\x00\x01", 6)));
  REQUIRE(plain.send("GET / HTTP/1.1\r\n\r\n"));
  CHECK(plain.is_closed(5s));
  CHECK(silent.is_closed(5s));
  CHECK(half.is_closed(5s));
  CHECK(eventually([&] { return a.gate.refused().by_handshake == 3; }));
  { const http_connection looks_whether_somebody_listens{a.here.port}; }
  open_gate b{settings_of(proofs, "b")};
  join(b, a);
  CHECK(a.gate.refused().by_handshake == 3);
}

TEST_CASE_FIXTURE(fixture, "gate: strangers give way to others, peers do not") {
  constexpr std::size_t limit = 16;
  open_gate a{settings_of(proofs, "a"), {.max_connections = limit, .handshake = 1h}};
  open_gate b{settings_of(proofs, "b")};
  std::vector<pair> peers;
  peers.push_back(join(b, a));
  http_connection talks{a.here.port};
  REQUIRE(talks.send(std::string("\x16\x03\x01\x02\x00\x01", 6)));
  std::list<http_connection> silent;
  for (std::size_t i = 0; i < 2 * limit; ++i)
    silent.emplace_back(a.here.port);
  CHECK(eventually([&] { return a.gate.refused().by_limit == limit + 2; }));
  CHECK(silent.front().is_closed(5s));
  CHECK_FALSE(silent.back().is_closed(0ms));
  while (peers.size() < limit - 1)
    peers.push_back(join(b, a));
  CHECK(silent.back().is_closed(5s));
  CHECK_FALSE(talks.is_closed(0ms));
  peers.push_back(join(b, a));
  CHECK(talks.is_closed(5s));
  const auto before = a.gate.refused().by_limit;
  CHECK(problem_in(b.gate.dial(a.here)) == "it closed the connection");
  CHECK(a.gate.refused().by_limit == before + 1);
  for (const auto& each : peers) {
    send_all(each.out.get(), "still here");
    CHECK(receive(each.in.get(), 10) == "still here");
  }
}

TEST_CASE_FIXTURE(fixture, "gate: without descriptors callers are refused, and later ones are not") {
  open_gate a{settings_of(proofs, "a"), {.max_connections = 5000, .handshake = 1h}};
  open_gate b{settings_of(proofs, "b")};
  const auto first = join(b, a);
  int highest = 0;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"})
    highest = std::max(highest, std::stoi(entry.path().filename().string()));
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  auto few = before;
  few.rlim_cur = static_cast<rlim_t>(highest) + 50;
  REQUIRE(setrlimit(RLIMIT_NOFILE, &few) == 0);
  {
    std::deque<file_descriptor> crowd;
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(a.here.port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // While the listener's queue is full the system drops what comes: without a limit, connect would then wait
    // for seconds with the descriptors that the gate needs to empty the queue.
    const timeval patience{0, 20'000};
    for (int i = 0; i < 1100;) {
      file_descriptor one{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
      setsockopt(one.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
      if (one.is_open() && connect(one.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) {
        crowd.push_back(std::move(one));
        ++i;
      } else if (!crowd.empty()) {
        crowd.pop_front();
      } else {
        std::this_thread::yield(); // the gate has all descriptors, and gives back those of the closed ones
      }
    }
    CHECK(eventually([&] { return a.gate.refused().by_limit > 0; }));
  }
  setrlimit(RLIMIT_NOFILE, &before);
  send_all(first.out.get(), "still here");
  CHECK(receive(first.in.get(), 10) == "still here");
  // While the crowd that has gone fills the queue of the listener, the system drops what comes.
  CHECK(eventually([&] { return static_cast<bool>(b.gate.dial(a.here)); }));
}

TEST_CASE_FIXTURE(fixture, "gate: certificates are renewed while connections go on") {
  const auto of_a = settings_of(proofs, "a");
  open_gate a{of_a, {.max_connections = 16, .handshake = 5s, .refresh = 10ms}};
  open_gate b{settings_of(proofs, "b")};
  const auto early = join(b, a);
  proofs.sign("a", "IP:127.0.0.9"); // a name by which b does not dial it, so that b tells it apart
  for (const auto& file : {of_a.certificate, of_a.key})
    std::filesystem::last_write_time(file, std::filesystem::last_write_time(file) + 1s);
  // It would be refused by all peers, so it is not taken up.
  join(b, a);
  proofs.sign("a", "DNS:localhost,IP:127.0.0.1");
  for (const auto& file : {of_a.certificate, of_a.key})
    std::filesystem::last_write_time(file, std::filesystem::last_write_time(file) + 2s);
  CHECK(eventually([&] { return b.gate.dial({"localhost", a.here.port}).has_value(); }));
  send_all(early.out.get(), "still here");
  CHECK(receive(early.in.get(), 10) == "still here");
}

TEST_CASE_FIXTURE(fixture, "gate: each failure to dial has its sentence") {
  http::tls_gate b{"127.0.0.1:1", loaded(settings_of(proofs, "b")), {.handshake = 200ms}};
  CHECK(problem_in(b.dial({"127.0.0.1", free_port()})) == "nobody accepts connections there");
  http::listen_socket silent;
  REQUIRE(problem_in(silent.open("127.0.0.1", 0)) == "");
  CHECK(problem_in(b.dial({"127.0.0.1", silent.port()})) == "it accepts connections and says nothing");

  http::tls_gate patient{"127.0.0.1:1", loaded(settings_of(proofs, "b")), {.handshake = 1h}};
  auto dialling = std::async(std::launch::async, [&] { return patient.dial({"127.0.0.1", silent.port()}); });
  CHECK(wait_for_event(silent.get(), POLLIN));
  patient.stop_dialling();
  CHECK(problem_in(dialling.get()) == "the attempt was given up, because this node stops");
  CHECK(problem_in(patient.dial({"127.0.0.1", silent.port()})) ==
        "the attempt was given up, because this node stops");
}

TEST_CASE_FIXTURE(fixture, "gate: a port that is taken is a sentence that names the setting") {
  const auto of_a = settings_of(proofs, "a");
  const open_gate a{of_a};
  http::tls_gate again{of_a.listen, loaded(of_a), {}};
  CHECK(problem_in(again.open([](file_descriptor) {})).find("cluster.listen") != std::string::npos);
}

} // namespace tls_gate_test
