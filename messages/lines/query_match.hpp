// Which lines a query matches: searches and tails share this, so that a tail shows what a search finds.
#pragma once

#include "messages/lines/query.hpp"
#include "messages/lines/shown_line.hpp"

namespace parseflow::lines {

/// True if the line matches.
bool matches(const query_node& wanted, shown_line& line);

/// False if no line of this frame can match, whatever it says: only app and drain are looked at.
bool may_match(const query_node& wanted, const frame& origin);

} // namespace parseflow::lines
