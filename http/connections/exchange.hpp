// One request while a handler answers it, with what endpoints may see of its connection.
#pragma once

#include <functional>
#include <utility>

#include <httplib.h>

#include "http/connections/reader.hpp"
#include "messages/ip_address.hpp"
#include "messages/streams.hpp"

namespace parseflow::http {

/// True while a reader may go on to read a stream; empty: as long as he likes. Asked about once a second by the
/// thread of an event loop, so it must not wait. Destroyed with the stream.
using stream_permit = std::function<bool()>;

/// A request and its answer. The whole body has arrived, if it is one that is kept: see `request_plan`.
class exchange {
public:
  exchange(const httplib::Request& asked, httplib::Response& answer, const ip_address& from, bool has_body,
           bool takes_gzip, bool is_tls, bool is_from_proxy, bool is_trusted)
      : request(asked), response(answer), client(from), has_body_(has_body), takes_gzip_(takes_gzip),
        is_tls_(is_tls), is_from_proxy_(is_from_proxy), is_trusted_(is_trusted) {}

  /// `request.body` is the body without the framing of its chunks.
  const httplib::Request& request;
  httplib::Response& response;
  /// From whom the request comes, as far as the word of a trusted proxy goes.
  const ip_address client;

  /// True if the headers announced a body, even an empty one.
  bool has_body() const { return has_body_; }

  /// The client takes answers compressed by gzip.
  bool takes_gzip() const { return takes_gzip_; }

  /// The client speaks TLS to this process.
  bool is_tls() const { return is_tls_; }

  /// The client speaks TLS to this process, or to a proxy that says so.
  bool is_secure() const { return is_tls_ || request.get_header_value("X-Forwarded-Proto") == "https"; }

  /// The peer itself is a trusted proxy: what it says of its client in headers is believed.
  bool is_from_proxy() const { return is_from_proxy_; }

  /// Notes who asks. Until then it is a reader whom no key names.
  void identify(reader who) { who_ = std::move(who); }
  const reader& who() const { return who_; }

  /// Notes that the client has shown good credentials: strangers' connections are closed before its own.
  void trust() { is_trusted_ = true; }
  bool is_trusted() const { return is_trusted_; }

  /// The answer has no body but a stream, which `begin` has a producer send when the head is on its way. The
  /// connection ends with it. An error, and the answer to HEAD, stay without.
  void stream(stream_beginning begin) { beginning_ = std::move(begin); }
  const stream_beginning& beginning() const { return beginning_; }

  /// The stream, if the answer is one, is cut as soon as this is false.
  void permit(stream_permit asked) { permit_ = std::move(asked); }
  const stream_permit& permit() const { return permit_; }

private:
  bool has_body_;
  bool takes_gzip_;
  bool is_tls_;
  bool is_from_proxy_;
  bool is_trusted_;
  reader who_;
  stream_beginning beginning_;
  stream_permit permit_;
};

} // namespace parseflow::http
