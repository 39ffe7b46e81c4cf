// Failures that only SQLite has: files, folders and locks.
#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include "db/sqlite/store.hpp"
#include "tests/unit/db/batches.hpp"
#include "tests/unit/db/store_sites.hpp"

namespace sqlite_store_test {

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

// No file of this process may grow beyond `bytes` while the object exists.
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

TEST_CASE("sqlite store: a reader that does not end makes the WAL grow, not the writer wait, "
          "and it is small again") {
  sqlite_site site;
  auto store = site.make_store();
  REQUIRE(store->open().code == outcome::done);
  const auto write = [&] {
    return store->write(std::vector<batch_ptr>{make_batch({}, {app_message(std::string(8u << 20, 'x'))})})
        .code;
  };
  REQUIRE(write() == outcome::done);
  sqlite3* reader = nullptr;
  sqlite3_open(site.path().c_str(), &reader);
  REQUIRE(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM log_line", nullptr, nullptr, nullptr) ==
          SQLITE_OK);
  constexpr std::uint64_t kept = 64u << 20;
  while (store->log_bytes() < kept + (16u << 20))
    REQUIRE(write() == outcome::done);
  sqlite3_exec(reader, "COMMIT", nullptr, nullptr, nullptr);
  sqlite3_close(reader);
  // The first write empties the log, the second one starts it again.
  REQUIRE(write() == outcome::done);
  REQUIRE(write() == outcome::done);
  CHECK(store->log_bytes() <= kept);
}

namespace {

// Counts the steps of all connections that are opened while the object exists.
class step_count {
public:
  step_count() {
    steps = 0;
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(watch));
  }
  ~step_count() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(watch)); }
  static inline std::uint64_t steps = 0; // each step is some instructions

private:
  static int watch(sqlite3* opened, char**, const void*) {
    const auto count = [](void*) {
      ++steps;
      return 0;
    };
    sqlite3_progress_handler(opened, 10, count, nullptr);
    return SQLITE_OK;
  }
};

} // namespace

TEST_CASE("sqlite store: what a start reads does not grow with the frames that are stored") {
  sqlite_site site;
  REQUIRE(site.make_store()->open().code == outcome::done);
  const auto add_frames = [&](int first, int last) {
    site.query("INSERT INTO frame SELECT 1, printf('%08d', n), n * 1000, 'main' "
               "FROM (WITH RECURSIVE numbers (n) AS (SELECT " +
               std::to_string(first) + " UNION ALL SELECT n + 1 FROM numbers WHERE n < " +
               std::to_string(last) + ") SELECT n FROM numbers)");
  };
  std::vector<frame_key> asked;
  for (int i = 0; i < 1'000; ++i) // every second one is stored
    asked.push_back({"d.1", fmt::format("{:08}", i % 2 == 0 ? i : 90'000'000 + i)});
  const auto steps_of_start = [&] {
    const step_count counting;
    auto store = site.make_store();
    REQUIRE(store->open().code == outcome::done);
    std::size_t found = 0;
    REQUIRE(store
                ->recall({.frames = asked}, {.on_rollup = [](const stored_rollup&) {},
                                             .on_stored = [&](const frame_key&) { ++found; },
                                             .on_alert = [](const alert&) {}})
                .code == outcome::done);
    CHECK(found == 500);
    return step_count::steps;
  };
  site.query("INSERT INTO drain VALUES (1, 'd.1', 'shop', 0, 0)");
  add_frames(0, 49'999);
  const auto few = steps_of_start();
  CHECK(few > 0);
  add_frames(50'000, 4'999'999);
  CHECK(steps_of_start() < few * 5 / 4);
}

} // namespace sqlite_store_test
