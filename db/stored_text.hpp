// Turns any bytes into text that both databases accept. PostgreSQL refuses NUL and invalid UTF-8; SQLite does
// not get them either, so that both hold the same.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace parseflow::db {

/// True if both databases can hold `text` unchanged: valid UTF-8 without NUL.
bool is_storable(std::string_view text);

/// Writes `text` to `into`, with U+FFFD for every byte that is NUL or not part of valid UTF-8. Where this is
/// used, the column `raw` keeps the original bytes.
void make_storable(std::string_view text, std::string& into);

/// Escapes a name so that different names stay different: `\\` for a backslash, `\xHH` for a byte that cannot
/// be stored. Ordinary names do not change. The result is at most four times as long.
std::string escaped_name(std::string_view name);

/// Longer names are shortened where they are part of a key: an index entry of PostgreSQL has room for 2
/// 704 bytes.
inline constexpr std::size_t max_name_bytes = 255;

/// A name as part of a key (drain, app, frame id): the escaped name. If the name is longer than
/// `max_name_bytes`: its first 200 bytes escaped, `\~` and a 128-bit hash of the whole. At most 1 020 bytes.
std::string stored_name(std::string_view name);

/// The name from which `stored_name` made `stored`; for a shortened name only its beginning, `~` and
/// the hash.
std::string original_name(std::string_view stored);

} // namespace parseflow::db
