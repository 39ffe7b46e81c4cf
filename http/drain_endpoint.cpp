// Headers of heroku-formats section 1 → frame; verdict → status.
#include "http/drain_endpoint.hpp"

#include <charconv>

#include <fmt/format.h>
#include <sodium.h>

#include "http/answers.hpp"
#include "messages/service_log.hpp"

namespace parseflow::http {

namespace {

// Logplex sends 32 and 38 bytes.
constexpr std::size_t max_name_bytes = 200;
// A refused body is read on and thrown away up to this many times the limit; then the connection is given up.
constexpr std::uint64_t discard_factor = 4;
// The receiver answers within its hold; this much later something is wrong with it.
constexpr std::chrono::milliseconds verdict_slack{500};
constexpr std::size_t max_noted_peers = 1000;

bool is_accepted_type(std::string_view type) {
  // curl -d sends the last one; people pipe lines in with it.
  constexpr std::string_view accepted[] = {"", "application/logplex-1", "text/plain",
                                           "application/octet-stream", "application/x-www-form-urlencoded"};
  type = type.substr(0, type.find(';'));
  while (!type.empty() && type.back() == ' ')
    type.remove_suffix(1);
  return std::any_of(std::begin(accepted), std::end(accepted), [type](std::string_view a) {
    return a.size() == type.size() && std::equal(a.begin(), a.end(), type.begin(),
                                                 [](char x, char y) { return x == (y | 0x20) || x == y; });
  });
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc{} || parsed.ptr != end)
    return std::nullopt;
  return value;
}

bool is_plain(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// A frame without an id equals no other: it gets one that nobody else has.
std::string random_id() {
  std::array<unsigned char, 16> random{};
  randombytes_buf(random.data(), random.size());
  std::array<char, random.size() * 2 + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), random.data(), random.size());
  return fmt::format("anonymous-{}", hex.data());
}

} // namespace

drain_endpoint::drain_endpoint(const http_settings& settings, std::chrono::milliseconds hold,
                               receiver_actor receiver)
    : settings_(settings), hold_(hold), receiver_(std::move(receiver)), drains_(settings.drains),
      budget_(settings.max_pending_body_bytes) {}

void drain_endpoint::handle(const httplib::Request& request, httplib::Response& response,
                            const httplib::ContentReader& read) {
  auto content = std::make_shared<frame>();
  content->received_at = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  auto refused = check(request, *content);
  const auto announced = whole_number(request.get_header_value("Content-Length")).value_or(0);
  const auto deadline = std::chrono::steady_clock::now() + hold_ + verdict_slack;
  const auto share = refused ? body_budget::share{} : budget_.take(announced, hold_);
  if (!refused && !share)
    refused = refusal{503, "overloaded", "too many bodies are under way: send the batch again"};
  if (!refused)
    content->body.reserve(announced);
  std::uint64_t seen = 0;
  const bool complete = read([&](const char* bytes, std::size_t size) {
    seen += size;
    if (seen > discard_factor * settings_.max_body_bytes)
      return false;
    // Only compressed bodies can be longer than they announced.
    if (!refused && seen > announced)
      refused = refusal{400, "bad_length", "the body is longer than its Content-Length"};
    if (!refused)
      content->body.append(bytes, size);
    return true;
  });
  if (refused) {
    if (refused->status == 401)
      response.set_header("WWW-Authenticate", "Basic realm=\"ParseFlow drains\"");
    if (refused->status == 503)
      response.set_header("Retry-After", "1");
    refuse(response, refused->status, refused->code, refused->message);
    return;
  }
  if (!complete || seen < announced) {
    refuse(response, 400, "truncated_body",
           "the connection ended before the body was complete: send it again");
    return;
  }
  submit(std::move(content), deadline, response);
}

