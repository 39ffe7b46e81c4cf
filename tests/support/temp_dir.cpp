#include "tests/support/temp_dir.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace parseflow {

temp_dir::temp_dir(const std::filesystem::path& parent) {
  std::string name = parent / "parseflow_test_XXXXXX";
  if (!mkdtemp(name.data()))
    throw std::system_error(errno, std::generic_category(), "cannot make a folder for the test");
  path_ = name;
}

temp_dir::~temp_dir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path memory_folder() {
  const std::filesystem::path shared_memory{"/dev/shm"};
  std::error_code missing;
  const auto room = std::filesystem::space(shared_memory, missing);
  return !missing && room.available >= 1U << 30U ? shared_memory : std::filesystem::temp_directory_path();
}

} // namespace parseflow
