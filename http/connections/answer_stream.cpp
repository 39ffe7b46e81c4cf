#include "http/connections/answer_stream.hpp"

#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace parseflow::http {

bool answer_stream::add(const stream_parts::part& next, const stream_producer_actor& from) {
  if (has_last_)
    return false;
  producer_ = from;
  has_last_ = next.is_last;
  if (!next.text || next.text->empty()) // an empty chunk would be the last one
    return true;
  waiting_bytes_ += next.text->size();
  waiting_.push_back(next.text);
  return waiting_bytes_ <= stream_window_bytes;
}

// RFC 9112, 7.1: SIZE CRLF BYTES CRLF …, "0" CRLF CRLF
bool answer_stream::fill(std::string& output) {
  std::size_t count = 0;
  while (count < waiting_.size() && piece_bytes_ < piece_bytes)
    piece_bytes_ += waiting_[count++]->size();
  const bool is_chunked = framing_ == framing::chunked;
  if (count > 0 && is_chunked)
    fmt::format_to(std::back_inserter(output), "{:x}\r\n", piece_bytes_);
  for (std::size_t i = 0; i < count; ++i) {
    output += *waiting_.front();
    waiting_.pop_front();
  }
  if (count > 0 && is_chunked)
    output += "\r\n";
  const bool ends = has_last_ && waiting_.empty() && !is_end_filled_;
  if (ends && is_chunked)
    output += "0\r\n\r\n";
  is_end_filled_ = is_end_filled_ || ends;
  return !output.empty();
}

void answer_stream::piece_taken() {
  waiting_bytes_ -= piece_bytes_;
  unreported_bytes_ += std::exchange(piece_bytes_, 0);
}

std::size_t answer_stream::take_report() {
  return waiting_bytes_ == 0 || unreported_bytes_ >= piece_bytes ? std::exchange(unreported_bytes_, 0) : 0;
}

} // namespace parseflow::http
