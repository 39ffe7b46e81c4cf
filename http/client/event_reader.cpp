#include "http/client/event_reader.hpp"

#include <algorithm>

namespace parseflow::http {

void event_reader::feed(std::string_view bytes, const std::function<void(const server_event&)>& take) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto part = bytes.substr(0, end);
    line_.append(part.substr(0, max_line_bytes - std::min(max_line_bytes, line_.size())));
    if (end == std::string_view::npos)
      return;
    if (line_.ends_with('\r'))
      line_.pop_back();
    take_line(line_, take);
    line_.clear();
    bytes.remove_prefix(end + 1);
  }
}

void event_reader::cut() {
  line_.clear();
  next_.name = "message";
  next_.data.clear();
  has_data_ = false;
}

// field ":" [ SP ] value; a line that begins with the colon is a comment, and an empty line ends the event.
void event_reader::take_line(std::string_view line, const std::function<void(const server_event&)>& take) {
  if (line.empty()) {
    if (has_data_)
      take(next_);
    return cut();
  }
  const auto colon = line.find(':');
  const auto field = line.substr(0, colon);
  auto value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
  if (value.starts_with(' '))
    value.remove_prefix(1);
  if (field == "data") {
    next_.data.append(has_data_ ? "\n" : "").append(value);
    has_data_ = true;
  } else if (field == "event") {
    next_.name = value;
  } else if (field == "id") {
    next_.id = value;
  }
}

} // namespace parseflow::http
