// A disk that can be made full.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "tests/support/temp_dir.hpp"

namespace parseflow {

/// A tmpfs that only this process and the children it starts from now on can see. Needs the right to mount,
/// or else a user namespace, which gives that right: then construct it before any thread is started.
class small_disk {
public:
  small_disk();
  ~small_disk();
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;

  /// Empty if the disk exists; otherwise a sentence that says why it cannot be made here.
  const std::string& problem() const { return problem_; }
  std::filesystem::path path() const { return folder_.path(); }

  /// Leaves no free byte on the disk. Throws std::runtime_error on failure.
  void fill();
  /// Gives the disk free space again.
  void clear();

private:
  bool resize(std::uint64_t bytes) const;

  temp_dir folder_;
  std::string problem_;
};

} // namespace parseflow
