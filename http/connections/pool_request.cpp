#include "http/connections/pool_request.hpp"

#include <exception>

#include <fmt/format.h>

#include "http/connections/reply.hpp"
#include "messages/service_log.hpp"

namespace parseflow::http {

namespace {

std::string_view reason_of(int status) {
  switch (status) {
  case 200:
    return "OK";
  case 201:
    return "Created";
  case 202:
    return "Accepted";
  case 204:
    return "No Content";
  case 302:
    return "Found";
  case 304:
    return "Not Modified";
  case 400:
    return "Bad Request";
  case 401:
    return "Unauthorized";
  case 403:
    return "Forbidden";
  case 404:
    return "Not Found";
  case 405:
    return "Method Not Allowed";
  case 408:
    return "Request Timeout";
  case 409:
    return "Conflict";
  case 411:
    return "Length Required";
  case 413:
    return "Payload Too Large";
  case 414:
    return "URI Too Long";
  case 415:
    return "Unsupported Media Type";
  case 429:
    return "Too Many Requests";
  case 431:
    return "Request Header Fields Too Large";
  case 500:
    return "Internal Server Error";
  case 501:
    return "Not Implemented";
  case 503:
    return "Service Unavailable";
  case 505:
    return "HTTP Version Not Supported";
  default:
    return "Status";
  }
}

std::string head_lines_of(const httplib::Response& response, bool closes) {
  std::string text = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_of(response.status));
  for (const auto& [name, value] : response.headers)
    text.append(name).append(": ").append(value).append("\r\n");
  if (closes)
    text.append("Connection: close\r\n");
  return text;
}

std::string stream_head_of(const httplib::Response& response, bool is_chunked) {
  return head_lines_of(response, true) + (is_chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n");
}

void note_defect(const httplib::Request& request, const char* problem) {
  log(log_level::error, "http", "a request failed because of a bug",
      {{"path", request.path}, {"problem", problem}});
}

} // namespace

pool_request::pool_request(const request_head& head, const ip_address& peer, const trusted_proxies& proxies,
                           bool over_tls)
    : client(proxies.client_of(head, peer)), has_body(head.body.kind != announced_body::form::none),
      takes_gzip(accepts_gzip(head.value("Accept-Encoding"))), is_tls(over_tls),
      is_from_proxy(proxies.contains(peer)) {
  request.method = head.method;
  request.path = decode_percents(head.path, false);
  request.target = request.path;
  request.version = head.is_http_1_0 ? "HTTP/1.0" : "HTTP/1.1";
  request.remote_addr = client.text();
  for (const auto& [name, value] : head.headers)
    if (!is_same_name(name, "Host"))
      request.headers.emplace(name, value);
  if (!head.host.empty())
    request.headers.emplace("Host", head.host);
  for (auto query = head.query; !query.empty();)
    if (auto one = take_parameter(query); !one.name.empty() || !one.value.empty())
      request.params.emplace(std::move(one.name), std::move(one.value));
}

void answer_request(pool_request& asked, const request_handler& answer) {
  httplib::Response response;
  exchange current{asked.request,    response,     asked.client,        asked.has_body,
                   asked.takes_gzip, asked.is_tls, asked.is_from_proxy, asked.is_trusted};
  const auto fail = [&](const char* problem) {
    note_defect(asked.request, problem);
    current.stream({});
    response = {};
    response.status = 500;
  };
  try {
    answer(current);
  } catch (const std::exception& problem) {
    fail(problem.what());
  } catch (...) {
    fail("");
  }
  if (response.status < 0)
    response.status = 200;
  if (response.status >= 400 && response.body.empty())
    complete_error(response);
  if (asked.is_tls) // from now on browsers use TLS only
    response.set_header("Strict-Transport-Security", "max-age=31536000");
  asked.is_trusted = current.is_trusted();
  const bool is_head = asked.request.method == "HEAD";
  if (!current.beginning() || response.status != 200) {
    asked.answer = text_of(response, is_head, asked.closes);
    return;
  }
  asked.answer = stream_head_of(response, asked.request.version != "HTTP/1.0");
  asked.closes = true;
  if (is_head)
    return;
  asked.begins = current.beginning();
  asked.permit = current.permit();
}

std::string text_of(const httplib::Response& response, bool is_head, bool closes) {
  auto text = head_lines_of(response, closes);
  // Statuses without a body have no length (RFC 9110, 8.6): with one, HAProxy 3 ends the connection.
  if (response.status != 204 && response.status != 304)
    text.append(fmt::format("Content-Length: {}\r\n", response.body.size()));
  text.append("\r\n");
  if (!is_head)
    text.append(response.body);
  return text;
}

} // namespace parseflow::http
