// Reading the body of a request, within its announced length.
#include "http/exchange.hpp"

#include <algorithm>
#include <charconv>

namespace parseflow::http {

namespace {

// A sender that announces much and sends little makes us hold little.
constexpr std::uint64_t step_bytes = 128 * 1024;

std::optional<std::uint64_t> number_in(const std::string& text) {
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  return !text.empty() && problem == std::errc{} && stop == end ? std::optional{value} : std::nullopt;
}

} // namespace

announced_body announced_body_of(const httplib::Request& request) {
  if (request.has_header("Transfer-Encoding"))
    return {announced_body::form::chunked, 0};
  announced_body result;
  const auto [first, last] = request.headers.equal_range("Content-Length");
  for (auto header = first; header != last; ++header) {
    const auto bytes = number_in(header->second);
    if (!bytes || (header != first && *bytes != result.bytes))
      return {announced_body::form::invalid, 0};
    result = {announced_body::form::sized, *bytes};
  }
  return result;
}

body_end exchange::read_body(std::string& into) {
  into.clear();
  into.reserve(announced_.bytes);
  std::uint64_t have = 0;
  while (have < announced_.bytes) {
    if (have == into.size())
      into.resize(std::min(announced_.bytes, have + step_bytes));
    const auto received = line_.read(into.data() + have, into.size() - have);
    if (received <= 0) {
      into.resize(have);
      return line_.is_too_slow() ? body_end::too_slow : body_end::cut_off;
    }
    have += static_cast<std::uint64_t>(received);
  }
  return body_end::complete;
}

} // namespace parseflow::http
