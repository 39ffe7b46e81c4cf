// gzip, whole buffers at a time: what senders compress, and what we compress for clients.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace parseflow::http {

/// How inflating ended.
enum class inflate_end {
  complete,
  damaged,   ///< Not gzip, cut off, a wrong check sum, or bytes behind the last member.
  too_large, ///< More than `max_bytes`.
};

/// Writes to `into` what all members of `packed` hold together. `into` never takes more than `max_bytes`;
/// unless complete, what it holds is of no use.
inflate_end inflate_gzip(std::string_view packed, std::uint64_t max_bytes, std::string& into);

/// `plain` as one member. Levels are 1, the fastest, to 12.
std::string deflate_gzip(std::string_view plain, int level);

} // namespace parseflow::http
