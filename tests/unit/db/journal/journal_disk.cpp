// These functions replace those of the C library.
#include "tests/unit/db/journal/journal_disk.hpp"

#include <cerrno>
#include <string>

#include <dlfcn.h>
#include <sys/types.h>
#include <unistd.h>

namespace {

parseflow::db::failing_disk* disk = nullptr;

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

} // namespace

namespace parseflow::db {

failing_disk::failing_disk() {
  disk = this;
}

failing_disk::~failing_disk() {
  disk = nullptr;
}

} // namespace parseflow::db

extern "C" {

ssize_t pread(int file, void* to, size_t size, off_t offset) {
  static const auto real = next<decltype(&pread)>("pread");
  const auto begin = static_cast<std::uint64_t>(offset);
  if (disk != nullptr && disk->unreadable && begin < disk->unreadable->end &&
      begin + size > disk->unreadable->begin) {
    errno = EIO;
    return -1;
  }
  return real(file, to, size, offset);
}

int fsync(int file) {
  static const auto real = next<decltype(&fsync)>("fsync");
  if (disk != nullptr) {
    std::error_code none;
    auto path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file), none);
    disk->synced.push_back(path);
    if (disk->unsyncable == path) {
      errno = EIO;
      return -1;
    }
  }
  return real(file);
}

} // extern "C"
