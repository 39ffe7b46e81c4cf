// A folder for one test.
#pragma once

#include <filesystem>

namespace parseflow {

/// Makes an empty folder in the system's folder for temporary files; the destructor removes it with
/// its content.
class temp_dir {
public:
  temp_dir();
  ~temp_dir();
  temp_dir(const temp_dir&) = delete;
  temp_dir& operator=(const temp_dir&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const char* name) const { return path_ / name; }

private:
  std::filesystem::path path_;
};

} // namespace parseflow
