// The text of a router line → a request (heroku-formats section 4). Fields are found by name, never
// by position.
//
//   at=info method=GET path="/items?page=2" host=shop.example.com request_id=5b0e7a4c fwd="203.0.113.9"
//   dyno=web.2 connect=0ms service=37ms status=200 bytes=5120 protocol=https
#pragma once

#include <string_view>

#include "messages/logplex/field_scan.hpp"
#include "messages/parsed_body.hpp"

namespace parseflow::logplex {

/// Reads `text` into `out`; leaves `out.at` alone. False if it names neither a method nor a status, and so is
/// not a request; `out` is then undefined. A value that should be a number and is not becomes `unknown`, and
/// sets `has_extra`. If a key comes twice, the first counts for keys that Heroku writes up to the path, and
/// the last for those after it: so nothing inside a path can imitate a field.
bool read_router_line(std::string_view text, request_record& out);

/// The same for a text that has the fields in an order that Heroku is known to use; much faster. False for
/// any other text, even if it is a request; `out` is then undefined. `readable` is the same text, in place or
/// copied, with `field_ends::slack_bytes` of readable bytes after it.
bool read_usual_router_line(std::string_view text, const char* readable, field_scan scan,
                            request_record& out);

} // namespace parseflow::logplex
