// The head of a request as it was sent: request line and headers, checked and split, without copies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parseflow::http {

/// What a request's headers say about its body.
struct announced_body {
  enum class form : std::uint8_t {
    none,    ///< Neither Content-Length nor Transfer-Encoding.
    sized,   ///< A valid Content-Length.
    chunked, ///< `Transfer-Encoding: chunked`, and no length.
  };
  form kind = form::none;
  std::uint64_t bytes = 0;
};

/// Views into the bytes of the head; valid as long as those.
struct request_head {
  struct header {
    std::string_view name;
    /// Without blanks around it. No control characters but tabs.
    std::string_view value;
  };

  std::string_view method;
  /// Starts with `/`, or is `*`. Not decoded.
  std::string_view path;
  /// What stands after `?`. Not decoded.
  std::string_view query;
  /// Of an absolute target, else of the header `Host`; empty if HTTP/1.0 sends none.
  std::string_view host;
  std::vector<header> headers;
  announced_body body;
  bool is_http_1_0 = false;
  /// The client wants the connection closed after the answer.
  bool closes = false;
  bool expects_continue = false;

  /// The value of the first header of this name, in any case of letters.
  std::optional<std::string_view> find(std::string_view name) const;
  /// The same; empty if there is none.
  std::string_view value(std::string_view name) const { return find(name).value_or(std::string_view{}); }
  /// How many headers have this name.
  std::size_t count(std::string_view name) const;
  bool has(std::string_view name) const { return count(name) > 0; }
};

/// True if two header names are the same, in any case of letters.
bool is_same_name(std::string_view a, std::string_view b);

/// Decodes `%41` and, in a query, `+` for a blank. What is no valid escape stays as it is.
std::string decode_percents(std::string_view text, bool is_query);

/// Takes what stands before the first separator off the front of a list, and the separator.
std::string_view take_item(std::string_view& list, char separator);

/// A parameter of a query or a form, decoded.
struct query_parameter {
  std::string name, value;
};

/// Takes the first parameter off the front of a query.
query_parameter take_parameter(std::string_view& query);

/// The value of the first parameter of this name in a query, decoded; nothing if it is missing.
std::optional<std::string> parameter_in(std::string_view query, std::string_view name);

/// True if an `Accept-Encoding` of this value accepts gzip.
bool accepts_gzip(std::string_view accept_encoding);

} // namespace parseflow::http
