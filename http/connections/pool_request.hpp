// A request that a thread of the pool answers, with httplib's forms of request and response.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <httplib.h>

#include "http/connections/client_address.hpp"
#include "http/connections/exchange.hpp"
#include "http/connections/request_head.hpp"

namespace parseflow::http {

/// Answers one request; an exception becomes a 500. Called from several threads.
using request_handler = std::function<void(exchange&)>;

/// Belongs to the connection, and to the pool's thread while that answers it.
struct pool_request {
  /// @param peer Who sent the request: the client or, if it is one of `proxies`, who passed it on.
  pool_request(const request_head& head, const ip_address& peer, const trusted_proxies& proxies,
               bool over_tls);

  ip_address client;
  httplib::Request request; // the connection puts the body into it
  bool has_body = false;
  bool takes_gzip = false;
  bool is_tls = false;
  bool is_from_proxy = false;
  /// Also the result: the client has shown good credentials.
  bool is_trusted = false;
  /// The connection ends with this answer.
  bool closes = false;
  /// The result: what is to be sent; if a stream follows, the head of the answer.
  std::string answer;
  /// The result: begins the stream. Empty if none follows.
  stream_beginning begins;
  /// The result: how long that stream may last.
  stream_permit permit;
};

/// Has the request answered, and writes the answer.
void answer_request(pool_request& asked, const request_handler& answer);

/// The bytes of an answer, with its length.
/// @param is_head The answer to HEAD: the content is left out.
std::string text_of(const httplib::Response& response, bool is_head, bool closes);

} // namespace parseflow::http
