// What only SQLite can do wrong: files, folders and locks.
#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include <sqlite3.h>
#include <sys/resource.h>

#include "db/sqlite_store.hpp"
#include "tests/unit/db/batches.hpp"
#include "tests/unit/db/store_sites.hpp"

using namespace parseflow;
using db::outcome;

namespace {

db::result open_at(const std::string& path) {
  return db::make_sqlite_store({path})->open();
}

bool says(const db::result& result, const std::string& part) {
  CAPTURE(result.message);
  return result.message.find(part) != std::string::npos;
}

// No file of this process may grow beyond `bytes` meanwhile.
class file_size_limit {
public:
  explicit file_size_limit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limited{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limited);
  }
  ~file_size_limit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

private:
  rlimit before_{};
  void (*handler_)(int) = std::signal(SIGXFSZ, SIG_IGN);
};

} // namespace

TEST_CASE("sqlite store: a path that cannot be used is refused with a sentence that names it") {
  const temp_dir folder;
  const auto missing = open_at(folder / "missing/test.db");
  CHECK(missing.code == outcome::rejected);
  CHECK(says(missing, "missing does not exist"));
  CHECK(says(missing, folder / "missing/test.db"));

  const auto directory = open_at(folder.path());
  CHECK(directory.code == outcome::rejected);
  CHECK(says(directory, "is a directory"));

  std::ofstream(folder / "other.txt") << std::string(5000, 'x');
  const auto other = open_at(folder / "other.txt");
  CHECK(other.code == outcome::rejected);
  CHECK(says(other, "file is not a database"));

  const auto below_a_file = open_at(folder / "other.txt/test.db");
  CHECK(below_a_file.code == outcome::rejected);
  CHECK(std::filesystem::file_size(folder / "other.txt") == 5000);
}

TEST_CASE("sqlite store: the folder is made when asked for, or the reason said why it cannot be") {
  const temp_dir folder;
  CHECK(db::make_sqlite_store({folder / "a/b/test.db", "main", true})->open().code == outcome::done);
  CHECK(std::filesystem::exists(folder / "a/b/test.db"));
  std::ofstream(folder / "file") << "x";
  const auto refused = db::make_sqlite_store({folder / "file/test.db", "main", true})->open();
  CHECK(refused.code == outcome::rejected);
  CHECK(says(refused, "cannot be made"));
}

TEST_CASE("sqlite store: while another process holds the lock, writes ask to try again") {
  sqlite_site site;
  auto store = site.make_store();
  REQUIRE(store->open().code == outcome::done);
  sqlite3* other = nullptr;
  sqlite3_open(site.path().c_str(), &other);
  REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  const std::vector<batch_ptr> batches{make_batch({.id = "F1"}, {app_message("x")})};
  const auto blocked = store->write(batches);
  CHECK(blocked.code == outcome::retry);
  CHECK(says(blocked, "locked"));
  CHECK(site.make_store()->open().code == outcome::retry);
  sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr);
  sqlite3_close(other);
  CHECK(store->open().code == outcome::done);
  CHECK(store->write(batches).code == outcome::done);
  CHECK(site.query("SELECT count(*) FROM log_line") == table_rows{{"1"}});
}

TEST_CASE("sqlite store: when the disk takes no more, the same write succeeds later, once") {
  sqlite_site site;
  auto store = site.make_store();
  REQUIRE(store->open().code == outcome::done);
  const std::vector<batch_ptr> large{make_batch({}, {app_message(std::string(8u << 20, 'x'))}),
                                     make_batch({.id = "F1"}, {app_message("y")})};
  {
    const file_size_limit limit(1u << 20);
    const auto refused = store->write(large);
    CHECK((refused.code == outcome::retry || refused.code == outcome::in_doubt));
  }
  CHECK(site.query("SELECT count(*) FROM log_line") == table_rows{{"0"}});
  REQUIRE(store->open().code == outcome::done);
  CHECK(store->write(large).code == outcome::done);
  CHECK(site.query("SELECT count(*) FROM log_line") == table_rows{{"2"}});
}

TEST_CASE("sqlite store: times can be read as text by hand") {
  sqlite_site site;
  auto store = site.make_store();
  REQUIRE(store->open().code == outcome::done);
  REQUIRE(
      store->write(std::vector<batch_ptr>{make_batch({}, {app_message("x"), router_message(plain_request)})})
          .code == outcome::done);
  CHECK(site.query("SELECT time FROM readable_request") == table_rows{{"2026-03-02T14:07:31.483Z"}});
  CHECK(site.query("SELECT time FROM readable_log_line") == table_rows{{"2026-03-02T14:07:31.483Z"}});
}
