// A body of octet-counted frames → its lines. Bytes that belong to no frame are set apart. The content of
// the lines is not interpreted.
//
//   BODY  = *FRAME
//   FRAME = MSG-LEN SP MSG      ; MSG-LEN: decimal octets of MSG, first digit 1-9
//
//   78 <190>1 2026-03-02T14:07:31.118204+00:00 host app web.1 - cache warmed in 41ms
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace parseflow::logplex {

/// The shortest MSG that can hold a syslog header. A smaller count is damage.
inline constexpr std::size_t min_line_bytes = 13;

/// One step through a body.
struct framed_line {
  /// MSG with its counted line feed; or, if `is_damaged`, bytes that belong to no frame, including the counts
  /// among them.
  std::string_view bytes;
  bool is_damaged = false;
  /// If `is_damaged` and only the count seems wrong, the MSG: one line with its line feed, or one that lacks
  /// its line feed and no other byte. Else empty.
  std::string_view line = {};
};

/// Steps through one body. Every byte is in exactly one line, except the counts of whole frames and a line
/// feed or CRLF that the sender put after a frame without counting it.
class framing {
public:
  /// `announced` is the number of lines that the sender announced, or `frame::no_count`. It decides whether a
  /// count that reaches beyond the end means a body cut short or a damaged count, and whether bytes at the
  /// end that belong to no frame are a line of their own.
  framing(std::string_view body, std::uint32_t announced);

  /// Takes the next line; false when the body is used up.
  bool next(framed_line& out) {
    // The form of nearly all frames: a count of two to four digits, and a line that ends with its
    // line feed.
    if (end_ - at_ > 6) {
      std::size_t octets = static_cast<unsigned char>(*at_ - '0');
      const char* p = at_ + 1;
      for (; p != at_ + 4 && static_cast<unsigned char>(*p - '0') <= 9; ++p)
        octets = octets * 10 + static_cast<unsigned char>(*p - '0');
      const char* const begin = p + 1;
      if (static_cast<unsigned char>(*at_ - '1') <= 8 && *p == ' ' && octets >= min_line_bytes &&
          octets <= static_cast<std::size_t>(end_ - begin) && begin[octets - 1] == '\n') [[likely]] {
        out = {{begin, octets}, false, {}};
        at_ = begin + octets;
        ++taken_;
        return true;
      }
    }
    return next_unusual(out);
  }

  /// True if `body` begins with a frame, or holds one after some damage.
  static bool holds_frames(std::string_view body);

private:
  // Where the next trustworthy frame begins, between `from` and `before` (both exclusive); else the end of
  // the body, or a place after `before`.
  const char* boundary_after(const char* from, const char* before) const;
  bool next_unusual(framed_line& out);
  bool take_damaged(const char* until, framed_line& out);
  bool lacks_line_feed(const char* begin, std::size_t octets) const;
  bool is_head(const char* p) const;
  bool is_count_that_fits(const char* p) const;
  bool is_frame(const char* p) const;
  bool is_counted_right(const char* stop) const;
  bool is_counted_one_too_many(const char* stop) const;
  std::size_t line_end_bytes(const char* p) const;

  const char* at_;
  const char* end_;
  std::uint32_t taken_ = 0;
  std::uint32_t announced_;
};

} // namespace parseflow::logplex
