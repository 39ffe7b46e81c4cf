#include "tests/bench/tail_readers.hpp"

#include <array>
#include <stdexcept>
#include <vector>

#include <poll.h>
#include <sys/socket.h>

namespace parseflow::bench {

namespace {

constexpr std::size_t read_bytes = 64 * 1024;
constexpr int longest_wait_ms = 20;

} // namespace

tail_readers::tail_readers() = default;

tail_readers::~tail_readers() {
  is_stopping_ = true;
  if (thread_.joinable())
    thread_.join();
}

// HTTP/1.0 has no chunks: the answer is the events alone.
void tail_readers::add(std::uint16_t port, const std::string& query, std::size_t bytes_per_second,
                       line_taker take) {
  auto& added = all_.emplace_back(port, bytes_per_second, std::move(take));
  added.conn.send("GET /api/logs/tail" + query + " HTTP/1.0\r\nHost: localhost\r\n\r\n");
  std::string head;
  for (char next = 0; !head.ends_with("\r\n\r\n");) {
    if (::recv(added.conn.descriptor(), &next, 1, 0) != 1)
      throw std::runtime_error("no tail: " + head);
    head += next;
  }
  if (!head.starts_with("HTTP/1.1 200"))
    throw std::runtime_error("no tail: " + head);
}

void tail_readers::start() {
  thread_ = std::thread{[this] { run(); }};
}

tail_counts tail_readers::counts() const {
  tail_counts sum;
  for (const auto& from : all_) {
    sum.shown += from.shown;
    sum.skipped += from.skipped;
  }
  return sum;
}

tail_counts tail_readers::counts_of(std::size_t number) const {
  return {all_[number].shown, all_[number].skipped};
}

void tail_readers::run() {
  std::vector<pollfd> waiting(all_.size());
  while (!is_stopping_) {
    auto now = clock::now();
    for (std::size_t i = 0; i < all_.size(); ++i)
      waiting[i] = {all_[i].is_over || all_[i].next_read > now ? -1 : all_[i].conn.descriptor(), POLLIN, 0};
    poll(waiting.data(), waiting.size(), longest_wait_ms);
    now = clock::now();
    for (std::size_t i = 0; i < all_.size(); ++i)
      if (waiting[i].fd >= 0 && waiting[i].revents != 0)
        read(all_[i], now);
  }
}

void tail_readers::read(one& from, clock::time_point now) {
  std::array<char, read_bytes> bytes;
  const auto got = ::recv(from.conn.descriptor(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (got <= 0) {
    from.is_over = true;
    return;
  }
  if (from.bytes_per_second != 0)
    from.next_read =
        now + std::chrono::microseconds{got * 1'000'000 / static_cast<long>(from.bytes_per_second)};
  from.rest.append(bytes.data(), static_cast<std::size_t>(got));
  std::size_t begin = 0;
  for (auto end = from.rest.find('\n'); end != std::string::npos; end = from.rest.find('\n', begin)) {
    take_line(from, std::string_view{from.rest}.substr(begin, end - begin), now);
    begin = end + 1;
  }
  from.rest.erase(0, begin);
}

void tail_readers::take_line(one& from, std::string_view line, clock::time_point now) {
  constexpr std::string_view data = "data: ", count = "data: {\"count\":";
  if (line.starts_with("event: "))
    from.is_skipped_event = line == "event: skipped";
  if (line.empty())
    from.is_skipped_event = false;
  if (!line.starts_with(data))
    return;
  if (from.is_skipped_event) {
    from.skipped += std::stoull(std::string{line.substr(count.size())});
  } else {
    ++from.shown;
    if (from.take)
      from.take(line.substr(data.size()), now);
  }
}

} // namespace parseflow::bench
