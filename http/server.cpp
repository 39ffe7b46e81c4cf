// The table of paths, and the checks before each endpoint.
#include "http/server.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "http/access/local_request.hpp"
#include "http/connections/descriptor_limit.hpp"
#include "http/connections/reply.hpp"
#include "http/endpoints/dashboard.hpp"
#include "http/endpoints/drains.hpp"
#include "http/endpoints/health.hpp"
#include "http/endpoints/keys.hpp"
#include "http/endpoints/metrics.hpp"
#include "http/endpoints/series.hpp"
#include "http/endpoints/shares.hpp"
#include "http/endpoints/tail.hpp"
#include "messages/settings/endpoint.hpp"

namespace parseflow::http {

namespace {

connection_limits limits_of(const http_settings& settings) {
  connection_limits limits;
  limits.max_connections = settings.max_connections;
  limits.max_strangers_per_address = settings.max_strangers_per_address;
  limits.keep_alive = settings.keep_alive;
  limits.read_timeout = settings.read_timeout;
  limits.max_discarded_bytes = 4 * settings.max_body_bytes;
  limits.max_body_bytes_in_flight = settings.max_pending_body_bytes;
  limits.proxies = trusted_proxies{settings.trusted_proxies};
  limits.has_proxy_header = settings.proxy_protocol;
  return limits;
}

// For a few health checks and scrapers.
connection_limits private_limits() {
  connection_limits limits;
  limits.max_connections = 64;
  limits.keep_alive = std::chrono::minutes{1};
  limits.pool_threads = 2;
  limits.loops = 1;
  return limits;
}

// How long a start waits for the registry, so that nobody is judged by what was not read yet.
constexpr std::chrono::milliseconds first_look{1000};

bool is_drain_path(std::string_view path) {
  return path == "/logdrains" || path == "/logdrains/";
}

// Whom to let in while no drain is registered.
drain_endpoint::anonymous without_drains(const http_settings& settings) {
  if (settings.allow_anonymous_drains)
    return drain_endpoint::anonymous::anyone;
  return is_loopback_name(listen_address(settings)) ? drain_endpoint::anonymous::local
                                                    : drain_endpoint::anonymous::nobody;
}

bool is_local(const exchange& current, std::string_view allowed_origin) {
  const auto& request = current.request;
  const auto origin = request.headers.find("Origin");
  return is_local_request(request.get_header_value("Host"),
                          origin == request.headers.end() ? std::nullopt
                                                          : std::optional<std::string_view>{origin->second},
                          allowed_origin);
}

// Null if there is none: plain HTTP.
std::unique_ptr<tls_certificate> certificate_of(const http_settings& settings) {
  return settings.tls_certificate.empty()
             ? nullptr
             : std::make_unique<tls_certificate>(settings.tls_certificate, settings.tls_key);
}

} // namespace

expected<listen_socket> server::reserve(const http_settings& settings) {
  if (!settings.tls_certificate.empty())
    if (auto loaded = tls_certificate{settings.tls_certificate, settings.tls_key}.load(); !loaded)
      return loaded.error();
  if (auto raised = raise_descriptor_limit(settings.max_connections); !raised)
    return raised.error();
  listen_socket place;
  if (auto reserved = place.reserve(listen_address(settings), settings.port); !reserved)
    return reserved.error();
  return place;
}

server::server(const settings& configuration, const pipeline_handles& boxes, caf::actor_system& system)
    : settings_(configuration.http), cors_origin_(configuration.http.cors_origin),
      certificate_(certificate_of(configuration.http)), boxes_(system, boxes),
      keys_(configuration.http.api_key, may_read_without_key(configuration.http),
            static_cast<bool>(boxes.registrar)),
      guard_(configuration.http, keys_), registry_(system, boxes.registrar),
      drains_(configuration.http.drains, registry_.has_registrar(), [this] { registry_.ask_to_look(); }),
      drain_(configuration, drains_, without_drains(configuration.http), [this] { admission_.close(); }),
      connections_(limits_of(configuration.http),
                   {[this](const request_head& head) { return plan(head); },
                    [this](exchange& current) { answer(current); }, &drain_, boxes_.entry(),
                    configuration.receiver.hold},
                   &system, certificate_.get()),
      admission_(connections_, boxes_) {
  const auto on_boxes = [this](void (*endpoint)(exchange&, pipeline_client&)) {
    return [this, endpoint](exchange& current) { endpoint(current, boxes_); };
  };
  const auto& http = configuration.http;
  const bool has_local_api = is_loopback_name(listen_address(http)) && !http.allow_anonymous_metrics;
  routes_ = {
      {"/metrics",
       key_role::read,
       [this](exchange& current) {
         get_metrics(current, boxes_,
                     {connections_.connections(), drain_.wrong_credentials(), guard_.wrong_keys(), {}});
       },
       {},
       {},
       0,
       has_local_api},
      {"/api/series", key_role::read, on_boxes(get_series), {}, {}, 0, has_local_api},
      {"/api/logs/tail", key_role::read, on_boxes(get_tail), {}, {}, 0, has_local_api, true},
      {drains_path,
       key_role::admin,
       on_boxes(get_drains),
       [this](exchange& current) { post_drain(current, boxes_, settings_); },
       {},
       max_drain_body_bytes,
       has_local_api},
      {drain_path_prefix,
       key_role::admin,
       {},
       [this](exchange& current) { rotate_drain(current, boxes_, settings_); },
       on_boxes(remove_drain),
       0,
       has_local_api},
      {keys_path,
       key_role::admin,
       on_boxes(get_keys),
       on_boxes(post_key),
       {},
       max_key_body_bytes,
       has_local_api},
      {key_path_prefix, key_role::admin, {}, {}, on_boxes(remove_key), 0, has_local_api},
      {"/api/sessions", key_role::admin, {}, {}, on_boxes(end_all_sessions), 0, has_local_api},
      {shares_path,
       key_role::read,
       {},
       [this](exchange& current) { post_share(current, keys_, settings_); },
       {},
       max_share_body_bytes,
       has_local_api},
      {"/session",
       std::nullopt,
       {},
       [this](exchange& current) {
         guard_.open_session(current);
         describe_share(current);
       },
       api_guard::end_session,
       api_guard::max_session_body_bytes,
       has_local_api},
      {"/healthz", std::nullopt, get_health, {}, {}},
      {"/readyz",
       std::nullopt,
       [this, has_local_api](exchange& current) {
         const bool is_ours = !has_local_api || !keys_.is_open() || is_local(current, {});
         get_readiness(current, boxes_, is_ours && guard_.is_known(current));
       },
       {},
       {}},
      {"/", std::nullopt, redirect_to_page, {}, {}},
      {"/dashboard/", std::nullopt, redirect_to_page, {}, {}},
  };
}

server::~server() {
  stop();
}

expected<> server::start() {
  if (certificate_) {
    if (auto loaded = certificate_->load(); !loaded)
      return loaded;
    certificate_watch_.emplace(*certificate_);
  }
  registry_.listen(
      [this](const registry_news& news) {
        drains_.take(news);
        keys_.take(news);
        if (is_serving_)
          connections_.look_again();
        return take_uses();
      },
      first_look);
  if (auto started = start_private(); !started)
    return started;
  if (auto started = connections_.start(listen_address(settings_), settings_.port); !started)
    return started;
  is_serving_ = true;
  connections_.look_again(); // news may have come just before
  return {};
}

expected<> server::start_private() {
  const auto place = endpoint_from(settings_.private_listen);
  if (!place)
    return {};
  private_connections_.emplace(private_limits(),
                               request_handlers{[](const request_head&) {
                                                  return request_plan{request_plan::way::pool, 0};
                                                },
                                                [this](exchange& current) { answer_privately(current); }});
  return private_connections_->start(place->host, place->port);
}

registry_uses server::take_uses() {
  auto uses = drains_.take_uses();
  uses.keys = keys_.take_uses();
  return uses;
}

bool server::has_registered() const {
  // Where a proxy names users, that it is not open says nothing about keys.
  return (settings_.drains.empty() && !drains_.is_empty()) ||
         (settings_.api_key.empty() && settings_.user_header.empty() && !keys_.is_open());
}

void server::take_up(const settings& fresh) {
  if (certificate_watch_)
    certificate_watch_->look();
  connections_.take_up(fresh.http.keep_alive, fresh.http.read_timeout);
  drain_.take_up(fresh.redaction);
  keys_.take_up(fresh.http.api_key);
  guard_.take_up(fresh.http.requests_per_minute);
  const std::lock_guard guard{mutex_};
  cors_origin_ = fresh.http.cors_origin;
}

void server::stop() {
  connections_.stop();
  registry_.stop();
  registry_.report(take_uses());
  if (private_connections_)
    private_connections_->stop();
  admission_.stop();
}

const server::route* server::find_route(std::string_view path) const {
  for (const auto prefix : {drain_path_prefix, key_path_prefix})
    if (path.size() > prefix.size() && path.starts_with(prefix))
      path = prefix;
  const auto found =
      std::find_if(routes_.begin(), routes_.end(), [&](const route& known) { return known.path == path; });
  return found == routes_.end() ? nullptr : &*found;
}

request_plan server::plan(const request_head& head) const {
  const auto path = decode_percents(head.path, false);
  if (is_drain_path(path) && head.method == "POST")
    return {request_plan::way::drain, 0};
  const auto* const found = find_route(path);
  const bool has_body = found != nullptr && head.method == "POST";
  return {request_plan::way::pool, has_body ? found->max_body_bytes : 0};
}

void server::answer(exchange& current) {
  const auto& path = current.request.path;
  if (const auto* const found = find_route(path))
    return answer_route(current, *found);
  if (is_page_file(path))
    return answer_route(current, {path, std::nullopt, get_page_file, {}, {}});
  if (is_drain_path(path)) {
    set_error(current.response, 405, "method_not_allowed", "Use POST here.");
    return current.response.set_header("Allow", "POST");
  }
  set_error(current.response, 404, "not_found",
            "There is nothing here. Drains post to /logdrains; the page is at /dashboard.");
}

void server::answer_privately(exchange& current) {
  const auto& path = current.request.path;
  if (path == "/healthz" || path == "/readyz" || path == "/metrics")
    return answer(current);
  set_error(
      current.response, 404, "not_found",
      "There is nothing here: this address answers /healthz, /readyz and /metrics (http.private-listen).");
}

void server::answer_route(exchange& current, const route& found) {
  const auto& method = current.request.method;
  auto& response = current.response;
  const auto other_origin = found.needs ? cors_origin() : "";
  if (!other_origin.empty()) {
    response.set_header("Access-Control-Allow-Origin", other_origin);
    response.set_header("Access-Control-Expose-Headers", "Retry-After");
  }
  if (found.needs && method == "OPTIONS")
    return answer_preflight(current, found);
  const action* chosen = method == "GET" || method == "HEAD" ? &found.get
                         : method == "POST"                  ? &found.post
                         : method == "DELETE"                ? &found.del
                                                             : nullptr;
  if (chosen == nullptr || !*chosen) {
    const auto allowed = allowed_methods(found);
    set_error(response, 405, "method_not_allowed", fmt::format("Use {} here.", allowed));
    response.set_header("Allow", allowed);
    return;
  }
  if (found.is_local && keys_.is_open()) {
    if (!is_local(current, other_origin))
      return answer_not_local(response);
    current.trust();
  }
  if (chosen == &found.post && !current.has_body())
    return set_error(response, 411, "length_required",
                     "Content-Length or Transfer-Encoding: chunked is needed.");
  if (found.needs && !guard_.admits(current, *found.needs))
    return;
  if (!found.streams || guard_.admits_stream(current))
    (*chosen)(current);
}

std::string server::cors_origin() {
  const std::lock_guard guard{mutex_};
  return cors_origin_;
}

void server::answer_preflight(exchange& current, const route& found) {
  auto& response = current.response;
  response.status = 204;
  response.set_header("Allow", allowed_methods(found));
  response.set_header("Access-Control-Allow-Methods", allowed_methods(found));
  response.set_header("Access-Control-Allow-Headers", "Authorization, X-API-Key, Content-Type");
  response.set_header("Access-Control-Max-Age", "86400");
}

std::string server::allowed_methods(const route& found) {
  std::string text;
  const auto add = [&text](std::string_view name) {
    text += (text.empty() ? "" : ", ");
    text += name;
  };
  if (found.get)
    add("GET, HEAD");
  if (found.post)
    add("POST");
  if (found.del)
    add("DELETE");
  if (found.needs)
    add("OPTIONS");
  return text;
}

} // namespace parseflow::http
