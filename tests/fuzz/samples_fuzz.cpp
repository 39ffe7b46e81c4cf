// Sample lines: the fast reader and the one that knows quotes agree; numbers are what the C library reads.
#include <cmath>
#include <string>

#include "messages/logplex/sample_line.hpp"
#include "tests/fuzz/check.hpp"

namespace {

using namespace parseflow;
using namespace parseflow::logplex;
using fuzz::is_within;
using fuzz::require;

std::vector<sample_record> samples_of(const log_record& line, field_scan scan) {
  const std::string readable = std::string(line.text) + std::string(field_ends::slack_bytes, '1');
  sample_collector collector(1000);
  collector.collect_platform(line, sample_origin::addon, readable.data(), scan);
  return collector.samples();
}

bool refuse(const char*, std::size_t, field_ends&) {
  return false;
}

void check_number(std::string_view text) {
  measured number;
  if (!read_number(text, number))
    return;
  require(is_within(number.unit, text) && is_unit(number.unit), "the unit is part of the text");
  require(std::isfinite(number.value), "a number");
  std::string digits(text.substr(0, static_cast<std::size_t>(number.unit.data() - text.data())));
  if (digits.find_first_of("dhm") != std::string::npos)
    return; // parts of a time
  std::erase(digits, ',');
  require(number.value == std::strtod(digits.c_str(), nullptr), "the nearest double");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::tight_copy copy({reinterpret_cast<const char*>(data), size});
  log_record line;
  line.text = copy.text();
  check_number(line.text);
  const auto slow = samples_of(line, refuse);
  for (const field_scan scan : {scan_fields_base, best_field_scan()}) {
    const auto fast = samples_of(line, scan);
    require(fast.size() == slow.size(), "as many samples");
    for (std::size_t i = 0; i < fast.size(); ++i)
      require(fast[i].name == slow[i].name && fast[i].unit == slow[i].unit &&
                  fast[i].value == slow[i].value && fast[i].source == slow[i].source &&
                  fast[i].instance == slow[i].instance,
              "both readers agree");
  }
  sample_collector few(2);
  few.collect_custom(line);
  require(few.samples().size() <= 2, "the limit holds");
  return 0;
}
