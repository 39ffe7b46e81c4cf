// PROXY headers as they arrive: what is complete stays so whatever follows, and every part of it is incomplete.
// Input: the first bytes of a connection.
#include <string_view>

#include "http/connections/proxy_header.hpp"
#include "tests/fuzz/check.hpp"

namespace {

using namespace parseflow::http;
using parseflow::fuzz::require;
using end = proxy_header::end;

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const parseflow::fuzz::tight_copy copy({reinterpret_cast<const char*>(data), size});
  const std::string_view bytes = copy.text();
  const auto found = read_proxy_header(bytes);
  if (found.now == end::incomplete) {
    require(bytes.size() < max_proxy_header_bytes, "a header has its limit");
    return 0;
  }
  if (found.now == end::refused)
    return 0;
  require(found.size <= bytes.size() && found.size <= max_proxy_header_bytes,
          "a header ends within the bytes");
  const auto alone = read_proxy_header(bytes.substr(0, found.size));
  require(alone.now == end::complete && alone.size == found.size && alone.client == found.client,
          "what follows changes nothing");
  require(read_proxy_header(bytes.substr(0, found.size - 1)).now == end::incomplete,
          "it ends with its last byte");
  return 0;
}
