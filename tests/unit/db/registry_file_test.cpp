// The copy of the registry in the data folder.
#include "db/registry_file.hpp"

#include <fstream>

#include <doctest/doctest.h>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/messages/registry/some_registry.hpp"

namespace registry_file_test {

using namespace parseflow;

TEST_CASE("registry file: what was saved last is read, and only its owner can read it") {
  const temp_dir folder;
  CHECK_FALSE(db::read_registry_file(folder.path()));
  CHECK(db::save_registry_file(folder.path(), {}));
  CHECK(db::save_registry_file(folder.path(), some_registry()));
  CHECK(db::read_registry_file(folder.path()) == some_registry());
  using std::filesystem::perms;
  CHECK(std::filesystem::status(folder / "registry").permissions() ==
        (perms::owner_read | perms::owner_write));
  CHECK_FALSE(std::filesystem::exists(folder / "registry.new"));
}

TEST_CASE("registry file: one that was cut short is none, and a folder that is not there is a problem") {
  const temp_dir folder;
  std::ofstream{folder / "registry"} << "parseflow-registry 1\nversion 4\n";
  CHECK_FALSE(db::read_registry_file(folder.path()));
  CHECK_FALSE(db::save_registry_file(folder / "none", {}));
}

} // namespace registry_file_test
