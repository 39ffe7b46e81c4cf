// Router lines: the fast reader and the reader by name agree, with every variant of the scan. Endpoints are
// bounded.
#include <string>

#include "messages/logplex/address_text.hpp"
#include "messages/logplex/endpoint_path.hpp"
#include "messages/logplex/router_line.hpp"
#include "tests/fuzz/check.hpp"

namespace {

using namespace parseflow;
using namespace parseflow::logplex;
using fuzz::require;

bool is_equal(const request_record& a, const request_record& b) {
  return a.method == b.method && a.path == b.path && a.host == b.host && a.request_id == b.request_id &&
         a.fwd == b.fwd && a.dyno == b.dyno && a.code == b.code && a.protocol == b.protocol &&
         a.tls_version == b.tls_version && a.connect_ms == b.connect_ms && a.service_ms == b.service_ms &&
         a.bytes == b.bytes && a.status == b.status && a.level == b.level && a.has_extra == b.has_extra;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::tight_copy copy({reinterpret_cast<const char*>(data), size});
  const std::string_view text = copy.text();
  request_record slow, fast;
  const bool is_request = read_router_line(text, slow);
  const std::string readable = std::string(text) + std::string(field_ends::slack_bytes, ' ');
  for (const field_scan scan : {scan_fields_base, best_field_scan()}) {
    fast = {};
    if (read_usual_router_line(text, readable.data(), scan, fast))
      require(is_request && is_equal(slow, fast), "both readers agree");
  }
  std::string scratch;
  require(endpoint_of(text, scratch).size() <= 128, "an endpoint has at most 128 bytes");
  address_scratch first, second;
  const std::string peer(peer_address(text, first));
  require(peer_address(peer, second) == peer, "an address has one spelling");
  return 0;
}
