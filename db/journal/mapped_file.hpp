// A read-only view of a whole file.
#pragma once

#include <cstddef>
#include <string_view>

#include <sys/mman.h>

namespace parseflow::db {

/// Maps `size` bytes of an open file; empty if the system refuses. The file may be closed meanwhile.
class mapped_file {
public:
  mapped_file(int file, std::size_t size) : size_(size) {
    if (size_ > 0)
      bytes_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
    if (bytes_ == MAP_FAILED)
      bytes_ = nullptr;
  }
  ~mapped_file() {
    if (bytes_ != nullptr)
      ::munmap(bytes_, size_);
  }
  mapped_file(const mapped_file&) = delete;
  mapped_file& operator=(const mapped_file&) = delete;

  std::string_view view() const {
    return bytes_ == nullptr ? std::string_view{} : std::string_view{static_cast<const char*>(bytes_), size_};
  }

private:
  void* bytes_ = nullptr;
  std::size_t size_;
};

} // namespace parseflow::db
