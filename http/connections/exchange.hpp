// One request while it is being answered, with what endpoints may see of its connection.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <httplib.h>

#include "http/connections/connection.hpp"

namespace parseflow::http {

/// What a request's headers say about its body.
struct announced_body {
  enum class form {
    none,    ///< Neither Content-Length nor Transfer-Encoding.
    sized,   ///< A valid Content-Length.
    chunked, ///< `Transfer-Encoding: chunked`, and no length.
    invalid, ///< A Content-Length that is not a number, several that differ, or another Transfer-Encoding.
  };
  form kind = form::none;
  std::uint64_t bytes = 0;
};

/// Reads Content-Length and Transfer-Encoding.
announced_body announced_body_of(const httplib::Request& request);

/// How reading a body ended.
enum class body_end {
  complete,
  cut_off,   ///< The peer ended the connection early.
  too_slow,  ///< The deadline of the request has passed.
  too_large, ///< It has more bytes than allowed.
  damaged,   ///< Its chunks are malformed.
  no_room,   ///< The caller had no room.
};

/// A request, its answer and its body. Handlers read the body themselves, because httplib's reader
/// inflates gzip without a bound and treats a wrong length as none. The connection discards what a handler
/// leaves unread.
class exchange {
public:
  exchange(connection& conn, const httplib::Request& asked, httplib::Response& answer,
           announced_body announced, bool takes_gzip)
      : request(asked), response(answer), conn_(conn), announced_(announced), takes_gzip_(takes_gzip) {}

  const httplib::Request& request;
  httplib::Response& response;

  const announced_body& announced() const { return announced_; }

  /// Called with the bytes that a body is about to take in memory. Returns false if there is no room.
  using room = std::function<bool(std::uint64_t bytes)>;

  /// Reads the whole body into `into`, without the framing of its chunks. If that fails, `into` holds what
  /// has arrived. Precondition: `announced` is sized or chunked.
  body_end read_body(
      std::string& into, std::uint64_t max_bytes, const room& has_room = [](std::uint64_t) { return true; });

  /// True if a chunked body was read to its end, which only reading finds.
  bool has_read_chunks() const { return has_read_chunks_; }

  /// The client takes answers compressed by gzip.
  bool takes_gzip() const { return takes_gzip_; }

  /// Notes that the client has shown good credentials: strangers' connections are closed before its own.
  void trust() { conn_.trust(); }

  /// The address of the client, as text.
  const std::string& peer() const { return conn_.peer(); }

private:
  body_end read_sized(std::string& into, const room& has_room);
  body_end read_chunks(std::string& into, std::uint64_t max_bytes, const room& has_room);
  body_end failure() const { return conn_.is_too_slow() ? body_end::too_slow : body_end::cut_off; }

  connection& conn_;
  announced_body announced_;
  bool takes_gzip_;
  bool has_read_chunks_ = false;
};

} // namespace parseflow::http
