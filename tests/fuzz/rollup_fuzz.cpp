// Stored rollups: damaged bytes are refused, or are what some rollup encodes to.
#include "messages/rollup/rollup_form.hpp"
#include "tests/fuzz/check.hpp"

using namespace parseflow;
using namespace parseflow::rollup;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::tight_copy copy({reinterpret_cast<const char*>(data), size});
  const auto value = decode(copy.text());
  if (!value)
    return 0;
  const auto bytes = encode(*value);
  require(decode(bytes) == value, "a rollup survives its own form");
  auto totals = *value;
  totals.endpoints = {};
  totals.dynos.clear();
  require(decode(bytes, extent::without_names) == totals, "without names all else is the same");
  auto twice = *value;
  merge(twice, *value);
  require(twice.lines == 2 * value->lines, "merging adds");
  return 0;
}
