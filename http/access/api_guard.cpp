#include "http/access/api_guard.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>
#include <strings.h>

#include "http/access/local_request.hpp"
#include "http/connections/reply.hpp"
#include "http/connections/request_head.hpp"
#include "messages/system_time.hpp"

namespace parseflow::http {

namespace {

constexpr std::string_view cookie_name = "parseflow_session";
// Browsers take a cookie of this name only over TLS, and from this host alone.
constexpr std::string_view secure_cookie_name = "__Host-parseflow_session";

// The key in `Authorization: Bearer KEY` or `X-API-Key: KEY`; empty if there is none.
std::string key_in(const httplib::Request& request) {
  constexpr std::string_view scheme = "Bearer ";
  const auto authorization = request.get_header_value("Authorization");
  if (strncasecmp(authorization.c_str(), scheme.data(), scheme.size()) == 0)
    return authorization.substr(scheme.size());
  return request.get_header_value("X-API-Key");
}

// The session's token; empty if there is none.
std::string token_in(const httplib::Request& request) {
  const auto [first, last] = request.headers.equal_range("Cookie");
  for (auto header = first; header != last; ++header) {
    std::string_view rest = header->second;
    while (!rest.empty()) {
      auto pair = take_item(rest, ';');
      pair.remove_prefix(std::min(pair.size(), pair.find_first_not_of(' ')));
      const auto equals = pair.find('=');
      if (const auto name = pair.substr(0, equals); name == cookie_name || name == secure_cookie_name)
        return std::string{pair.substr(equals + 1)};
    }
  }
  return {};
}

std::string cookie(const exchange& current, std::string_view token, std::chrono::seconds life) {
  const bool is_secure = current.is_secure();
  std::string text{is_secure ? secure_cookie_name : cookie_name};
  text += "=" + std::string{token} +
          "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(life.count());
  if (is_secure)
    text += "; Secure";
  return text;
}

// Scheme, host and port of a URL; empty if it is.
std::string origin_of(const std::string& url) {
  return url.substr(0, url.find('/', url.find("://") + 3));
}

// What a body like `{"api_key": "…"}` has under this name, as JSON or as a form.
std::string text_in_body(const httplib::Request& request, const char* name) {
  if (request.get_header_value("Content-Type").starts_with("application/json")) {
    const auto json = nlohmann::json::parse(request.body, nullptr, false);
    return json.is_object() && json.contains(name) && json[name].is_string() ? json[name].get<std::string>()
                                                                             : std::string{};
  }
  return parameter_in(request.body, name).value_or("");
}

} // namespace

api_guard::api_guard(const http_settings& settings, key_register& keys)
    : keys_(keys), user_header_(settings.user_header), admin_users_(settings.admin_users),
      public_origin_(origin_of(settings.public_url)), rates_(settings.requests_per_minute),
      places_(settings.max_streams_per_reader) {}

void api_guard::take_up(std::uint32_t requests_per_minute) {
  const std::lock_guard guard{mutex_};
  rates_.set_rate(requests_per_minute);
}

api_guard::caller api_guard::caller_of(const exchange& current) {
  const auto address = "address " + current.client.client_network().text();
  if (keys_.is_open())
    return {reader{{}, key_role::admin, {}}, address};
  const auto now = system_time();
  const auto key = key_in(current.request), token = token_in(current.request);
  if (!key.empty())
    if (auto who = keys_.find(key, now)) {
      auto name = "key " + who->key;
      return {std::move(who), std::move(name)};
    }
  if (!token.empty())
    if (auto who = keys_.holder_of(token, now)) {
      // Many may have a link: each of them has requests of its own.
      auto name = "session " + token + (who->shared_until ? address : "");
      return {std::move(who), std::move(name)};
    }
  if (auto who = user_of(current)) {
    auto name = "user " + who->user;
    return {std::move(who), std::move(name)};
  }
  return {std::nullopt, address};
}

// Whom a trusted proxy has let in; nothing if it names nobody. Two names are none: one may be the client's own.
std::optional<reader> api_guard::user_of(const exchange& current) const {
  if (user_header_.empty() || !current.is_from_proxy() ||
      current.request.get_header_value_count(user_header_) != 1)
    return std::nullopt;
  reader who;
  who.user = current.request.get_header_value(user_header_);
  if (who.user.empty())
    return std::nullopt;
  if (std::find(admin_users_.begin(), admin_users_.end(), who.user) != admin_users_.end())
    who.role = key_role::admin;
  return who;
}

// A proxy lets in whatever a user's browser sends, also for a page of another site; a key and a session are not
// sent for these.
bool api_guard::is_from_other_site(const exchange& current) const {
  const auto& request = current.request;
  if (current.who().user.empty() || !request.has_header("Origin"))
    return false;
  const auto origin = request.get_header_value("Origin");
  return !is_own_origin(origin, request.get_header_value("Host")) &&
         !is_own_origin(origin, request.get_header_value("X-Forwarded-Host")) &&
         (origin.empty() || origin != public_origin_);
}

bool api_guard::is_known(const exchange& current) {
  if (caller_of(current).who)
    return true;
  if (!key_in(current.request).empty())
    wrong_keys_.count(current.client);
  return false;
}

bool api_guard::admits(exchange& current, key_role least) {
  auto [who, name] = caller_of(current);
  if (who && !who->is_anonymous())
    current.trust();
  if (!is_within_rate(current, name))
    return false;
  if (who) {
    current.identify(*std::move(who));
    if (is_from_other_site(current)) {
      set_error(current.response, 403, "other_site",
                "The page of another site sent this: its Origin is neither the Host nor http.public-url.");
      return false;
    }
    if (least != key_role::admin || current.who().role == key_role::admin)
      return true;
    set_error(
        current.response, 403, "no_admin",
        "You may only read. This needs an admin key (parseflow keys add NAME --role=admin), or a user in "
        "http.admin-users.");
    return false;
  }
  if ((!key_in(current.request).empty() || !token_in(current.request).empty()) && is_too_early(current))
    return false;
  constexpr std::string_view code = "unauthorized";
  constexpr std::string_view sentence =
      R"(A key is needed: send it as "Authorization: Bearer KEY" or "X-API-Key: KEY".)";
  if (key_in(current.request).empty())
    set_error(current.response, 401, code, sentence);
  else
    refuse_wrong_key(current, code, sentence);
  if (current.response.status == 401)
    current.response.set_header("WWW-Authenticate", R"(Bearer realm="parseflow")");
  return false;
}

bool api_guard::admits_stream(exchange& current) {
  auto place = places_.take(caller_of(current).name);
  if (!place) {
    set_error(current.response, 429, "too_many_streams",
              "This key, session or address has as many answers open that do not end as "
              "http.max-streams-per-reader allows: close another one.");
    return false;
  }
  current.permit([this, place, who = current.who(), key = key_in(current.request),
                  token = token_in(current.request)] { return still_admits(who, key, token); });
  return true;
}

// The apps of a key never change, and who a user is the proxy says once for each request.
bool api_guard::still_admits(const reader& who, const std::string& key, const std::string& token) {
  if (keys_.is_open() || !who.user.empty())
    return true;
  const auto now = system_time();
  const auto is_same = [&who](const std::optional<reader>& found) { return found && found->key == who.key; };
  return !who.is_anonymous() && ((!key.empty() && is_same(keys_.find(key, now))) ||
                                 (!token.empty() && is_same(keys_.holder_of(token, now))));
}

// A right key or session must not be called wrong because of our own trouble.
bool api_guard::is_too_early(exchange& current) {
  if (!keys_.is_unread())
    return false;
  set_error(current.response, 503, "registry_unread", "The registry of keys was not read yet: try again.");
  set_retry_after(current.response, std::chrono::seconds{1});
  return true;
}

void api_guard::refuse_wrong_key(exchange& current, std::string_view code, std::string_view sentence) {
  const auto wait = wrong_keys_.count(current.client);
  if (!wait)
    return set_error(current.response, 401, code, sentence);
  set_error(current.response, 429, "too_many_wrong_keys",
            "Too many wrong keys were tried: wait as long as Retry-After says.");
  set_retry_after(current.response, *wait);
}

bool api_guard::is_within_rate(exchange& current, const std::string& caller) {
  std::optional<std::chrono::milliseconds> wait;
  {
    const std::lock_guard guard{mutex_};
    wait = rates_.take(caller, std::chrono::steady_clock::now());
  }
  if (!wait)
    return true;
  set_error(current.response, 429, "too_many_requests",
            "More requests than http.requests-per-minute allows: wait as long as Retry-After says.");
  set_retry_after(current.response, *wait);
  return false;
}

void api_guard::open_session(exchange& current) {
  auto& response = current.response;
  response.status = 204;
  if (keys_.is_open())
    return;
  const auto now = system_time();
  if (const auto token = text_in_body(current.request, "share"); !token.empty())
    return take_up_share(current, token, now);
  const auto who = keys_.find(text_in_body(current.request, "api_key"), now);
  if (!who) {
    if (!is_too_early(current))
      refuse_wrong_key(current, "wrong_key", "This is no key of this service.");
    return;
  }
  current.trust();
  response.set_header("Set-Cookie", cookie(current, keys_.open_session(*who, now), sessions::life));
}

void api_guard::take_up_share(exchange& current, const std::string& token, timestamp now) {
  auto who = keys_.holder_of(token, now);
  if (!who || !who->shared_until) {
    if (!is_too_early(current))
      refuse_wrong_key(current, "wrong_share", "This link has ended or is not whole: ask for another one.");
    return;
  }
  current.trust();
  const auto life = std::chrono::floor<std::chrono::seconds>(*who->shared_until - now);
  current.response.set_header("Set-Cookie", cookie(current, token, life));
  current.identify(*std::move(who));
}

void api_guard::end_session(exchange& current) {
  current.response.set_header("Set-Cookie", cookie(current, "", std::chrono::seconds{0}));
  current.response.status = 204;
}

} // namespace parseflow::http
