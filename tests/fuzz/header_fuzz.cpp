// Headers: a header does not depend on the text behind it, nor on what was read before.
// Input: one byte of options, then the message.
#include "messages/logplex/syslog_header.hpp"
#include "tests/fuzz/check.hpp"

namespace {

using namespace parseflow;
using namespace parseflow::logplex;
using fuzz::is_within;
using fuzz::require;

void check_fields(const header& h, std::string_view message) {
  require(is_within(h.source, message) && is_within(h.proc, message) && is_within(h.text, message),
          "fields are in the message");
  require(!h.source.empty() && !h.proc.empty(), "source and process are words");
  require(h.text.data() + h.text.size() == message.data() + message.size(), "the text goes to the end");
}

bool is_equal(const header& a, const header& b) {
  return a.at == b.at && a.source == b.source && a.proc == b.proc;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  const fuzz::tight_copy copy({reinterpret_cast<const char*>(data) + 1, size - 1});
  const std::string_view message = copy.text();
  const auto mode = (data[0] & 1) != 0 ? structured_data::present : structured_data::absent;
  header_reader reader(mode, {});
  header first, again;
  if (reader.read_message(message, first)) {
    check_fields(first, message);
    require(reader.read_message(message, again) && is_equal(first, again) && first.text == again.text,
            "a minute that is remembered changes nothing");
    // Without its text, a message is too short for the fast way.
    const auto head = static_cast<std::size_t>(first.text.data() - message.data());
    require(header_reader(structured_data::absent, {}).read_message(message.substr(0, head), again) &&
                is_equal(first, again),
            "the text changes nothing");
  }
  if (reader.read_shown(message, first)) {
    check_fields(first, message);
    require(reader.read_shown(message, again) && is_equal(first, again),
            "what is shown is read the same again");
  }
  if (const std::size_t at = reader.find_shown(message, 0); at != std::string_view::npos)
    require(at < message.size() && reader.read_shown(message.substr(at), again), "what is found is a line");
  return 0;
}
