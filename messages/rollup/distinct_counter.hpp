// Counts different members: exactly while they are few, then with a HyperLogLog sketch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parseflow::rollup {

/// A mergeable set that knows only its size. Members are kept as hashes of 32 bits. The size is exact up to
/// `exact_up_to` members (except for colliding hashes, in one of a million sets of that size), and has a
/// standard error of 1.6 % beyond. Takes 4 bytes per member at first, 4 KiB at most. The state depends only
/// on the members, not on their order or on how parts were merged.
class distinct_counter {
public:
  static constexpr std::size_t exact_up_to = 512;

  /// The hash that represents a member. Must stay the same in every process and every version.
  static std::uint32_t hash_of(std::string_view member);

  /// Adds one member by its hash.
  void add(std::uint32_t hash);

  /// Adds many members at once, faster than one by one.
  void add_all(const std::vector<std::uint32_t>& hashes);

  /// Adds all members of `from`.
  void merge(const distinct_counter& from);

  /// The number of different members.
  std::uint64_t count() const;

  /// Appends the compact form (see distinct_counter.cpp).
  void encode(std::string& out) const;
  /// Takes the compact form off the front of `in`. Nothing if it is damaged; `in` is then undefined.
  static std::optional<distinct_counter> decode(std::string_view& in);

  bool operator==(const distinct_counter&) const = default;

private:
  void add_sorted(const std::vector<std::uint32_t>& hashes);
  void become_sketch();
  void note(std::uint32_t hash);

  std::vector<std::uint32_t> few_;      // sorted, each once; empty once there is a sketch
  std::vector<std::uint8_t> registers_; // empty while there are few
};

} // namespace parseflow::rollup
