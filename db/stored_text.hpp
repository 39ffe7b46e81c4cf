// Any bytes → text that both databases take. PostgreSQL refuses NUL and invalid UTF-8; so that the databases
// hold the same, neither gets them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace parseflow::db {

/// True if both databases hold `text` as it is: valid UTF-8 without NUL.
bool is_storable(std::string_view text);

/// Writes `text` to `into`, with U+FFFD for every byte that is NUL or no part of valid UTF-8. Where it is
/// used, a column `raw` keeps the bytes.
void make_storable(std::string_view text, std::string& into);

/// A name, so that different names stay different: `\\` for a backslash, `\xHH` for a byte that cannot be
/// stored. Ordinary names stay as they are. At most four times as long.
std::string escaped_name(std::string_view name);

/// Names above this many bytes are shortened where keys consist of them: an index entry of PostgreSQL has
/// room for 2 704 bytes.
inline constexpr std::size_t max_name_bytes = 255;

/// A name that a key consists of (drain, app, frame id): the escaped name; of one above `max_name_bytes`, its
/// first 200 bytes escaped, `\~` and a 128-bit hash of the whole. At most 1 020 bytes.
std::string stored_name(std::string_view name);

/// The name that `stored_name` made `stored` from; of a shortened name only its beginning, `~` and the hash.
std::string original_name(std::string_view stored);

} // namespace parseflow::db
