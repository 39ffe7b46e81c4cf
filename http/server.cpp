// The table of paths.
#include "http/server.hpp"

#include <sodium.h>

#include "http/answers.hpp"
#include "http/api_guard.hpp"
#include "http/connection_server.hpp"
#include "http/dashboard/assets.hpp"
#include "http/drain_endpoint.hpp"
#include "http/metrics_endpoint.hpp"
#include "messages/service_log.hpp"

namespace parseflow::http {

namespace {

// Bodies of anything but a drain request: a key.
constexpr std::size_t max_small_body = 64 * 1024;

struct path_methods {
  const char* path;
  const char* methods;
};

// For 405 and for OPTIONS.
constexpr path_methods known_paths[] = {
    {"/logdrains", "POST"},      {"/metrics", "GET, HEAD"},    {"/api/series", "GET, HEAD"},
    {"/dashboard", "GET, HEAD"}, {"/session", "POST, DELETE"}, {"/healthz", "GET, HEAD"},
    {"/readyz", "GET, HEAD"},    {"/", "GET, HEAD"},
};

const char* methods_of(const std::string& path) {
  for (const auto& known : known_paths)
    if (path == known.path)
      return known.methods;
  return nullptr;
}

connection_limits limits_of(const http_settings& http) {
  return {http.max_connections, http.keep_alive, http.read_timeout};
}

} // namespace

struct server::parts {
  parts(const settings& configuration, pipeline_handles boxes, caf::actor_system& system)
      : http(configuration.http), connections(limits_of(http)), guard(http),
        drains(http, configuration.receiver.hold, boxes.receiver), questions(system, std::move(boxes)) {
    route_drains();
    route_api();
    route_page();
    route_errors();
  }

  void route_drains() {
    connections.Post("/logdrains",
                     [this](const httplib::Request& request, httplib::Response& response,
                            const httplib::ContentReader& read) { drains.handle(request, response, read); });
    connections.set_expect_100_continue_handler(
        [](const httplib::Request&, httplib::Response&) { return 100; });
  }

  // A handler behind key and rate limit.
  httplib::Server::Handler guarded(void (metrics_endpoint::*handler)(const httplib::Request&,
                                                                     httplib::Response&)) {
    return [this, handler](const httplib::Request& request, httplib::Response& response) {
      if (!http.cors_origin.empty())
        response.set_header("Access-Control-Allow-Origin", http.cors_origin);
      response.set_header("Cache-Control", "no-store");
      if (guard.admit(request, response))
        (questions.*handler)(request, response);
    };
  }

  void route_api() {
    connections.Get("/metrics", guarded(&metrics_endpoint::metrics));
    connections.Get("/api/series", guarded(&metrics_endpoint::series));
    connections.Post("/session", [this](const httplib::Request& request, httplib::Response& response) {
      guard.open_session(request, response);
    });
    connections.Delete("/session", [this](const httplib::Request& request, httplib::Response& response) {
      guard.end_session(request, response);
    });
    connections.Get("/healthz", [](const httplib::Request&, httplib::Response& response) {
      answer_json(response, R"({"status":"ok"})");
    });
    connections.Get("/readyz", [this](const httplib::Request& request, httplib::Response& response) {
      questions.ready(request, response);
    });
    connections.Options(".*", [this](const httplib::Request& request, httplib::Response& response) {
      const auto* methods = methods_of(request.path);
      if (methods == nullptr) {
        refuse(response, 404, "not_found", "there is nothing at this path");
        return;
      }
      response.set_header("Allow", std::string{methods} + ", OPTIONS");
      if (!http.cors_origin.empty()) {
        response.set_header("Access-Control-Allow-Origin", http.cors_origin);
        response.set_header("Access-Control-Allow-Methods", methods);
        response.set_header("Access-Control-Allow-Headers", "Authorization, X-API-Key");
        response.set_header("Access-Control-Max-Age", "600");
      }
      response.status = 204;
    });
  }

  void route_page() {
    for (const auto& asset : assets()) {
      connections.Get(
          std::string{asset.path}, [&asset](const httplib::Request& request, httplib::Response& response) {
            response.set_header(
                "Content-Security-Policy",
                "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'");
            response.set_header("X-Content-Type-Options", "nosniff");
            response.set_header("Referrer-Policy", "no-referrer");
            response.set_header("Cache-Control", "no-cache");
            response.set_header("ETag", std::string{asset.etag});
            if (request.get_header_value("If-None-Match") == asset.etag) {
              response.status = 304;
              return;
            }
            response.set_content(asset.bytes.data(), asset.bytes.size(), std::string{asset.type});
          });
    }
    connections.Get("/", [](const httplib::Request&, httplib::Response& response) {
      response.set_redirect("/dashboard");
    });
  }

  void route_errors() {
    connections.set_payload_max_length(std::max<std::size_t>(http.max_body_bytes, max_small_body));
    connections.set_error_handler([](const httplib::Request& request, httplib::Response& response) {
      if (!response.body.empty())
        return; // a handler has said it better
      const auto* methods = methods_of(request.path);
      if ((response.status == 404 || response.status == 400) && methods != nullptr &&
          std::string_view{methods}.find(request.method) == std::string_view::npos &&
          !request.method.empty()) {
        response.set_header("Allow", methods);
        refuse(response, 405, "method_not_allowed", std::string{"this path takes "} + methods);
      } else if (response.status == 404) {
        refuse(response, 404, "not_found", "there is nothing at this path");
      } else if (response.status == 413) {
        refuse(response, 413, "too_large", "the body is too large");
      } else if (response.status == 500) {
        refuse(response, 500, "internal_error", "the request failed; the service log may say more");
      } else {
        refuse(response, response.status, "bad_request", "the request is not understood");
      }
    });
    connections.set_exception_handler(
        [](const httplib::Request& request, httplib::Response& response, std::exception_ptr thrown) {
          std::string what = "an unknown exception";
          try {
            std::rethrow_exception(thrown);
          } catch (const std::exception& e) {
            what = e.what();
          } catch (...) { // NOLINT(bugprone-empty-catch): `what` says it
          }
          log(log_level::error, "http", "a request failed", {{"path", request.path}, {"problem", what}});
          refuse(response, 500, "internal_error", "the request failed; the service log says more");
        });
  }

  http_settings http;
  connection_server connections;
  api_guard guard;
  drain_endpoint drains;
  metrics_endpoint questions;
};

server::server(const settings& configuration, pipeline_handles boxes, caf::actor_system& system) {
  if (sodium_init() < 0)
    throw std::runtime_error("libsodium cannot be initialised");
  parts_ = std::make_unique<parts>(configuration, std::move(boxes), system);
}

server::~server() {
  stop();
}

std::optional<std::string> server::start() {
  return parts_->connections.open(listen_address(parts_->http), parts_->http.port);
}

std::uint16_t server::port() const {
  return static_cast<std::uint16_t>(parts_->connections.port());
}

void server::stop() {
  parts_->connections.close();
}

} // namespace parseflow::http
