// A list of numbers that keeps two of them in itself.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

namespace parseflow::rollup {

/// As large as a vector, and as fast; but it allocates only for more than two cells. Most lists of a batch have
/// no more: the durations of one endpoint or one dyno.
class cell_list {
public:
  using iterator = std::uint64_t*;
  using const_iterator = const std::uint64_t*;

  cell_list() : near_{} {}
  ~cell_list() { release(); }
  cell_list(const cell_list& from) { assign(from); }
  cell_list(cell_list&& from) noexcept { take(from); }
  cell_list& operator=(const cell_list& from) {
    if (this != &from) {
      clear();
      assign(from);
    }
    return *this;
  }
  cell_list& operator=(cell_list&& from) noexcept {
    if (this != &from) {
      release();
      take(from);
    }
    return *this;
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  iterator begin() { return is_near() ? near_ : far_; }
  iterator end() { return begin() + size_; }
  const_iterator begin() const { return is_near() ? near_ : far_; }
  const_iterator end() const { return begin() + size_; }

  std::uint64_t& operator[](std::size_t at) { return begin()[at]; }
  std::uint64_t operator[](std::size_t at) const { return begin()[at]; }
  std::uint64_t front() const { return *begin(); }
  std::uint64_t& back() { return end()[-1]; }
  std::uint64_t back() const { return end()[-1]; }

  void reserve(std::size_t cells) {
    if (cells > capacity_)
      grow_to(cells);
  }

  void push_back(std::uint64_t cell) {
    if (size_ == capacity_)
      grow_to(2 * std::size_t{capacity_});
    begin()[size_++] = cell;
  }

  iterator insert(const_iterator before, std::uint64_t cell) {
    const auto at = before - const_iterator{begin()};
    push_back(cell);
    std::rotate(begin() + at, end() - 1, end());
    return begin() + at;
  }

  /// New cells at the end have any value.
  void resize(std::size_t cells) {
    if (cells > capacity_)
      grow_to(std::max(cells, 2 * std::size_t{capacity_}));
    size_ = static_cast<std::uint32_t>(cells);
  }

  bool operator==(const cell_list& other) const {
    return std::equal(begin(), end(), other.begin(), other.end());
  }

private:
  static constexpr std::uint32_t near_cells = 2;

  bool is_near() const { return capacity_ == near_cells; }

  void clear() { size_ = 0; }

  void release() {
    if (!is_near())
      delete[] far_;
    capacity_ = near_cells;
    size_ = 0;
  }

  // Precondition: this is empty.
  void assign(const cell_list& from) {
    reserve(from.size_);
    std::memcpy(begin(), from.begin(), from.size_ * sizeof(std::uint64_t));
    size_ = from.size_;
  }

  // Precondition: nothing is allocated.
  void take(cell_list& from) {
    std::memcpy(near_, from.near_, sizeof near_); // or the pointer in its place
    size_ = std::exchange(from.size_, 0);
    capacity_ = std::exchange(from.capacity_, near_cells);
  }

  void grow_to(std::size_t cells) {
    auto* const larger = new std::uint64_t[cells];
    std::memcpy(larger, begin(), size_ * sizeof(std::uint64_t));
    if (!is_near())
      delete[] far_;
    far_ = larger;
    capacity_ = static_cast<std::uint32_t>(cells);
  }

  std::uint32_t size_ = 0, capacity_ = near_cells;
  union {
    std::uint64_t near_[near_cells];
    std::uint64_t* far_;
  };
};

} // namespace parseflow::rollup
