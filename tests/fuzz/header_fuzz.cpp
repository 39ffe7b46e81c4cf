// Headers: a header does not depend on the text behind it, nor on what was read before.
// Input: one byte of options, then the line.
#include "messages/logplex/syslog_header.hpp"
#include "tests/fuzz/check.hpp"

namespace {

using namespace parseflow;
using namespace parseflow::logplex;
using fuzz::is_within;
using fuzz::require;

void check_fields(const header& h, std::string_view line) {
  require(is_within(h.source, line) && is_within(h.proc, line) && is_within(h.text, line),
          "fields are in the message");
  require(!h.source.empty() && !h.proc.empty(), "source and process are words");
  require(h.text.data() + h.text.size() == line.data() + line.size(), "the text goes to the end");
}

bool is_equal(const header& a, const header& b) {
  return a.at == b.at && a.source == b.source && a.proc == b.proc;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  const fuzz::tight_copy copy({reinterpret_cast<const char*>(data) + 1, size - 1});
  const std::string_view line = copy.text();
  const auto mode = (data[0] & 1) != 0 ? structured_data::present : structured_data::absent;
  header_reader reader(mode, {});
  header first, again;
  if (reader.read_line(line, first)) {
    check_fields(first, line);
    require(reader.read_line(line, again) && is_equal(first, again) && first.text == again.text,
            "a minute that is remembered changes nothing");
    // Without its text, a message is too short for the fast way.
    const auto head = static_cast<std::size_t>(first.text.data() - line.data());
    require(header_reader(structured_data::absent, {}).read_line(line.substr(0, head), again) &&
                is_equal(first, again),
            "the text changes nothing");
  }
  if (reader.read_shown(line, first)) {
    check_fields(first, line);
    require(reader.read_shown(line, again) && is_equal(first, again), "what is shown is read the same again");
  }
  if (const std::size_t at = reader.find_shown(line, 0); at != std::string_view::npos)
    require(at < line.size() && reader.read_shown(line.substr(at), again), "what is found is a line");
  return 0;
}
