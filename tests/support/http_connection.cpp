#include "tests/support/http_connection.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace parseflow {

namespace {

bool is_same_letter(char a, char b) {
  return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
}

int status_of(std::string_view head) {
  int status = 0;
  if (head.size() > 12) // "HTTP/1.1 204 No Content"
    std::from_chars(head.data() + 9, head.data() + 12, status);
  return status;
}

} // namespace

std::string http_answer::header(std::string_view name) const {
  for (std::size_t begin = head.find("\r\n"); begin != std::string::npos;
       begin = head.find("\r\n", begin + 2)) {
    const std::string_view line{head.data() + begin + 2, head.size() - begin - 2};
    if (line.size() <= name.size() || line[name.size()] != ':' ||
        !std::equal(name.begin(), name.end(), line.begin(), is_same_letter))
      continue;
    auto value = line.substr(name.size() + 1, std::min(line.find("\r\n"), line.size()) - name.size() - 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    return std::string(value);
  }
  return {};
}

http_connection::http_connection(std::uint16_t port, const std::string& host, const std::string& from)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (!from.empty()) {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    inet_pton(AF_INET, from.c_str(), &own.sin_addr);
    bind(socket_, reinterpret_cast<const sockaddr*>(&own), sizeof own);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1 ||
      connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(socket_);
    throw std::runtime_error("nobody listens on " + host + ":" + std::to_string(port));
  }
  const int yes = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

http_connection::~http_connection() {
  close(socket_);
}

bool http_connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void http_connection::end_sending() {
  shutdown(socket_, SHUT_WR);
}

std::optional<http_answer> http_connection::receive(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  auto answer = receive_head(timeout);
  if (!answer)
    return std::nullopt;
  std::size_t length = 0;
  if (answer->status != 204 && answer->status != 304)
    if (const auto text = answer->header("Content-Length"); !text.empty())
      length = std::stoul(text);
  while (received_.size() < length)
    if (!receive_more(deadline))
      return std::nullopt;
  answer->body = received_.substr(0, length);
  received_.erase(0, length);
  return answer;
}

std::optional<http_answer> http_connection::receive_head(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos)
    if (!receive_more(deadline))
      return std::nullopt;
  http_answer answer;
  answer.head = received_.substr(0, end);
  answer.status = status_of(answer.head);
  received_.erase(0, end + 4);
  return answer;
}

std::optional<std::string> http_connection::receive_chunk(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::size_t end = 0;
  while ((end = received_.find("\r\n")) == std::string::npos)
    if (!receive_more(deadline))
      return std::nullopt;
  const auto size = std::stoul(received_.substr(0, end), nullptr, 16);
  while (received_.size() < end + 2 + size + 2)
    if (!receive_more(deadline))
      return std::nullopt;
  auto content = received_.substr(end + 2, size);
  received_.erase(0, end + 2 + size + 2);
  return content;
}

std::string http_connection::receive_rest(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (receive_more(deadline)) {
  }
  return std::exchange(received_, {});
}

bool http_connection::is_closed(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (receive_more(deadline)) {
  }
  return std::chrono::steady_clock::now() < deadline;
}

// False if the connection ends or the deadline passes.
bool http_connection::receive_more(std::chrono::steady_clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  pollfd readable{socket_, POLLIN, 0};
  if (left.count() <= 0 || poll(&readable, 1, static_cast<int>(left.count())) != 1)
    return false;
  std::array<char, 16'384> part{};
  const auto size = recv(socket_, part.data(), part.size(), 0);
  if (size <= 0)
    return false;
  received_.append(part.data(), static_cast<std::size_t>(size));
  return true;
}

http_answer http_request(std::uint16_t port, std::string_view method, std::string_view path,
                         std::string_view headers, const std::string& host) {
  http_connection connection{port, host};
  std::string request;
  request.append(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
  request.append(headers).append("\r\n");
  if (connection.send(request))
    if (auto answer = connection.receive())
      return *answer;
  throw std::runtime_error("no answer to " + std::string(method) + " " + std::string(path));
}

std::string drain_request(std::string_view body, std::size_t lines, std::string_view frame_id,
                          std::string_view headers, std::string_view path) {
  std::string request = "POST ";
  request.append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/logplex-1\r\n");
  request.append("User-Agent: Logplex/v72\r\nLogplex-Msg-Count: ").append(std::to_string(lines));
  request.append("\r\nLogplex-Frame-Id: ").append(frame_id);
  request.append("\r\nContent-Length: ").append(std::to_string(body.size())).append("\r\n");
  request.append(headers).append("\r\n").append(body);
  return request;
}

} // namespace parseflow
