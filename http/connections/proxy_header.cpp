#include "http/connections/proxy_header.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "messages/read_number.hpp"

namespace parseflow::http {

namespace {

using end = proxy_header::end;

constexpr proxy_header no_header{end::refused, 0, std::nullopt};
constexpr std::string_view text_start = "PROXY ";
constexpr std::size_t max_text_bytes = 107;
constexpr std::string_view binary_start{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t binary_head_bytes = 16;

bool is_begun(std::string_view bytes, std::string_view start) {
  const auto common = std::min(bytes.size(), start.size());
  return bytes.substr(0, common) == start.substr(0, common);
}

// Takes what stands before the next blank off the front.
std::string_view take_word(std::string_view& line) {
  const auto blank = std::min(line.find(' '), line.size());
  const auto word = line.substr(0, blank);
  line.remove_prefix(std::min(line.size(), blank + 1));
  return word;
}

// "TCP4 192.0.2.1 192.0.2.2 56324 443" or "UNKNOWN" and anything.
proxy_header read_line(std::string_view line, std::size_t size) {
  const auto family = take_word(line);
  if (family == "UNKNOWN")
    return {end::complete, size, std::nullopt};
  if (family != "TCP4" && family != "TCP6")
    return no_header;
  const auto source = ip_address::from(take_word(line));
  const auto target = ip_address::from(take_word(line));
  const bool has_ports =
      read_number<std::uint16_t>(take_word(line)) && read_number<std::uint16_t>(line).has_value();
  if (!source || !target || !has_ports || (family == "TCP4" && !source->is_ipv4()))
    return no_header;
  return {end::complete, size, source};
}

proxy_header read_text(std::string_view bytes) {
  const auto line_end = bytes.substr(0, max_text_bytes).find("\r\n");
  if (line_end == std::string_view::npos)
    return bytes.size() >= max_text_bytes ? no_header : proxy_header{};
  return read_line(bytes.substr(text_start.size(), line_end - text_start.size()), line_end + 2);
}

unsigned byte_at(std::string_view bytes, std::size_t place) {
  return static_cast<unsigned char>(bytes[place]);
}

// Version and command, family and transport, the size of what follows; then addresses, ports and extensions.
proxy_header read_binary(std::string_view bytes) {
  if (bytes.size() < binary_head_bytes)
    return {};
  const auto command = byte_at(bytes, 12), family = byte_at(bytes, 13);
  const std::size_t rest = byte_at(bytes, 14) << 8 | byte_at(bytes, 15);
  const auto size = binary_head_bytes + rest;
  if (command >> 4 != 2 || (command & 0xf) > 1 || size > max_proxy_header_bytes)
    return no_header;
  if (bytes.size() < size)
    return {};
  proxy_header result{end::complete, size, std::nullopt};
  if ((command & 0xf) == 0) // the proxy's own
    return result;
  constexpr std::size_t ipv4_bytes = 12, ipv6_bytes = 36;
  const auto* const source = reinterpret_cast<const unsigned char*>(bytes.data()) + binary_head_bytes;
  if (family >> 4 == 1) {
    if (rest < ipv4_bytes)
      return no_header;
    result.client = ip_address::of_ipv4(source);
  } else if (family >> 4 == 2) {
    if (rest < ipv6_bytes)
      return no_header;
    result.client = ip_address::of_ipv6(source);
  }
  return result;
}

} // namespace

proxy_header read_proxy_header(std::string_view bytes) {
  if (is_begun(bytes, text_start))
    return bytes.size() < text_start.size() ? proxy_header{} : read_text(bytes);
  if (is_begun(bytes, binary_start))
    return read_binary(bytes);
  return no_header;
}

} // namespace parseflow::http
