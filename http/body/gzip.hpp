// gzip on whole buffers: inflates what senders compress, and compresses for clients.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace parseflow::http {

/// How inflating ended.
enum class inflate_end {
  complete,
  damaged,   ///< Not gzip, cut off, a wrong checksum, or bytes after the last member.
  too_large, ///< More than `max_bytes`.
};

/// Writes the contents of all members of `packed` to `into`, which never takes more than `max_bytes`. Unless
/// the result is `complete`, the content of `into` is unspecified.
inflate_end inflate_gzip(std::string_view packed, std::uint64_t max_bytes, std::string& into);

/// Compresses `plain` into one member. Levels go from 1, the fastest, to 12.
std::string deflate_gzip(std::string_view plain, int level);

} // namespace parseflow::http
