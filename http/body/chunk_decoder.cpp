// The framing is read byte by byte; data is taken as a whole.
//
//   chunked-body = *chunk last-chunk trailer-section CRLF
//   chunk        = 1*HEXDIG [ chunk-ext ] CRLF chunk-data CRLF
//   last-chunk   = 1*"0" [ chunk-ext ] CRLF
//   chunk-ext    = *( BWS ";" … )
//
//   5;name=value\r\nhello\r\n0\r\n\r\n
#include "http/body/chunk_decoder.hpp"

#include <algorithm>

#include "http/body/hex_digit.hpp"

namespace parseflow::http {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

} // namespace

std::size_t chunk_decoder::feed(std::string_view arrived, std::string& into) {
  std::size_t used = 0;
  while (state_ == state::reading && used < arrived.size()) {
    if (step_ != step::data) {
      take(arrived[used++]);
      continue;
    }
    const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(size_, arrived.size() - used));
    into.append(arrived, used, taken);
    used += taken;
    bytes_ += taken;
    size_ -= taken;
    if (size_ == 0)
      step_ = step::data_end_1;
  }
  return used;
}

void chunk_decoder::take(char c) {
  switch (step_) {
  case step::size:
    return take_size(c);
  case step::blank:
    if (c == ';')
      step_ = step::extension;
    return is_blank(c) || c == ';' ? drop(c, step_) : end(state::damaged);
  case step::extension:
    return drop(c, step::size_end);
  case step::size_end:
    expect(c, '\n', step::data);
    return state_ == state::reading ? start_chunk() : void();
  case step::data:
    return; // unreachable: `feed` takes data itself
  case step::data_end_1:
    return expect(c, '\r', step::data_end_2);
  case step::data_end_2:
    return expect(c, '\n', step::size);
  case step::trailer_start:
    if (c == '\r') {
      step_ = step::last;
      return;
    }
    step_ = step::trailer;
    return drop(c, step::trailer_end);
  case step::trailer:
    return drop(c, step::trailer_end);
  case step::trailer_end:
    return expect(c, '\n', step::trailer_start);
  case step::last:
    if (c != '\n')
      return end(state::damaged);
    return end(state::complete);
  }
}

void chunk_decoder::take_size(char c) {
  if (const int value = hex_digit(c); value >= 0) {
    size_ = size_ << 4 | static_cast<std::uint64_t>(value);
    return ++digits_ > max_digits ? end(state::damaged) : void();
  }
  if (digits_ == 0)
    return end(state::damaged);
  if (c == '\r')
    step_ = step::size_end;
  else if (c == ';')
    step_ = step::extension;
  else if (is_blank(c))
    step_ = step::blank;
  else
    end(state::damaged);
}

// Takes a byte of an extension or of the trailer; CR ends either.
void chunk_decoder::drop(char c, step at_end) {
  if (c == '\r')
    step_ = at_end;
  else if (is_control(c) || ++dropped_ > max_dropped_bytes)
    end(state::damaged);
}

void chunk_decoder::expect(char c, char wanted, step next) {
  if (c == wanted)
    step_ = next;
  else
    end(state::damaged);
}

void chunk_decoder::start_chunk() {
  digits_ = 0;
  if (size_ == 0)
    step_ = step::trailer_start;
  else if (size_ > max_bytes_ - bytes_)
    end(state::too_large);
}

} // namespace parseflow::http
