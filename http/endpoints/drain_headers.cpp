#include "http/endpoints/drain_headers.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sodium.h>

#include "http/access/credentials.hpp"
#include "messages/read_number.hpp"
#include "messages/registry/random.hpp"

namespace parseflow::http {

namespace {

// Ids and tokens are keys in the database, so only printable ASCII is accepted, which all senders use.
bool is_token(std::string_view text) {
  return text.size() <= max_name_bytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::string hash_of(std::string_view text) {
  std::array<unsigned char, 16> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), nullptr, 0);
  return fmt::format("{:02x}", fmt::join(hash, ""));
}

std::string usable(std::string_view text) {
  return is_token(text) ? std::string{text} : "hashed-" + hash_of(text);
}

// App names are shown to people and may be in any language.
bool is_name(std::string_view text) {
  return text.size() <= max_name_bytes && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

std::uint32_t count_in(std::string_view text) {
  return read_number<std::uint32_t>(text).value_or(frame::no_count);
}

structured_data mode_of(const request_head& head) {
  const auto agent = head.value("User-Agent");
  if (head.has("Logplex-Frame-Id") || agent.starts_with("Logplex/"))
    return structured_data::absent;
  return agent.starts_with("log-shuttle/") ? structured_data::present : structured_data::absent;
}

// An id of our own for a batch that the sender does not name, under which the journal and the database know
// it. It equals no other.
std::string unnamed_id() {
  return std::string{made_up_id} + random_hex(16);
}

} // namespace

expected<frame_head> read_frame_head(const request_head& head, std::string_view registered_app) {
  const auto token = drain_token(head);
  const auto frame_id = head.value("Logplex-Frame-Id");
  const auto id = usable(frame_id.empty() ? head.value("X-Request-Id") : frame_id);
  const auto label = parameter_in(head.query, "app").value_or("");
  if (registered_app.empty() && !is_name(label))
    return problem{
        fmt::format("The app in the URL (?app=) must be at most {} bytes of text without control characters.",
                    max_name_bytes)};

  frame facts;
  facts.app = !registered_app.empty() ? std::string{registered_app}
              : !label.empty()        ? label
              : !token.empty()        ? token
                                      : "default";
  facts.key.drain = !token.empty() ? token : facts.app;
  facts.key.id = id.empty() ? unnamed_id() : id;
  facts.mode = mode_of(head);
  facts.announced_lines = count_in(head.value("Logplex-Msg-Count"));
  return frame_head{std::move(facts), frame_id.empty() && !id.empty()};
}

std::string drain_token(const request_head& head) {
  return usable(head.value("Logplex-Drain-Token"));
}

std::string key_drain(std::string_view token, std::string_view id, std::string_view old_app) {
  if (old_app.empty())
    return fmt::format("{}@{}", token, id);
  return std::string{token.empty() ? old_app : token};
}

std::string id_with_body(std::string_view request_id, std::string_view body) {
  return fmt::format("{}-{}", request_id, hash_of(body));
}

content_coding coding_of(const request_head& head) {
  const auto coding = head.value("Content-Encoding");
  if (head.count("Content-Encoding") > 1)
    return content_coding::other;
  if (coding.empty() || is_same_name(coding, "identity"))
    return content_coding::none;
  return is_same_name(coding, "gzip") ? content_coding::gzip : content_coding::other;
}

bool has_drain_headers(const request_head& head) {
  return head.has("Logplex-Msg-Count") || head.has("Logplex-Frame-Id") || head.has("Logplex-Drain-Token");
}

bool is_drain_type(std::string_view content_type) {
  std::string type{content_type.substr(0, content_type.find(';'))};
  while (!type.empty() && std::isspace(static_cast<unsigned char>(type.back())))
    type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  constexpr std::array<std::string_view, 5> accepted{"", "application/logplex-1", "text/plain",
                                                     "application/octet-stream",
                                                     "application/x-www-form-urlencoded"};
  return std::find(accepted.begin(), accepted.end(), type) != accepted.end();
}

} // namespace parseflow::http
