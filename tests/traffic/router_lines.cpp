#include "tests/traffic/router_lines.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

namespace parseflow::traffic {

namespace {

// A page of the shop. `path` is a pattern of `dice::fill`.
struct page {
  double share;
  std::string_view method;
  std::string_view path;
  std::string_view endpoint;
  double median_ms;
  double sigma;
  std::int64_t status;
  double median_bytes;
};

constexpr page pages[] = {
    {26, "GET", "/", "/", 34, 0.45, 200, 14'000},
    {16, "GET", "/products?page=%n&sort=price", "/products", 52, 0.5, 200, 22'000},
    {15, "GET", "/products/%n", "/products/:id", 46, 0.5, 200, 9'000},
    {4, "GET", "/products/%n/reviews?ref=%w", "/products/:id/reviews", 61, 0.6, 200, 6'000},
    {7, "GET", "/search?q=%w&page=%n", "/search", 118, 0.7, 200, 17'000},
    {5, "GET", "/assets/application.css", "/assets/application.css", 2, 0.5, 304, 0},
    {5, "GET", "/cart", "/cart", 38, 0.4, 200, 5'000},
    {3, "POST", "/cart/items", "/cart/items", 57, 0.5, 302, 120},
    {1.5, "PUT", "/cart/items/%n", "/cart/items/:id", 49, 0.5, 200, 900},
    {0.8, "DELETE", "/cart/items/%n", "/cart/items/:id", 44, 0.5, 204, 0},
    {1.2, "POST", "/checkout", "/checkout", 215, 0.6, 302, 130},
    {3, "GET", "/api/v1/orders/%u", "/api/v1/orders/:id", 72, 0.6, 200, 2'400},
    {1.2, "POST", "/api/v1/orders", "/api/v1/orders", 130, 0.5, 201, 700},
    {0.5, "PATCH", "/api/v1/orders/%u", "/api/v1/orders/:id", 88, 0.5, 200, 800},
    {0.6, "HEAD", "/", "/", 12, 0.3, 200, 0},
    {0.9, "POST", "/login", "/login", 182, 0.3, 302, 90},
    {0.4, "GET", "/downloads/%h.pdf", "/downloads/:id.pdf", 420, 0.8, 200, 800'000},
    {0.03, "GET", "/live?token=%h", "/live", 95'000, 0.9, 101, 3'000},
};

// Paths that strangers ask for and the shop does not have.
constexpr page probes[] = {
    {0, "GET", "/wp-login.php", "/wp-login.php", 4, 0.3, 404, 1'200},
    {0, "GET", "/.env", "/.env", 3, 0.3, 404, 1'200},
    {0, "GET", "/favicon.png", "/favicon.png", 3, 0.3, 404, 1'200},
    {0, "POST", "/xmlrpc.php", "/xmlrpc.php", 4, 0.3, 404, 1'200},
};
constexpr double probe_share = 0.012;

const page& draw_page(dice& roll) {
  static const double total = [] {
    double sum = 0;
    for (const auto& p : pages)
      sum += p.share;
    return sum;
  }();
  double left = roll.fraction() * total;
  for (const auto& p : pages)
    if ((left -= p.share) < 0)
      return p;
  return pages[0];
}

std::int64_t rounded(double value) {
  return std::llround(value);
}

void set_error(request_facts& request, std::string_view code, std::string_view level, std::string_view desc,
               std::int64_t status) {
  request.code = code;
  request.level = level;
  request.extra["desc"] = desc;
  request.status = status;
  request.bytes = 0;
}

void set_no_dyno(request_facts& request) {
  request.dyno.clear();
  request.connect_ms = request.service_ms = request.bytes = unknown;
}

// At most one thing goes wrong with a request.
void draw_trouble(request_facts& request, dice& roll, const conditions& now) {
  double left = roll.fraction();
  const auto hits = [&left](double share) { return (left -= share) < 0; };
  if (hits(now.timeouts)) {
    set_error(request, "H12", "error", "Request timeout", 503);
    request.service_ms = 30'000 + static_cast<std::int64_t>(roll.below(40));
  } else if (hits(now.crashed)) {
    set_error(request, "H10", "error", "App crashed", 503);
    set_no_dyno(request);
  } else if (hits(now.closed)) {
    set_error(request, "H13", "error", "Connection closed without response", 503);
  } else if (hits(now.broken_off)) {
    const bool is_answered = roll.chance(0.3); // the status was sent before
    set_error(request, "H18", "error", "Server Request Interrupted", is_answered ? 200 : 503);
    request.extra["sock"] = "backend";
  } else if (hits(now.forced_close)) {
    set_error(request, "H24", "error", "Forced close", unknown);
  } else if (hits(now.interrupted)) {
    set_error(request, "H27", "warning", "Client Request Interrupted", 499);
    request.extra["sock"] = "client";
  } else if (hits(now.failures)) {
    request.status = 500;
    request.bytes = 1'500;
  }
}

std::string draw_forwarders(dice& roll) {
  if (roll.chance(0.002))
    return {};
  auto peer = roll.chance(0.05) ? fmt::format("2001:db8::{:x}", roll.below(65'536)) : roll.address();
  if (roll.chance(0.12))
    return roll.address() + (roll.chance(0.5) ? ", " : ",") + peer;
  return peer;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"')
      out += '\\';
    out += c;
  }
  return out;
}

std::string number_text(std::int64_t number, std::string_view unit) {
  return number == unknown ? std::string{} : fmt::format("{}{}", number, unit);
}

} // namespace

request_facts draw_request(dice& roll, timestamp at, std::uint32_t web_dynos, const conditions& now) {
  const auto& wanted = roll.chance(probe_share) ? roll.one_of(probes) : draw_page(roll);
  request_facts request;
  request.at = at;
  request.method = wanted.method;
  request.path = roll.fill(wanted.path);
  request.endpoint = wanted.endpoint;
  request.host = "shop.example.com";
  request.request_id = roll.uuid();
  request.fwd = draw_forwarders(roll);
  request.dyno = fmt::format("web.{}", 1 + roll.below(web_dynos));
  request.connect_ms = static_cast<std::int64_t>(roll.below(3));
  request.service_ms =
      std::max<std::int64_t>(1, rounded(roll.lognormal(wanted.median_ms * now.slowness, wanted.sigma)));
  request.status = wanted.status;
  request.bytes = rounded(roll.lognormal(wanted.median_bytes, 0.4));
  if (roll.chance(0.5)) {
    request.protocol = roll.chance(0.97) ? "https" : "http";
  } else {
    const bool is_tls = roll.chance(0.98);
    request.protocol = roll.chance(0.7) ? "http2.0" : "http1.1";
    request.extra["tls"] = is_tls ? "true" : "false";
    request.tls_version = !is_tls ? "unknown" : roll.chance(0.9) ? "tls1.3" : "tls1.2";
  }
  if (request.status != 101)
    draw_trouble(request, roll, now);
  return request;
}

std::string router_text(const request_facts& request) {
  std::string out;
  const auto& extra = request.extra;
  if (const auto sock = extra.find("sock"); sock != extra.end())
    out += fmt::format("sock={} ", sock->second);
  out += fmt::format("at={}", request.level);
  if (!request.code.empty())
    out += fmt::format(" code={} desc=\"{}\"", request.code, extra.at("desc"));
  out +=
      fmt::format(" method={} path=\"{}\" host={} request_id={} fwd=\"{}\" dyno={} connect={} service={} "
                  "status={} bytes={} protocol={}",
                  request.method, escaped(request.path), request.host, request.request_id, request.fwd,
                  request.dyno, number_text(request.connect_ms, "ms"), number_text(request.service_ms, "ms"),
                  number_text(request.status, ""), number_text(request.bytes, ""), request.protocol);
  if (const auto tls = extra.find("tls"); tls != extra.end())
    out += fmt::format(" tls={} tls_version={}", tls->second, request.tls_version);
  return out;
}

} // namespace parseflow::traffic
