// Only their owner can read the log lines, whatever the umask with which the program is started.
#include <algorithm>
#include <fstream>

#include <doctest/doctest.h>

#include "tests/e2e/service.hpp"
#include "tests/traffic/traffic.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

service_options with_a_usual_umask() {
  service_options options;
  options.launcher = {"/bin/sh", "-c", "umask 022 && exec \"$@\"", "sh"};
  return options;
}

void post_something(service& running) {
  traffic::generator app{{}, 3};
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  traffic::drain_client drain{running.drain("shop")};
  REQUIRE(drain.post(app.next(20, now - 1s, now)) == traffic::post_result::delivered);
  REQUIRE(running.wait_until_stored());
}

bool is_private(const fs::path& path) {
  return (fs::status(path).permissions() & (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none;
}

std::vector<fs::path> all_in(const fs::path& folder) {
  std::vector<fs::path> result{folder};
  for (const auto& entry : fs::recursive_directory_iterator{folder})
    result.push_back(entry.path());
  return result;
}

void check_private(const fs::path& folder) {
  for (const auto& path : all_in(folder))
    CHECK_MESSAGE(is_private(path), path.string());
}

} // namespace

TEST_CASE("private files: others can read nothing of the data folder") {
  const temp_dir parent;
  auto options = with_a_usual_umask();
  options.arguments = {"--storage.directory=" + (parent / "data").string()};
  service running{options};
  post_something(running);
  CHECK(all_in(parent / "data").size() > 5);
  check_private(parent / "data");
}

TEST_CASE("private files: what an older version let others read is closed at the start") {
  service running{with_a_usual_umask()};
  post_something(running);
  running.kill();
  for (const auto& path : {running.folder(), running.folder() / "journal"})
    fs::permissions(path, fs::perms{0755});
  for (const auto& entry : fs::directory_iterator{running.folder()})
    if (entry.is_regular_file())
      fs::permissions(entry.path(), fs::perms{0644});
  running.start();
  check_private(running.folder());
}

TEST_CASE("private files: a folder that holds something else stays as it is, and so does that") {
  service running{with_a_usual_umask()};
  running.kill();
  std::ofstream{running.folder() / "notes.txt"} << "somebody's";
  fs::permissions(running.folder() / "notes.txt", fs::perms{0644});
  fs::permissions(running.folder(), fs::perms{0755});
  running.start();
  CHECK(fs::status(running.folder()).permissions() == fs::perms{0755});
  CHECK(fs::status(running.folder() / "notes.txt").permissions() == fs::perms{0644});
  CHECK(is_private(running.database()));
  CHECK(is_private(running.folder() / "journal"));
}
