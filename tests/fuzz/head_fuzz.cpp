// Heads of requests as they arrive: however they are cut they are read the same, and what was read is read
// again the same after it was written in the plainest way. Input: a byte that says how it is cut, then what
// arrives.
#include <algorithm>
#include <string>

#include "http/connections/head_scanner.hpp"
#include "tests/fuzz/check.hpp"

namespace {

using namespace parseflow::http;
using parseflow::fuzz::require;
using end = scanned_head::end;

bool is_within(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

bool is_plain(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

std::string written(const request_head& head) {
  std::string text{head.method};
  text.append(" ").append(head.path);
  if (!head.query.empty())
    text.append("?").append(head.query);
  text.append(head.is_http_1_0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
  for (const auto& [name, value] : head.headers)
    text.append(name).append(": ").append(value).append("\r\n");
  return text.append("\r\n");
}

void check_complete(std::string_view bytes, const scanned_head& found, const request_head& head) {
  require(found.size <= bytes.size() && found.size <= max_head_bytes, "a head has its limit");
  require(bytes.substr(0, found.size).ends_with("\r\n\r\n"), "a head ends with its empty line");
  require(head.headers.size() <= max_headers, "headers have their limit");
  require(head.path.starts_with('/') || head.path == "*", "a path is one");
  for (const auto part : {head.method, head.query, head.host})
    require(is_within(part, bytes), "views stay within the bytes");
  for (const auto& [name, value] : head.headers)
    require(is_within(name, bytes) && is_within(value, bytes) && !name.empty() && is_plain(value),
            "headers hold no control characters");
  require(head.body.kind == announced_body::form::sized || head.body.bytes == 0, "only a length has bytes");
  require(head.is_http_1_0 || !head.host.empty() || head.count("Host") == 1, "there is one host");

  const auto again = written(head);
  std::size_t searched = 0;
  request_head second;
  require(again.size() > max_head_bytes || scan_head(again, searched, second).now == end::complete,
          "what was read can be read again");
  require(again.size() > max_head_bytes ||
              (second.body.kind == head.body.kind && second.body.bytes == head.body.bytes &&
               second.closes == head.closes && second.path == head.path),
          "and means the same");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1)
    return 0;
  const std::size_t piece = data[0] + std::size_t{1};
  const parseflow::fuzz::tight_copy input({reinterpret_cast<const char*>(data) + 1, size - 1});
  const auto bytes = input.text();

  request_head head;
  std::size_t searched = 0;
  const auto whole = scan_head(bytes, searched, head);
  if (whole.now == end::complete)
    check_complete(bytes, whole, head);
  require(whole.now != end::refused || (whole.why.status >= 400 && !whole.why.sentence.empty()),
          "a refusal says why");

  request_head in_pieces;
  searched = 0;
  scanned_head found;
  for (std::size_t arrived = 0; arrived < bytes.size() && found.now == end::partial;) {
    arrived = std::min(bytes.size(), arrived + piece);
    found = scan_head(bytes.substr(0, arrived), searched, in_pieces);
  }
  require(found.now == whole.now || (bytes.size() >= max_head_bytes && found.now == end::refused),
          "pieces make no difference");
  require(found.now != end::complete ||
              (found.size == whole.size && in_pieces.headers.size() == head.headers.size()),
          "and the head is the same");
  return 0;
}
