// A file descriptor that closes itself.
#pragma once

#include <utility>

#include <unistd.h>

namespace parseflow {

/// Owns one descriptor, or none.
class file_descriptor {
public:
  file_descriptor() = default;
  explicit file_descriptor(int number) : number_(number) {}
  file_descriptor(file_descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  file_descriptor& operator=(file_descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~file_descriptor() { reset(); }

  /// The descriptor; negative if there is none.
  int get() const { return number_; }
  bool is_open() const { return number_ >= 0; }

  /// Gives up ownership: the caller closes it.
  int release() { return std::exchange(number_, -1); }

  /// Closes it.
  void reset() {
    if (number_ >= 0)
      close(std::exchange(number_, -1));
  }

private:
  int number_ = -1;
};

} // namespace parseflow
