// A folder for one test.
#pragma once

#include <filesystem>

namespace parseflow {

/// Makes an empty folder in `parent`; the destructor removes it with its content.
class temp_dir {
public:
  explicit temp_dir(const std::filesystem::path& parent = std::filesystem::temp_directory_path());
  ~temp_dir();
  temp_dir(const temp_dir&) = delete;
  temp_dir& operator=(const temp_dir&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const char* name) const { return path_ / name; }

private:
  std::filesystem::path path_;
};

/// A parent for folders whose files no disk delays: in memory, if the system has a gigabyte of room there.
std::filesystem::path memory_folder();

} // namespace parseflow
