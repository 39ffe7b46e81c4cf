// What people write to find lines: `timeout -health (status:5xx OR severity:error) /user \d+/`. The grammar and
// its reader; `query_match` says which lines match.
//
//   query  = [ any ]
//   any    = all *( "OR" all )
//   all    = term *( [ "AND" ] term )
//   term   = [ "-" ] ( "(" any ")" / phrase / regex / field / word )
//   phrase = DQUOTE text DQUOTE            ; \" and \\ stand for " and \.
//   regex  = "/" RE2 "/"                   ; followed by a blank, ")" or the end; \/ stands for /
//   field  = name ":" ( value / "(" value *( blank value ) ")" )
//   value  = [ ">" / ">=" / "<" / "<=" ] one / [ one ] ".." [ one ] / class
//   class  = digit "xx"                    ; of a status
//   word   = anything else, up to a blank or a ")" that it has not opened itself
//
// All of it matches in any case of ASCII letters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "messages/expected.hpp"

namespace re2 {
class RE2;
}

namespace parseflow::lines {

/// The property of a line that a `name:value` is about.
enum class query_field : std::uint8_t {
  app,
  drain,
  source,
  dyno,
  severity,
  kind,
  code,
  method,
  path,
  host,
  request_id,
  ip,
  status,
  connect,
  service,
  bytes,
};

/// One of the values of a field; they are alternatives.
struct field_value {
  /// In small letters; of a field that is no number.
  std::string text;
  /// The least and the greatest; of a number, or of a severity as its rank.
  std::int64_t least = 0, greatest = std::numeric_limits<std::int64_t>::max();
};

struct query_node {
  enum class kind : std::uint8_t {
    all,   ///< All of `parts`; true if there is none.
    any,   ///< One of `parts`.
    none,  ///< Not the only one of `parts`.
    text,  ///< `text` stands in the line as shown.
    regex, ///< `regex` finds something in it.
    field, ///< `field` has one of `values`.
  };
  kind what = kind::all;
  std::vector<query_node> parts = {};
  std::string text = {}; ///< In small letters.
  std::shared_ptr<const re2::RE2> regex = nullptr;
  query_field field{};
  std::vector<field_value> values = {};
};

/// Why a query cannot be read: the sentence says what would be right.
struct query_problem : problem {
  /// Where, in bytes from the start.
  std::size_t place = 0;
};

/// Bounds of a query.
inline constexpr std::size_t max_query_bytes = 4096, max_query_terms = 100, max_query_depth = 20;

/// Reads a query. An empty one matches every line.
tl::expected<query_node, query_problem> parse_query(std::string_view text);

} // namespace parseflow::lines
