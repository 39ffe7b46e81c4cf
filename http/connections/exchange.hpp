// One request while it is answered: what endpoints see of the connection it came over.
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
    invalid, ///< A Content-Length that is no number, several that differ, or another Transfer-Encoding.
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
  too_slow,  ///< The deadline of the request came.
  too_large, ///< It has more bytes than are allowed.
  damaged,   ///< Its chunks are none.
  no_room,   ///< The caller had none.
};

/// A request, its answer, and its body, which handlers read themselves: httplib's reader inflates gzip
/// without a bound and takes a wrong length for none. What a handler leaves unread the connection discards.
class exchange {
public:
  exchange(connection& line, const httplib::Request& asked, httplib::Response& answer,
           announced_body announced, bool takes_gzip)
      : request(asked), response(answer), line_(line), announced_(announced), takes_gzip_(takes_gzip) {}

  const httplib::Request& request;
  httplib::Response& response;

  const announced_body& announced() const { return announced_; }

  /// Called with the bytes that a body takes in memory, before it does. False: there is no room.
  using room = std::function<bool(std::uint64_t bytes)>;

  /// Reads the whole body into `into`, out of its chunks, which then holds what came. Precondition:
  /// `announced` is sized or chunked.
  body_end read_body(
      std::string& into, std::uint64_t max_bytes, const room& has_room = [](std::uint64_t) { return true; });

  /// True if nothing is left of a chunked body: where it ends is known by reading it only.
  bool has_read_chunks() const { return has_read_chunks_; }

  /// The client takes answers compressed by gzip.
  bool takes_gzip() const { return takes_gzip_; }

  /// The client has shown good credentials: its connection is kept before those of strangers.
  void trust() { line_.trust(); }

  /// The address of the client, as text.
  const std::string& peer() const { return line_.peer(); }

private:
  body_end read_sized(std::string& into, const room& has_room);
  body_end read_chunks(std::string& into, std::uint64_t max_bytes, const room& has_room);
  body_end failure() const { return line_.is_too_slow() ? body_end::too_slow : body_end::cut_off; }

  connection& line_;
  announced_body announced_;
  bool takes_gzip_;
  bool has_read_chunks_ = false;
};

} // namespace parseflow::http
