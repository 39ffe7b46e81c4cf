#include "http/connections/exchange.hpp"

#include <algorithm>

#include <strings.h>

#include "http/body/chunk_decoder.hpp"
#include "messages/read_number.hpp"

namespace parseflow::http {

namespace {

// Memory grows in these steps, so that a sender that announces much and sends little takes little memory.
constexpr std::uint64_t step_bytes = 128 * 1024;

} // namespace

announced_body announced_body_of(const httplib::Request& request) {
  constexpr announced_body invalid{announced_body::form::invalid, 0};
  if (request.has_header("Transfer-Encoding")) {
    // Proxies read any other form differently, and a request could be hidden in the body.
    const bool is_chunked =
        request.get_header_value_count("Transfer-Encoding") == 1 &&
        strcasecmp(request.get_header_value("Transfer-Encoding").c_str(), "chunked") == 0 &&
        !request.has_header("Content-Length") && request.version == "HTTP/1.1";
    return is_chunked ? announced_body{announced_body::form::chunked, 0} : invalid;
  }
  announced_body result;
  const auto [first, last] = request.headers.equal_range("Content-Length");
  for (auto header = first; header != last; ++header) {
    const auto bytes = read_number<std::uint64_t>(header->second);
    if (!bytes || (header != first && *bytes != result.bytes))
      return invalid;
    result = {announced_body::form::sized, *bytes};
  }
  return result;
}

body_end exchange::read_body(std::string& into, std::uint64_t max_bytes, const room& has_room) {
  into.clear();
  if (announced_.kind == announced_body::form::chunked)
    return read_chunks(into, max_bytes, has_room);
  return announced_.bytes <= max_bytes ? read_sized(into, has_room) : body_end::too_large;
}

// Reads the usual body, directly into its string.
body_end exchange::read_sized(std::string& into, const room& has_room) {
  into.reserve(announced_.bytes);
  std::uint64_t have = 0;
  while (have < announced_.bytes) {
    if (have == into.size()) {
      const auto next = std::min(announced_.bytes, have + step_bytes);
      if (!has_room(next))
        return body_end::no_room;
      into.resize(next);
    }
    const auto received = conn_.read(into.data() + have, into.size() - have);
    if (received <= 0) {
      into.resize(have);
      return failure();
    }
    have += static_cast<std::uint64_t>(received);
  }
  return body_end::complete;
}

body_end exchange::read_chunks(std::string& into, std::uint64_t max_bytes, const room& has_room) {
  chunk_decoder chunks{max_bytes};
  while (chunks.now() == chunk_decoder::state::reading) {
    const auto arrived = conn_.arrived();
    if (arrived.empty())
      return failure();
    if (!has_room(into.size() + arrived.size()))
      return body_end::no_room;
    conn_.take(chunks.feed(arrived, into));
  }
  if (chunks.now() != chunk_decoder::state::complete)
    return chunks.now() == chunk_decoder::state::too_large ? body_end::too_large : body_end::damaged;
  has_read_chunks_ = true;
  return body_end::complete;
}

} // namespace parseflow::http
