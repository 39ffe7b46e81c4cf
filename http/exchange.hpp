// One request while it is answered: what endpoints see of the connection it came over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <httplib.h>

#include "http/connection.hpp"

namespace parseflow::http {

/// What a request's headers say about its body.
struct announced_body {
  enum class form {
    none,    ///< Neither Content-Length nor Transfer-Encoding.
    sized,   ///< A valid Content-Length.
    chunked, ///< Any Transfer-Encoding: we do not decode it.
    invalid, ///< A Content-Length that is no number, or several that differ.
  };
  form kind = form::none;
  std::uint64_t bytes = 0;
};

/// Reads Content-Length and Transfer-Encoding.
announced_body announced_body_of(const httplib::Request& request);

/// How reading a body ended.
enum class body_end {
  complete,
  cut_off,  ///< The peer ended the connection early.
  too_slow, ///< The deadline of the request came.
};

/// A request, its answer, and its body, which handlers read themselves: httplib's reader inflates gzip
/// without a bound and takes a wrong length for none. What a handler leaves unread the connection discards.
class exchange {
public:
  exchange(connection& line, const httplib::Request& asked, httplib::Response& answer,
           announced_body announced)
      : request(asked), response(answer), line_(line), announced_(announced) {}

  const httplib::Request& request;
  httplib::Response& response;

  const announced_body& announced() const { return announced_; }

  /// Reads the whole body into `into`, which then holds what came. Precondition: `announced` is sized, and
  /// its bytes fit into memory.
  body_end read_body(std::string& into);

  /// The address of the client, as text.
  const std::string& peer() const { return line_.peer(); }

private:
  connection& line_;
  announced_body announced_;
};

} // namespace parseflow::http
