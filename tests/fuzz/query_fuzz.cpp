// Queries: none crashes, one that cannot be read says a place in it, one that can be read answers for any line, and
// says nothing else about a line than about its frame.
#include <string>

#include "messages/lines/query_match.hpp"
#include "tests/fuzz/check.hpp"

namespace {

using namespace parseflow;
using fuzz::require;

void check_line(const lines::query_node& wanted, const frame& origin, std::string_view text) {
  log_record line;
  line.source = "app";
  line.proc = "web.1";
  line.text = text;
  lines::shown_line shown;
  shown.look_at(lines::view_of(origin, 0, line));
  const bool matches = lines::matches(wanted, shown);
  require(lines::may_match(wanted, origin) || !matches, "a frame that cannot match has no line that does");
  shown.look_at(lines::view_of(origin, 0, line));
  require(lines::matches(wanted, shown) == matches, "the answer is always the same");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::tight_copy copy({reinterpret_cast<const char*>(data), size});
  const auto wanted = lines::parse_query(copy.text());
  if (!wanted) {
    require(wanted.error().place <= size, "the place is in the query");
    require(!wanted.error().sentence.empty(), "the sentence says why");
    return 0;
  }
  frame origin;
  origin.key = {"d.1", "1"};
  origin.app = "shop";
  check_line(*wanted, origin, copy.text()); // as the text of a line, too
  check_line(*wanted, origin, "");
  check_line(*wanted, origin, "at=info status=503 path=\"/api\" ERROR timeout");
  return 0;
}