std::optional<drain_endpoint::refusal> drain_endpoint::check(const httplib::Request& request,
                                                             frame& content) {
  if (auto refused = identify(request, content))
    return refused;
  if (request.has_header("Transfer-Encoding") || !request.has_header("Content-Length"))
    return refusal{411, "length_required",
                   "send the body with a Content-Length; chunked bodies are not accepted"};
  const auto length = whole_number(request.get_header_value("Content-Length"));
  if (!length)
    return refusal{400, "bad_length", "Content-Length must be a whole number"};
  if (*length > settings_.max_body_bytes)
    return refusal{413, "too_large",
                   fmt::format("the body has {} bytes; at most {} are accepted (http.max-body-bytes)",
                               *length, settings_.max_body_bytes)};
  if (request.has_header("Content-Encoding"))
    return refusal{415, "unsupported_encoding", "send the body without Content-Encoding"};
  if (!is_accepted_type(request.get_header_value("Content-Type")))
    return refusal{415, "unsupported_type",
                   "send application/logplex-1, or text/plain with one line per line"};
  const bool from_logplex = request.has_header("Logplex-Msg-Count") ||
                            request.has_header("Logplex-Frame-Id") ||
                            request.has_header("Logplex-Drain-Token");
  if (*length == 0 && !from_logplex)
    return refusal{400, "empty_request",
                   "this is no drain request: it has neither a body nor a Logplex header"};
  return std::nullopt;
}

std::optional<drain_endpoint::refusal> drain_endpoint::identify(const httplib::Request& request,
                                                                frame& content) {
  if (!drains_.is_open()) {
    const auto given = parse_basic(request.get_header_value("Authorization"));
    auto app = given ? drains_.app_of(*given) : std::nullopt;
    if (!app) {
      note_refused_credentials(request, given ? given->user : "");
      return refusal{401, "unauthorized",
                     "user or password is not that of a drain in http.drains (PARSEFLOW_DRAINS)"};
    }
    content.app = std::move(*app);
  }
  content.key.drain = request.get_header_value("Logplex-Drain-Token");
  content.key.id = request.get_header_value("Logplex-Frame-Id");
  if (content.key.id.empty())
    content.key.id = request.get_header_value("X-Request-Id");
  if (content.app.empty())
    content.app = request.get_param_value("app");
  for (const auto* name : {&content.key.drain, &content.key.id, &content.app})
    if (name->size() > max_name_bytes || !is_plain(*name))
      return refusal{400, "bad_header",
                     fmt::format("drain token, frame id and app must be at most {} visible ASCII characters",
                                 max_name_bytes)};
  if (content.app.empty())
    content.app = content.key.drain.empty() ? "default" : content.key.drain;
  if (content.key.drain.empty())
    content.key.drain = content.app;
  const bool has_frame_id = request.has_header("Logplex-Frame-Id");
  if (content.key.id.empty())
    content.key.id = random_id();

  const auto agent = request.get_header_value("User-Agent");
  if (!has_frame_id && agent.rfind("log-shuttle/", 0) == 0)
    content.mode = structured_data::present;
  const auto count = whole_number(request.get_header_value("Logplex-Msg-Count"));
  if (count && *count < frame::no_count)
    content.announced_lines = static_cast<std::uint32_t>(*count);
  return std::nullopt;
}

void drain_endpoint::submit(frame_ptr content, std::chrono::steady_clock::time_point deadline,
                            httplib::Response& response) {
  submission next{std::move(content), std::make_shared<std::promise<verdict>>()};
  auto answer = next.answer->get_future();
  caf::anon_send(receiver_, std::move(next));
  auto outcome = verdict::overloaded;
  if (answer.wait_until(deadline) == std::future_status::ready)
    outcome = answer.get();
  switch (outcome) {
  case verdict::stored:
  case verdict::duplicate:
    response.status = 204;
    return;
  case verdict::overloaded:
    response.set_header("Retry-After", "1");
    refuse(response, 503, "overloaded", "the lines could not be stored in time: send the batch again");
    return;
  case verdict::stopping:
    response.set_header("Retry-After", "5");
    refuse(response, 503, "stopping", "the service is stopping: send the batch again");
    return;
  }
}

void drain_endpoint::note_refused_credentials(const httplib::Request& request, const std::string& user) {
  const auto now = std::chrono::steady_clock::now();
  {
    const std::lock_guard guard{mutex_};
    if (noted_.size() >= max_noted_peers)
      noted_.clear();
    const auto [found, is_new] = noted_.try_emplace(request.remote_addr, now);
    if (!is_new && now - found->second < std::chrono::minutes{1})
      return;
    found->second = now;
  }
  log(log_level::warn, "drain_endpoint", "refused a drain request: unknown user or wrong password",
      {{"peer", request.remote_addr}, {"user", user.substr(0, 64)}});
}

} // namespace parseflow::http
