// The store that the storage settings name.
#include <doctest/doctest.h>

#include <filesystem>

#include "db/store.hpp"
#include "tests/support/temp_dir.hpp"

namespace open_store_test {

using namespace parseflow;

TEST_CASE("open_store: without a URL, a SQLite file in the directory, which is made") {
  const temp_dir folder;
  storage_settings settings;
  settings.directory = folder / "data";
  const auto store = db::make_store(settings, {});
  CHECK(store->kind() == "sqlite");
  CHECK_FALSE(std::filesystem::exists(folder / "data"));
  CHECK(store->open().code == db::outcome::done);
  CHECK(std::filesystem::exists(folder / "data/parseflow.db"));
}

TEST_CASE("open_store: sqlite:PATH names the file, and makes no directory") {
  const temp_dir folder;
  storage_settings settings;
  settings.url = secret("sqlite:" + (folder / "other.db").string());
  CHECK(db::make_store(settings, {})->open().code == db::outcome::done);
  CHECK(std::filesystem::exists(folder / "other.db"));
  settings.url = secret("sqlite:" + (folder / "none/other.db").string());
  CHECK(db::make_store(settings, {})->open().code == db::outcome::rejected);
}

TEST_CASE("open_store: both spellings of the PostgreSQL scheme") {
  storage_settings settings;
  for (const char* url : {"postgres://u:p@h/d", "postgresql://u:p@h/d"}) {
    settings.url = secret(url);
    CHECK(db::make_store(settings, {})->kind() == "postgresql");
  }
}

} // namespace open_store_test
