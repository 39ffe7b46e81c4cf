#include "tests/attacks/good_sender.hpp"

#include <algorithm>
#include <exception>
#include <string_view>

#include "tests/support/http_connection.hpp"

namespace parseflow::attacks {

namespace {

using steady = std::chrono::steady_clock;

// Logplex gives up after this.
constexpr std::chrono::seconds patience{5};
constexpr std::string_view line =
    "83 <40>1 2026-03-02T14:07:31+00:00 host app web.1 - one line of a batch of a good app\n\n";

} // namespace

good_sender::good_sender(std::uint16_t port, const std::string& authorization)
    : port_(port), authorization_("Authorization: " + authorization + "\r\n"), thread_([this] {
        while (!is_stopping_)
          post();
      }) {}

good_sender::~good_sender() {
  is_stopping_ = true;
  if (thread_.joinable())
    thread_.join();
}

void good_sender::post() {
  const auto begin = steady::now();
  try {
    http_connection connection{port_};
    const auto id = "good-" + std::to_string(sent_);
    if (connection.send(drain_request(line, 1, id, authorization_))) {
      const auto answer = connection.receive(patience);
      taken_ += answer && answer->status == 204 ? 1 : 0;
    }
  } catch (const std::exception&) { // no connection: not taken
  }
  took_.push_back(std::chrono::ceil<std::chrono::milliseconds>(steady::now() - begin));
  ++sent_;
}

sender_report good_sender::finish(std::uint64_t least) {
  while (sent_ < least)
    std::this_thread::yield();
  is_stopping_ = true;
  thread_.join();
  std::sort(took_.begin(), took_.end());
  return {sent_, taken_, took_[took_.size() * 99 / 100]};
}

} // namespace parseflow::attacks
