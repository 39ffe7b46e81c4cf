// What all fuzz targets share: an invariant that does not hold ends the program, so that the fuzzer keeps the
// input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

namespace parseflow::fuzz {

/// Ends the program unless `holds`.
inline void require(bool holds, const char* what) {
  if (holds)
    return;
  std::fprintf(stderr, "broken invariant: %s\n", what);
  std::abort();
}

/// True if `part` lies within `whole` (an empty part may lie anywhere, or nowhere).
inline bool is_within(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

/// A copy of a text with exactly its own bytes, so that a sanitizer sees every read beyond it.
class tight_copy {
public:
  explicit tight_copy(std::string_view text) : bytes_(new char[text.size()]), size_(text.size()) {
    if (size_ != 0)
      std::memcpy(bytes_.get(), text.data(), size_);
  }
  std::string_view text() const { return {bytes_.get(), size_}; }

private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

} // namespace parseflow::fuzz

/// A target: libFuzzer's entry, and that of replay.cpp.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
