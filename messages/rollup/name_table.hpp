// Maps the names of one batch to small numbers, so that counting a line allocates nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace parseflow::rollup {

/// Distinct names, numbered 0, 1, 2 … as they appear. Holds views: a name's text must outlive its place in
/// the table.
class name_table {
public:
  /// `seed` makes the slots unpredictable, because strangers choose the names and could pick colliding ones.
  explicit name_table(std::uint64_t seed) : seed_(seed), slots_(64) {}

  /// The number of `text`; `size()` before the call if it is new.
  std::uint32_t number_of(std::string_view text);

  /// Makes the last new name refer to another copy of the same text.
  void rebind_last(std::string_view same_text) { names_.back().text = same_text; }

  std::size_t size() const { return names_.size(); }
  std::string_view operator[](std::size_t number) const { return names_[number].text; }

  /// Forgets all names, in time proportional to their number. Keeps its memory.
  void clear();

private:
  struct name {
    std::string_view text;
    std::uint64_t hash;
  };
  void grow();

  std::uint64_t seed_;
  std::vector<name> names_;
  std::vector<std::uint32_t> slots_; // number + 1, 0 for free; a power of two, at most half full
};

} // namespace parseflow::rollup
