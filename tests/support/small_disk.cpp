// Uses a mount namespace, inside a user namespace if the process may not mount otherwise.
#include "tests/support/small_disk.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace parseflow {

namespace {

constexpr std::uint64_t ample_bytes = 1u << 30;

std::string size_option(std::uint64_t bytes) {
  return "size=" + std::to_string(bytes);
}

bool write_line(const char* file, const std::string& line) {
  std::ofstream out{file};
  out << line << std::flush;
  return out.good();
}

// Makes the mounts of this process private from now on. Returns the errno of a failure, or 0.
int separate_mounts() {
  static const int failure = [] {
    if (unshare(CLONE_NEWNS) == 0)
      return 0;
    const auto user = std::to_string(getuid()), group = std::to_string(getgid());
    const bool is_done = unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
                         write_line("/proc/self/setgroups", "deny") &&
                         write_line("/proc/self/uid_map", user + " " + user + " 1") &&
                         write_line("/proc/self/gid_map", group + " " + group + " 1");
    return is_done ? 0 : errno;
  }();
  if (failure != 0)
    return failure;
  return mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 ? 0 : errno;
}

} // namespace

small_disk::small_disk() {
  int failure = separate_mounts();
  if (failure == 0 &&
      mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, size_option(ample_bytes).c_str()) != 0)
    failure = errno;
  if (failure != 0)
    problem_ = std::string("cannot mount a file system here: ") + std::strerror(failure);
}

small_disk::~small_disk() {
  if (problem_.empty())
    umount2(folder_.path().c_str(), MNT_DETACH);
}

void small_disk::fill() {
  // A program that writes meanwhile may use more than statvfs said, so this tries again.
  for (int attempt = 0; attempt < 1000; ++attempt) {
    struct statvfs facts {};
    if (statvfs(folder_.path().c_str(), &facts) == 0 &&
        resize((facts.f_blocks - facts.f_bfree) * facts.f_frsize))
      return;
  }
  throw std::runtime_error("the disk cannot be made full");
}

void small_disk::clear() {
  resize(ample_bytes);
}

bool small_disk::resize(std::uint64_t bytes) const {
  return mount("tmpfs", folder_.path().c_str(), "tmpfs", MS_REMOUNT, size_option(bytes).c_str()) == 0;
}

} // namespace parseflow
