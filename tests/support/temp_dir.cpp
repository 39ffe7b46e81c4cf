#include "tests/support/temp_dir.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace parseflow {

temp_dir::temp_dir() {
  std::string name = std::filesystem::temp_directory_path() / "parseflow_test_XXXXXX";
  if (!mkdtemp(name.data()))
    throw std::system_error(errno, std::generic_category(), "cannot make a folder for the test");
  path_ = name;
}

temp_dir::~temp_dir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

} // namespace parseflow
