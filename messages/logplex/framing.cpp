// Octet-counted framing and its salvage (heroku-formats 2.1 to 2.5).
#include "messages/logplex/framing.hpp"

#include <algorithm>
#include <cstring>

#include "messages/logplex/letter.hpp"

namespace parseflow::logplex {

namespace {

constexpr std::ptrdiff_t max_count_digits = 8;

// A count and the space after it. `width` is 0 if there is none.
struct count {
  std::size_t octets = 0;
  std::size_t width = 0;
};

count count_at(const char* p, const char* end) {
  if (p == end || *p < '1' || *p > '9')
    return {};
  count found;
  const char* const limit = end - p > max_count_digits ? p + max_count_digits : end;
  const char* q = p;
  for (; q != limit && is_digit(*q); ++q)
    found.octets = found.octets * 10 + static_cast<std::size_t>(*q - '0');
  if (q == end || *q != ' ')
    return {};
  found.width = static_cast<std::size_t>(q - p) + 1;
  return found;
}

// Takes what a frame begins with: a count, a space, `<`, one to three digits, `>1 `. Returns false at the
// first byte that does not fit; `p` then points to it, or to the end if the bytes ran out first.
bool take_head(const char*& p, const char* end) {
  const auto take_digits = [&](std::ptrdiff_t most) {
    const char* const begin = p;
    while (p != end && is_digit(*p) && p - begin < most)
      ++p;
    return p != begin;
  };
  const auto take = [&](char c) { return p != end && *p == c ? (++p, true) : false; };
  return take_digits(max_count_digits) && take(' ') && take('<') && take_digits(3) && take('>') &&
         take('1') && take(' ');
}

// The text after the count, or after what should be one, if that is a single line; else empty.
std::string_view line_behind_count(std::string_view bytes) {
  const std::size_t digits = std::min(bytes.find_first_not_of("0123456789"), bytes.size());
  const std::string_view rest = bytes.substr(digits);
  const bool is_line = digits != 0 && rest.starts_with(" <") && rest.find('\n') == rest.size() - 1;
  return is_line ? rest.substr(1) : std::string_view{};
}

} // namespace

framing::framing(std::string_view body, std::uint32_t announced)
    : at_(body.data()), end_(body.data() + body.size()), announced_(announced) {}

bool framing::holds_frames(std::string_view body) {
  const framing whole(body, 0);
  return whole.is_head(whole.at_) || whole.boundary_after(whole.at_, whole.end_) != whole.end_;
}

// True if a count and the beginning of a line are at `p`.
bool framing::is_head(const char* p) const {
  return count_at(p, end_).octets >= min_line_bytes && take_head(p, end_);
}

// True if a count is at `p` whose line ends at another head, or at the end of the body.
bool framing::is_count_that_fits(const char* p) const {
  const count c = count_at(p, end_);
  const char* const begin = p + c.width;
  if (c.width == 0 || c.octets > static_cast<std::size_t>(end_ - begin))
    return false;
  const char* const stop = begin + c.octets;
  return stop == end_ || is_head(stop);
}

bool framing::is_frame(const char* p) const {
  return is_head(p) && is_count_that_fits(p);
}

// The bytes of the line feed or CRLF at `p`, or 0.
std::size_t framing::line_end_bytes(const char* p) const {
  const std::size_t carriage_return = p != end_ && *p == '\r' ? 1 : 0;
  return p + carriage_return != end_ && p[carriage_return] == '\n' ? carriage_return + 1 : 0;
}

bool framing::next_unusual(framed_line& out) {
  if (at_ != end_ && !is_digit(*at_)) {
    const char* const next = at_ + line_end_bytes(at_);
    if (next == end_ || is_head(next))
      at_ = next;
  }
  if (at_ == end_)
    return false;
  const count c = count_at(at_, end_);
  if (c.octets < min_line_bytes)
    return take_damaged(boundary_after(at_, end_), out);
  const char* const begin = at_ + c.width;
  if (lacks_line_feed(begin, c.octets)) {
    const bool was_taken = take_damaged(begin + c.octets - 1, out);
    out.line = {begin, c.octets - 1};
    return was_taken;
  }
  if (c.octets > static_cast<std::size_t>(end_ - begin)) {
    const bool is_last = announced_ == taken_ + 1;
    return take_damaged(is_last ? end_ : boundary_after(at_, end_), out);
  }
  const char* const stop = begin + c.octets;
  // A line that ends with its line feed was counted right, whatever follows.
  if (stop[-1] != '\n' && stop != end_ && !is_counted_right(stop))
    return take_damaged(boundary_after(at_, end_), out);
  at_ = stop;
  out = {{begin, c.octets}, false, {}};
  ++taken_;
  return true;
}

// True if a line lacks its line feed and nothing else. Some tools drop the line feed of the last line.
// `curl -d @file` drops all of them, so that the last byte counted is the first digit of the next count.
bool framing::lacks_line_feed(const char* begin, std::size_t octets) const {
  const auto left = static_cast<std::size_t>(end_ - begin);
  if (octets > left + 1 || octets == left || *begin != '<')
    return false;
  return octets == left + 1 ? boundary_after(at_, end_) == end_ && !std::memchr(begin, '\n', left)
                            : is_counted_one_too_many(begin + octets);
}

// The same for a line that is followed by another. The count of that one shows that it begins a
// byte earlier.
bool framing::is_counted_one_too_many(const char* stop) const {
  if (stop[-1] == '\n' || !is_head(stop - 1) || is_count_that_fits(stop))
    return false;
  const count next = count_at(stop - 1, end_);
  const auto left = static_cast<std::size_t>(end_ - (stop - 1 + next.width));
  return next.octets == left + 1 || (next.octets <= left && is_head(stop - 1 + next.width + next.octets - 1));
}

// True if a line without line feed (Logplex's own have none) ends at `stop`. No frame may begin before
// `stop`, else the count has run into that frame. And something must show that a line begins at `stop`:
// another frame, if only its beginning; a count that fits, whatever it counts; or one more line was announced
// and no frame holds it.
bool framing::is_counted_right(const char* stop) const {
  const char* const next = stop + line_end_bytes(stop);
  const char* head_end = next;
  const bool is_head_or_cut = is_head(next) || (!take_head(head_end, end_) && head_end == end_);
  if (is_head_or_cut || is_count_that_fits(next))
    return boundary_after(at_, stop) >= stop;
  const bool is_last_but_one = announced_ == taken_ + 2;
  return is_last_but_one && boundary_after(at_, end_) == end_;
}

bool framing::take_damaged(const char* until, framed_line& out) {
  const std::string_view bytes(at_, static_cast<std::size_t>(until - at_));
  out = {bytes, true, line_behind_count(bytes)};
  at_ = until;
  ++taken_;
  return true;
}

const char* framing::boundary_after(const char* from, const char* before) const {
  // A count that begins before `before` may have its line after it.
  const char* const limit = end_ - before > max_count_digits ? before + max_count_digits + 1 : end_;
  for (const char* p = from; p < limit; ++p) {
    p = static_cast<const char*>(std::memchr(p, '<', static_cast<std::size_t>(limit - p)));
    if (p == nullptr)
      break;
    if (p - from < 2 || p[-1] != ' ')
      continue;
    const char* digits = p - 1;
    while (digits != from && is_digit(digits[-1]) && p - 1 - digits < max_count_digits)
      --digits;
    if (digits != from && digits[-1] == '\n' && is_head(digits))
      return digits;
    // The previous line may have no line feed, so that its last letters touch the count. The count is then
    // trusted only if it leads to another frame or to the end.
    for (const char* q = digits == from ? from + 1 : digits; q < p - 1; ++q)
      if (is_frame(q))
        return q;
  }
  return end_;
}

} // namespace parseflow::logplex
