#include "tests/traffic/drain_client.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <httplib.h>

namespace parseflow::traffic {

namespace {

// Logplex's published source waits 10 ms times a random exponential slot, at most about 5 s.
constexpr std::chrono::milliseconds back_off_unit{10};
constexpr int max_back_off_exponent = 9;

bool is_connect_failure(httplib::Error error) {
  return error == httplib::Error::Connection || error == httplib::Error::ConnectionTimeout ||
         error == httplib::Error::SSLConnection || error == httplib::Error::SSLServerVerification;
}

std::string decoded(std::string_view text) {
  return httplib::detail::decode_url(std::string(text), false);
}

} // namespace

std::optional<drain_target> target_from(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos ||
      (url.substr(0, scheme) != "http" && url.substr(0, scheme) != "https"))
    return std::nullopt;
  const auto begin = scheme + 3;
  const auto slash = std::min(url.find_first_of("/?", begin), url.size());
  auto authority = url.substr(begin, slash - begin);
  drain_target target;
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    const auto userinfo = authority.substr(0, at);
    const auto colon = std::min(userinfo.find(':'), userinfo.size());
    target.user = decoded(userinfo.substr(0, colon));
    target.password = decoded(userinfo.substr(std::min(colon + 1, userinfo.size())));
    authority.remove_prefix(at + 1);
  }
  if (authority.empty())
    return std::nullopt;
  target.origin = fmt::format("{}{}", url.substr(0, begin), authority);
  target.path = fmt::format("{}{}", url.substr(slash).starts_with('/') ? "" : "/", url.substr(slash));
  return target;
}

struct drain_client::connection {
  explicit connection(const std::string& origin) : client(origin) {
    client.set_keep_alive(true);
    client.set_tcp_nodelay(true);
    client.set_connection_timeout(connect_timeout);
    client.set_read_timeout(answer_timeout);
    client.set_write_timeout(answer_timeout);
  }
  httplib::Client client;
};

drain_client::drain_client(drain_target target)
    : target_(std::move(target)), connection_(std::make_unique<connection>(target_.origin)) {
  if (!target_.user.empty() || !target_.password.empty())
    connection_->client.set_basic_auth(target_.user, target_.password);
  if (!target_.authority.empty())
    connection_->client.set_ca_cert_path(target_.authority);
}

drain_client::~drain_client() = default;

post_result drain_client::post(const body& what) {
  int failures = 0;
  failed_tries_.clear();
  for (;;) {
    {
      const std::lock_guard guard{mutex_};
      if (stopped_)
        return post_result::stopped;
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto outcome = try_once(what);
    if (outcome == attempt::not_connected) {
      ++failed_connects_;
      back_off(++failures);
      continue;
    }
    failures = 0;
    if (outcome == attempt::answered) {
      if (last_status_ >= 200 && last_status_ < 300)
        return post_result::delivered;
      if (last_status_ >= 400 && last_status_ < 500 && last_status_ != 429)
        return post_result::refused;
    }
    // Logplex does not reuse a connection on which something went wrong.
    connection_->client.stop();
    const auto took = std::chrono::steady_clock::now() - begin;
    failed_tries_.push_back({begin, std::chrono::duration_cast<std::chrono::milliseconds>(took),
                             outcome == attempt::answered ? last_status_ : 0});
    if (failed_tries_.size() == max_tries)
      return post_result::given_up;
    ++retries_;
  }
}

drain_client::attempt drain_client::try_once(const body& what) {
  const httplib::Headers headers{{"User-Agent", "Logplex/v72"},
                                 {"Logplex-Msg-Count", std::to_string(what.line_count())},
                                 {"Logplex-Frame-Id", what.frame_id},
                                 {"Logplex-Drain-Token", target_.token}};
  const auto result = connection_->client.Post(target_.path, headers, what.bytes, "application/logplex-1");
  if (!result)
    return is_connect_failure(result.error()) ? attempt::not_connected : attempt::broken;
  last_status_ = result->status;
  return attempt::answered;
}

void drain_client::back_off(int failures) {
  const auto slots = dice_.below(std::uint64_t{1} << std::min(failures, max_back_off_exponent)) + 1;
  std::unique_lock lock{mutex_};
  stop_asked_.wait_for(lock, back_off_unit * slots, [this] { return stopped_; });
}

void drain_client::stop() {
  {
    const std::lock_guard guard{mutex_};
    stopped_ = true;
  }
  stop_asked_.notify_all();
  connection_->client.stop();
}

} // namespace parseflow::traffic
