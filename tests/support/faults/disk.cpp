// A library to preload: makes the disk fail, or remembers what was synced. Affects only files below
// DISK_DATA.
//
//   DISK_SHADOW=FOLDER     whatever is synced is copied there: what a power cut leaves at the least
//   DISK_FAIL_SYNC=N       each Nth fsync or fdatasync fails with EIO and is not done
//   DISK_FAIL_READ=N       each Nth pread of a journal segment fails with EIO
//   DISK_FAIL_WHILE=FILE   ... only while that file exists
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using sync_function = int (*)(int);
using read_function = ssize_t (*)(int, void*, size_t, off_t);

constexpr std::size_t page = 4096;

const char* setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The file's path relative to DISK_DATA; empty if it is not below it.
std::string path_of(int descriptor) {
  static const std::string_view data = setting("DISK_DATA");
  char target[4096];
  const auto link = "/proc/self/fd/" + std::to_string(descriptor);
  const auto size = ::readlink(link.c_str(), target, sizeof target);
  const std::string_view path{target, size < 0 ? 0 : static_cast<std::size_t>(size)};
  return !data.empty() && path.starts_with(data) ? std::string{path.substr(data.size())} : std::string{};
}

bool fails_now() {
  static const char* const file = setting("DISK_FAIL_WHILE");
  return *file == '\0' || ::access(file, F_OK) == 0;
}

bool is_turn(std::atomic<long>& count, long every) {
  return every > 0 && fails_now() && (count.fetch_add(1) + 1) % every == 0;
}

class mapping {
public:
  mapping(int file, std::size_t size, int protection)
      : size_(size), bytes_(::mmap(nullptr, size, protection, MAP_SHARED, file, 0)) {}
  ~mapping() {
    if (is_mapped())
      ::munmap(bytes_, size_);
  }
  mapping(const mapping&) = delete;
  mapping& operator=(const mapping&) = delete;
  bool is_mapped() const { return bytes_ != MAP_FAILED; }
  char* at(std::size_t offset) const { return static_cast<char*>(bytes_) + offset; }

private:
  std::size_t size_;
  void* bytes_;
};

void copy_to_shadow(int descriptor, const std::string& path) {
  static std::mutex one_at_a_time;
  struct stat facts {};
  if (::fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode) || facts.st_nlink == 0)
    return;
  const std::lock_guard guard{one_at_a_time};
  const int from = ::open((setting("DISK_DATA") + path).c_str(), O_RDONLY | O_CLOEXEC);
  const int to = ::open((setting("DISK_SHADOW") + path).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  const auto size = static_cast<std::size_t>(facts.st_size);
  if (from >= 0 && to >= 0 && ::ftruncate(to, facts.st_size) == 0 && size > 0) {
    const mapping source{from, size, PROT_READ}, target{to, size, PROT_READ | PROT_WRITE};
    if (source.is_mapped() && target.is_mapped())
      for (std::size_t at = 0; at < size; at += page)
        if (const auto count = std::min(page, size - at);
            std::memcmp(source.at(at), target.at(at), count) != 0)
          std::memcpy(target.at(at), source.at(at), count);
  }
  if (from >= 0)
    ::close(from);
  if (to >= 0)
    ::close(to);
}

int sync_file(int descriptor, sync_function real) {
  static std::atomic<long> syncs = 0;
  static const long failing = std::atol(setting("DISK_FAIL_SYNC"));
  static const bool has_shadow = *setting("DISK_SHADOW") != '\0';
  const auto path = path_of(descriptor);
  if (!path.empty() && is_turn(syncs, failing)) {
    errno = EIO;
    return -1;
  }
  if (!has_shadow)
    return real(descriptor);
  if (!path.empty())
    copy_to_shadow(descriptor, path);
  return 0;
}

ssize_t read_file(int descriptor, void* into, size_t size, off_t offset, read_function real) {
  static std::atomic<long> reads = 0;
  static const long failing = std::atol(setting("DISK_FAIL_READ"));
  if (failing > 0 && path_of(descriptor).ends_with(".segment") && is_turn(reads, failing)) {
    errno = EIO;
    return -1;
  }
  return real(descriptor, into, size, offset);
}

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

} // namespace

extern "C" int fdatasync(int descriptor) {
  static const auto real = next<sync_function>("fdatasync");
  return sync_file(descriptor, real);
}

extern "C" int fsync(int descriptor) {
  static const auto real = next<sync_function>("fsync");
  return sync_file(descriptor, real);
}

extern "C" ssize_t pread(int descriptor, void* into, size_t size, off_t offset) {
  static const auto real = next<read_function>("pread");
  return read_file(descriptor, into, size, offset, real);
}

extern "C" ssize_t pread64(int descriptor, void* into, size_t size, off_t offset) {
  static const auto real = next<read_function>("pread64");
  return read_file(descriptor, into, size, offset, real);
}
