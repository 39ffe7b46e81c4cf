#include "tests/support/scripted_server.hpp"

#include <array>
#include <stdexcept>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace parseflow {

scripted_server::scripted_server(std::vector<std::string> answers, bool is_open)
    : answers_(std::move(answers)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    close(listener_);
    throw std::runtime_error("cannot have a port of 127.0.0.1");
  }
  port_ = ntohs(address.sin_port);
  if (is_open)
    open();
}

void scripted_server::open() {
  if (listen(listener_, 16) != 0)
    throw std::runtime_error("cannot listen on 127.0.0.1");
  thread_ = std::thread{[this] { serve(); }};
}

scripted_server::~scripted_server() {
  shutdown(listener_, SHUT_RDWR); // ends accept
  {
    const std::lock_guard guard{mutex_};
    if (peer_ != -1)
      shutdown(peer_, SHUT_RDWR);
  }
  if (thread_.joinable())
    thread_.join();
  close(listener_);
}

std::vector<std::string> scripted_server::requests() const {
  const std::lock_guard guard{mutex_};
  return requests_;
}

std::size_t scripted_server::connections() const {
  const std::lock_guard guard{mutex_};
  return connections_;
}

void scripted_server::serve() {
  for (int peer = 0; (peer = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) != -1;) {
    {
      const std::lock_guard guard{mutex_};
      peer_ = peer;
    }
    serve_connection(peer);
    const std::lock_guard guard{mutex_};
    peer_ = -1;
    close(peer);
  }
}

void scripted_server::serve_connection(int peer) {
  for (bool is_first = true;; is_first = false) {
    auto request = receive_request(peer);
    if (request.empty())
      return;
    std::string answer;
    {
      const std::lock_guard guard{mutex_};
      connections_ += is_first;
      if (requests_.size() < answers_.size())
        answer = answers_[requests_.size()];
      requests_.push_back(std::move(request));
    }
    if (answer.empty() || send(peer, answer.data(), answer.size(), MSG_NOSIGNAL) < 0)
      return;
  }
}

// Empty if the connection ends.
std::string scripted_server::receive_request(int peer) {
  std::string request;
  std::size_t wanted = std::string::npos;
  while (request.size() < wanted) {
    std::array<char, 4096> part{};
    const auto received = recv(peer, part.data(), part.size(), 0);
    if (received <= 0)
      return {};
    request.append(part.data(), static_cast<std::size_t>(received));
    const auto head = request.find("\r\n\r\n");
    if (wanted != std::string::npos || head == std::string::npos)
      continue;
    wanted = head + 4;
    if (const auto length = request.find("Content-Length: "); length < head)
      wanted += std::stoul(request.substr(length + 16));
  }
  return request;
}

} // namespace parseflow
