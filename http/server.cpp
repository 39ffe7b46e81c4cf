// The table of paths, and the checks before each endpoint.
#include "http/server.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "http/access/local_request.hpp"
#include "http/connections/descriptor_limit.hpp"
#include "http/connections/reply.hpp"
#include "http/endpoints/dashboard.hpp"
#include "http/endpoints/health.hpp"
#include "http/endpoints/metrics.hpp"
#include "http/endpoints/series.hpp"

namespace parseflow::http {

namespace {

connection_limits limits_of(const http_settings& settings) {
  connection_limits limits;
  limits.max_connections = settings.max_connections;
  limits.keep_alive = settings.keep_alive;
  limits.read_timeout = settings.read_timeout;
  limits.max_discarded_bytes = 4 * settings.max_body_bytes;
  return limits;
}

} // namespace

expected<listen_socket> server::reserve(const http_settings& settings) {
  if (auto raised = raise_descriptor_limit(settings.max_connections); !raised)
    return raised.error();
  listen_socket place;
  if (auto reserved = place.reserve(listen_address(settings), settings.port); !reserved)
    return reserved.error();
  return place;
}

server::server(const settings& configuration, pipeline_handles boxes, caf::actor_system& system)
    : settings_(configuration.http), boxes_(system, std::move(boxes)), guard_(configuration.http),
      drain_(configuration, boxes_.entry(), [this] { admission_.close(); }),
      connections_(
          limits_of(configuration.http), [this](exchange& current) { answer(current); }, complete_error),
      admission_(connections_, boxes_) {
  const auto on_boxes = [this](void (*endpoint)(exchange&, pipeline_client&)) {
    return [this, endpoint](exchange& current) { endpoint(current, boxes_); };
  };
  const auto& http = configuration.http;
  const bool is_loopback = is_loopback_name(listen_address(http));
  const bool has_local_drains = is_loopback && http.drains.empty() && !http.allow_anonymous_drains;
  const bool has_local_api = is_loopback && http.api_key.empty() && !http.allow_anonymous_metrics;
  const action drain = [this](exchange& current) { drain_.post(current); };
  routes_ = {
      {"/logdrains", false, {}, drain, {}, has_local_drains},
      {"/logdrains/", false, {}, drain, {}, has_local_drains},
      {"/metrics",
       true,
       [this](exchange& current) { get_metrics(current, boxes_, connections_.connections()); },
       {},
       {},
       has_local_api},
      {"/api/series", true, on_boxes(get_series), {}, {}, has_local_api},
      {"/session",
       false,
       {},
       [this](exchange& current) { guard_.open_session(current); },
       api_guard::end_session,
       has_local_api},
      {"/healthz", false, get_health, {}, {}},
      {"/readyz",
       false,
       [this, has_local_api](exchange& current) {
         const bool is_ours = !has_local_api || is_local_request(current.request, {});
         get_readiness(current, boxes_, is_ours && guard_.is_known(current));
       },
       {},
       {}},
      {"/", false, redirect_to_page, {}, {}},
      {"/dashboard/", false, redirect_to_page, {}, {}},
  };
}

server::~server() {
  stop();
}

expected<> server::start() {
  return connections_.start(listen_address(settings_), settings_.port);
}

void server::stop() {
  connections_.stop();
  admission_.stop();
}

void server::answer(exchange& current) {
  const auto& path = current.request.path;
  const auto found =
      std::find_if(routes_.begin(), routes_.end(), [&](const route& known) { return known.path == path; });
  if (found != routes_.end())
    return answer_route(current, *found);
  if (is_page_file(path))
    return answer_route(current, {path, false, get_page_file, {}, {}, false});
  set_error(current.response, 404, "not_found",
            "There is nothing here. Drains post to /logdrains; the page is at /dashboard.");
}

void server::answer_route(exchange& current, const route& found) {
  const auto& method = current.request.method;
  auto& response = current.response;
  if (found.is_api && !settings_.cors_origin.empty()) {
    response.set_header("Access-Control-Allow-Origin", settings_.cors_origin);
    response.set_header("Access-Control-Expose-Headers", "Retry-After");
  }
  if (found.is_api && method == "OPTIONS")
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
  if (found.is_local) {
    if (!is_local_request(current.request, found.is_api ? settings_.cors_origin : ""))
      return set_error(
          response, 403, "not_local",
          "Without credentials the service answers only this machine's user, at localhost and not for pages "
          "of other sites: set PARSEFLOW_DRAINS and METRICS_API_KEY to let others in.");
    current.trust();
  }
  const auto kind = current.announced().kind;
  if (kind == announced_body::form::invalid)
    return set_error(response, 400, "bad_length",
                     "A body needs one decimal Content-Length, or only Transfer-Encoding: chunked.");
  if (chosen == &found.post && kind == announced_body::form::none)
    return set_error(response, 411, "length_required",
                     "Content-Length or Transfer-Encoding: chunked is needed.");
  if (!found.is_api || guard_.admits(current))
    (*chosen)(current);
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
  if (found.is_api)
    add("OPTIONS");
  return text;
}

} // namespace parseflow::http
