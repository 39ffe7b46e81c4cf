// What happens to a frame in the journal, on real files.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "db/journal/journal.hpp"
#include "tests/support/problem_in.hpp"
#include "tests/unit/db/journal/journal_disk.hpp"
#include "tests/unit/db/journal/journal_fixture.hpp"

namespace journal_test {

using namespace parseflow;
using namespace parseflow::db;
namespace fs = std::filesystem;

TEST_CASE_FIXTURE(journal_fixture,
                  "journal: a committed frame reads back with all its facts, now and after reopening") {
  const auto content = some_frame("A", 1000);
  const auto at = put(content);
  REQUIRE(log->read(at).content);
  check_equal(*log->read(at).content, *content);
  reopen();
  REQUIRE(found_ids() == std::vector<std::string>{"A"});
  CHECK(found.frames[0].at == at);
  CHECK(found.frames[0].body_bytes == 1000);
  CHECK(found.frames[0].digest == digest_of(content->key));
  check_equal(*log->read(at).content, *content);
  CHECK(found.damaged_bytes == 0);
}

TEST_CASE_FIXTURE(journal_fixture, "journal: frames go on behind those of an earlier run") {
  put(some_frame("A"));
  reopen();
  put(some_frame("B"));
  reopen();
  CHECK(found_ids() == std::vector<std::string>{"A", "B"});
}

TEST_CASE_FIXTURE(journal_fixture, "journal: an empty body and one larger than a segment are kept") {
  const auto large = some_frame("L", 20'000), empty = some_frame("E", 0);
  const auto at_large = put(large), at_empty = put(empty);
  reopen();
  CHECK(found_ids() == std::vector<std::string>{"L", "E"});
  check_equal(*log->read(at_large).content, *large);
  check_equal(*log->read(at_empty).content, *empty);
}

TEST_CASE_FIXTURE(journal_fixture, "journal: compressed bodies take less and read back the same") {
  settings.compress = true;
  reopen();
  const auto content = some_frame("A", 3000);
  const auto at = put(content);
  put(some_frame("B", 3000)); // uncompressed, the two would not fit into one segment
  CHECK(segments().size() == 1);
  check_equal(*log->read(at).content, *content);
}

TEST_CASE_FIXTURE(journal_fixture, "journal: a second process is refused with a sentence") {
  const auto second = journal::open(folder.path() / "journal", settings, 1000, noon);
  CHECK(problem_in(second).find("in use by another process") != std::string::npos);
}

TEST_CASE("journal: a folder that cannot be made is said") {
  const auto refused = journal::open("/proc/nowhere/journal", small_segments(), 1000, noon);
  CHECK(problem_in(refused).find("/proc/nowhere/journal") != std::string::npos);
}

TEST_CASE_FIXTURE(journal_fixture, "journal: a group spans segments and is one commit") {
  std::vector<journal_position> at;
  for (int i = 0; i < 10; ++i)
    at.push_back(log->append(some_frame(std::to_string(i), 1000)).value());
  CHECK(log->commit().code == outcome::done);
  CHECK(at.back().generation > at.front().generation);
  reopen();
  CHECK(found.frames.size() == 10);
  CHECK(log->unreleased_bytes() == 10'000);
}

TEST_CASE_FIXTURE(journal_fixture, "journal: a folder that is made is made for good, and so is every file") {
  failing_disk disk;
  log.reset();
  const auto top = folder.path() / "a", inner = top / "b" / "journal";
  REQUIRE(problem_in(journal::open(inner, settings, remembered, noon)) == "");
  for (const auto& parent : {folder.path(), top, top / "b"})
    CHECK(std::count(disk.synced.begin(), disk.synced.end(), parent) == 1);

  reopen();
  const auto content = some_frame("A", 3000);
  disk.synced.clear();
  const auto at = put(content);
  CHECK(disk.synced == std::vector<fs::path>{folder / "journal"}); // the segment's name
  put(some_frame("B", 3000));
  disk.synced.clear();
  release(at, content);
  CHECK(disk.synced == std::vector<fs::path>{folder / "journal"}); // the id file's name
}

TEST_CASE_FIXTURE(journal_fixture, "journal: without a durable name no file takes frames") {
  failing_disk disk;
  disk.unsyncable = folder / "journal";
  CHECK_FALSE(log->append(some_frame("A")));
  const auto room = log->make_room(noon);
  CHECK(room.code == outcome::retry);
  CHECK(room.message.find("cannot sync") != std::string::npos);
  CHECK(segments().empty());
  disk.unsyncable = std::nullopt;
  CHECK(log->make_room(noon).code == outcome::done);
  put(some_frame("A"));

  disk.unsyncable = folder.path();
  const auto refused = journal::open(folder / "other", settings, remembered, noon);
  CHECK(problem_in(refused).find((folder / "other").string()) != std::string::npos);
}

TEST_CASE_FIXTURE(journal_fixture,
                  "journal: a body that finds no room by its size leaves everything as it was") {
  settings.quota_bytes = 4 * 4096;
  reopen();
  for (int i = 0; i < 3; ++i) {
    const auto content = some_frame(std::to_string(i));
    release(put(content), content);
  }
  CHECK_FALSE(log->append(some_frame("L", 20'000)));
  CHECK(log->commit().code == outcome::done);
  CHECK(log->make_room(noon).code == outcome::retry);
  CHECK(log->tick(noon).code == outcome::done);
  const auto fits = some_frame("F", 12'000); // into a file of its own, in the place of the others
  check_equal(*log->read(put(fits)).content, *fits);
}

TEST_CASE_FIXTURE(journal_fixture, "journal: nothing is durable in a folder that was removed or replaced") {
  const auto journal_folder = folder / "journal", moved = folder / "moved";
  const auto first = some_frame("A");
  const auto at = put(first);
  const auto check_refused = [&] {
    CHECK(log->tick(noon).message.find(journal_folder.string() + " was removed or replaced") !=
          std::string::npos);
    if (log->append(some_frame("B")))
      CHECK(log->commit().code == outcome::retry);
    CHECK_FALSE(log->append(some_frame("C")));
    CHECK(log->make_room(noon).code == outcome::retry);
  };
  CHECK(log->tick(noon).code == outcome::done);
  fs::rename(journal_folder, moved);
  check_refused();
  fs::create_directory(journal_folder);
  std::ofstream{journal_folder / "lock"};
  check_refused();
  fs::remove_all(journal_folder);
  fs::rename(moved, journal_folder);
  CHECK(log->tick(noon).code == outcome::done);
  put(some_frame("B"));
  fs::remove_all(journal_folder);
  check_refused();
  CHECK(log->read(at).content); // the frame can still be stored
}

TEST_CASE_FIXTURE(journal_fixture, "journal: nothing is durable in a segment that was removed") {
  put(some_frame("A"));
  fs::remove(segments()[0]);
  REQUIRE(log->append(some_frame("B")));
  const auto written = log->commit();
  CHECK(written.code == outcome::retry);
  CHECK(written.message.find(".segment was removed or replaced") != std::string::npos);
  put(some_frame("B")); // into another segment
  reopen();
  CHECK(found_ids() == std::vector<std::string>{"B"});
}

TEST_CASE_FIXTURE(journal_fixture,
                  "journal: bytes that the disk does not give now are not taken for damaged ones") {
  using ended = journal_reading::outcome;
  const auto content = some_frame("A", 500);
  const auto at = put(content);
  {
    failing_disk disk;
    disk.unreadable = {at.offset + 200, at.offset + 201};
    CHECK(log->read(at).end == ended::unreadable);
  }
  CHECK(log->read(at).end == ended::whole);
  overwrite(segments()[0], at.offset + 200, "damage");
  CHECK(log->read(at).end == ended::damaged);
}

TEST_CASE_FIXTURE(journal_fixture, "journal: the file of a frame that is given up is kept, its id is not") {
  const auto lost = some_frame("lost", 1000), other = some_frame("other", 1000);
  const auto at = put(lost), at_other = put(other);
  put(some_frame("next", 3000)); // into a second segment
  overwrite(segments()[0], at.offset + 200, "damage");
  const auto kept = log->give_up(at, 1000, noon);
  CHECK(kept == segments()[0].string() + ".damaged");
  CHECK(fs::exists(kept)); // written at once: another run knows it
  CHECK(log->read(at_other).content);
  SUBCASE("in this run") {}
  SUBCASE("after another start") {
    reopen();
    CHECK(found_ids() == std::vector<std::string>{"other", "next"});
  }
  release(at_other, other);
  CHECK(segments().size() == 1);
  CHECK(fs::file_size(kept) == 4096);
  std::string bytes(6, '\0');
  std::ifstream{kept}.seekg(at.offset + 200).read(bytes.data(), 6);
  CHECK(bytes == "damage");
  put(some_frame("more", 3000)); // not over the damaged file
  reopen();
  CHECK(found_ids() == std::vector<std::string>{"next", "more"});
  CHECK(found.ids == std::vector<frame_digest>{digest_of(other->key)});
}

} // namespace journal_test
