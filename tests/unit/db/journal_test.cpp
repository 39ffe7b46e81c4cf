// The journal on real files: what survives, what is salvaged, what is said.
#include <filesystem>
#include <fstream>
#include <random>

#include <doctest/doctest.h>

#include "db/journal/inspect.hpp"
#include "db/journal/journal.hpp"
#include "db/journal/record.hpp"
#include "tests/support/temp_dir.hpp"

using namespace parseflow;
using namespace parseflow::db;
namespace fs = std::filesystem;

namespace {

const timestamp noon{std::chrono::hours{490'000}};

frame_ptr some_frame(const std::string& id, std::size_t bytes = 100, timestamp at = noon) {
  auto result = std::make_shared<frame>();
  result->key = {"d.1", id};
  result->app = "shop";
  result->mode = structured_data::present;
  result->announced_lines = 3;
  result->received_at = at;
  for (std::size_t i = 0; i < bytes; ++i)
    result->body += static_cast<char>('a' + (i * 7 + id.size()) % 26);
  return result;
}

journal_settings small() {
  journal_settings s;
  s.segment_bytes = 4096;
  s.quota_bytes = 64 * 4096;
  s.keep_stored = std::chrono::seconds::zero();
  return s;
}

struct fixture {
  temp_dir folder;
  journal_settings settings = small();
  std::size_t remembered = 1000;
  journal_recovery found;
  std::unique_ptr<journal> log;

  fixture() { reopen(); }

  void reopen(timestamp now = noon) {
    log.reset();
    auto opened = journal::open(folder.path() / "journal", settings, remembered, now);
    REQUIRE_MESSAGE(opened.value, opened.problem);
    log = std::move(opened.value);
    found = std::move(opened.found);
  }

  journal_position put(const frame_ptr& content) {
    const auto at = log->append(content);
    REQUIRE(at);
    REQUIRE(log->commit().code == outcome::done);
    return *at;
  }

  void release(journal_position at, const frame_ptr& content, timestamp now = noon) {
    log->release(at, digest_of(content->key), content->body.size(), now);
  }

  std::vector<std::string> found_ids() const {
    std::vector<std::string> ids;
    for (const auto& f : found.frames)
      ids.push_back(f.head.key.id);
    return ids;
  }

  std::vector<fs::path> segments() const {
    std::vector<fs::path> result;
    for (const auto& entry : fs::directory_iterator{folder.path() / "journal"})
      if (entry.path().extension() == ".segment")
        result.push_back(entry.path());
    std::sort(result.begin(), result.end());
    return result;
  }
};

void check_equal(const frame& a, const frame& b) {
  CHECK(a.key == b.key);
  CHECK(a.app == b.app);
  CHECK(a.mode == b.mode);
  CHECK(a.announced_lines == b.announced_lines);
  CHECK(a.received_at == b.received_at);
  CHECK(a.body == b.body);
}

void overwrite(const fs::path& path, std::size_t at, const std::string& bytes) {
  std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
  file.seekp(static_cast<std::streamoff>(at));
  file << bytes;
}

} // namespace

TEST_CASE_FIXTURE(fixture,
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

TEST_CASE_FIXTURE(fixture, "journal: frames go on behind those of an earlier run") {
  put(some_frame("A"));
  reopen();
  put(some_frame("B"));
  reopen();
  CHECK(found_ids() == std::vector<std::string>{"A", "B"});
}

TEST_CASE_FIXTURE(fixture, "journal: an empty body and one larger than a segment are kept") {
  const auto large = some_frame("L", 20'000), empty = some_frame("E", 0);
  const auto at_large = put(large), at_empty = put(empty);
  reopen();
  CHECK(found_ids() == std::vector<std::string>{"L", "E"});
  check_equal(*log->read(at_large).content, *large);
  check_equal(*log->read(at_empty).content, *empty);
}

TEST_CASE_FIXTURE(fixture, "journal: compressed bodies take less and read back the same") {
  settings.compress = true;
  reopen();
  const auto content = some_frame("A", 3000);
  const auto at = put(content);
  put(some_frame("B", 3000)); // plain, the two would not fit into one segment
  CHECK(segments().size() == 1);
  check_equal(*log->read(at).content, *content);
}

TEST_CASE_FIXTURE(fixture,
                  "journal: a segment whose frames are all released is recycled, its ids stay known") {
  std::vector<std::pair<journal_position, frame_ptr>> all;
  for (int i = 0; i < 40; ++i) {
    const auto content = some_frame(std::to_string(i), 1000);
    all.emplace_back(put(content), content);
    if (i >= 4)
      release(all[static_cast<std::size_t>(i) - 4].first, all[static_cast<std::size_t>(i) - 4].second);
  }
  CHECK(log->disk_bytes() <= 6 * 4096);
  CHECK_FALSE(log->read(all[0].first).content);
  reopen();
  std::vector<frame_digest> known = found.ids;
  for (const auto& f : found.frames)
    known.push_back(f.digest);
  for (const auto& [at, content] : all)
    CHECK(std::find(known.begin(), known.end(), digest_of(content->key)) != known.end());
}

TEST_CASE_FIXTURE(fixture, "journal: records of a file's former life are not found again") {
  std::vector<std::pair<journal_position, frame_ptr>> first;
  for (int i = 0; i < 3; ++i) {
    const auto content = some_frame("old" + std::to_string(i), 1000);
    first.emplace_back(put(content), content);
  }
  const auto next = some_frame("next", 3000); // into a second segment
  put(next);
  for (const auto& [at, content] : first)
    release(at, content);
  put(some_frame("new", 1500)); // into the recycled first one
  CHECK(segments().size() == 2);
  reopen();
  CHECK(found_ids() == std::vector<std::string>{"next", "new"});
}

TEST_CASE_FIXTURE(fixture, "journal: ids are forgotten when their time is over") {
  const auto content = some_frame("A", 3000);
  const auto at = put(content);
  put(some_frame("B", 3000));
  release(at, content);
  reopen(noon + settings.id_age);
  CHECK(found.ids.size() == 1);
  reopen(noon + settings.id_age + std::chrono::hours{2});
  CHECK(found.ids.empty());
}

TEST_CASE_FIXTURE(fixture, "journal: the quota is a bound, and released room is used again") {
  settings.quota_bytes = 3 * 4096;
  reopen();
  std::vector<std::pair<journal_position, frame_ptr>> all;
  for (int i = 0; i < 3; ++i) {
    const auto content = some_frame(std::to_string(i), 3000);
    all.emplace_back(put(content), content);
  }
  CHECK_FALSE(log->append(some_frame("full", 3000)));
  CHECK(log->commit().code == outcome::done);
  const auto room = log->make_room(noon);
  CHECK(room.code == outcome::retry);
  CHECK(room.message.find("journal.quota-bytes") != std::string::npos);
  release(all[0].first, all[0].second);
  CHECK(log->make_room(noon).code == outcome::done);
  CHECK(log->make_room(noon).code == outcome::done);
  put(some_frame("fits", 3000));
  CHECK(log->disk_bytes() == 3 * 4096);
}

TEST_CASE_FIXTURE(fixture, "journal: a torn tail is cut at the last whole record") {
  std::vector<journal_position> at;
  for (int i = 0; i < 3; ++i)
    at.push_back(put(some_frame(std::to_string(i), 500)));
  log.reset();
  fs::resize_file(segments()[0], at[2].offset + 100);
  reopen();
  CHECK(found_ids() == std::vector<std::string>{"0", "1"});
  put(some_frame("again", 500));
  reopen();
  CHECK(found_ids() == std::vector<std::string>{"0", "1", "again"});
}

TEST_CASE_FIXTURE(fixture, "journal: damage in the middle is skipped to the next whole record, and counted") {
  std::vector<journal_position> at;
  for (int i = 0; i < 4; ++i)
    at.push_back(put(some_frame(std::to_string(i), 500)));
  log.reset();
  overwrite(segments()[0], at[1].offset + 200, "damage");
  reopen();
  CHECK(found_ids() == std::vector<std::string>{"0", "2", "3"});
  CHECK(found.damaged_places == 1);
  CHECK(found.damaged_bytes == at[2].offset - at[1].offset);
  CHECK_FALSE(log->read(at[1]).content);
}

TEST_CASE_FIXTURE(fixture, "journal: a begun record at the end is told, and is no damage") {
  const auto first = put(some_frame("A", 500)), second = put(some_frame("B", 500));
  log.reset();
  overwrite(segments()[0], second.offset + 200, "damage");
  reopen();
  CHECK(found_ids() == std::vector<std::string>{"A"});
  CHECK(found.torn_records == 1);
  CHECK(found.damaged_places == 0);
  const auto report = inspect_journal(folder.path() / "journal", false).text;
  CHECK(report.find("1 segments, 1 frames, 500 body bytes, 0 damaged bytes, 1 torn frames") !=
        std::string::npos);
  CHECK(log->read(first).content);
}

TEST_CASE_FIXTURE(fixture, "journal: without its header a segment gives the records of its last life") {
  const auto old = some_frame("old", 500), last = some_frame("next", 3900);
  const auto at = put(old);
  put(last); // into a second segment
  release(at, old);
  put(some_frame("new", 100)); // into the recycled first one, over a part of the old record
  log.reset();
  REQUIRE(segments().size() == 2);
  overwrite(segments()[0], 3, "damage");
  const auto report = inspect_journal(folder.path() / "journal", true).text;
  CHECK(report.find("         0  damage, 64 bytes") != std::string::npos);
  CHECK(report.find("  new  100 bytes") != std::string::npos);
  reopen();
  CHECK(found_ids() == std::vector<std::string>{"next", "new"});
  CHECK(found.damaged_places == 1);
  CHECK(found.damaged_bytes == segment_header_bytes);
  // Its generation is not given again.
  put(some_frame("later", 100));
  reopen();
  CHECK(found_ids() == std::vector<std::string>{"next", "new", "later"});
}

TEST_CASE_FIXTURE(fixture, "journal: a new file without a record is no damage, a destroyed one is") {
  log.reset();
  std::ofstream{folder.path() / "journal" / "00000001.segment"} << std::string(4096, '\0');
  reopen();
  CHECK(found.damaged_places == 0);
  log.reset();
  std::ofstream{folder.path() / "journal" / "00000001.segment"} << std::string(4096, 'x');
  reopen();
  CHECK(found.damaged_places == 1);
  put(some_frame("A"));
  reopen();
  CHECK(found_ids() == std::vector<std::string>{"A"});
}

TEST_CASE_FIXTURE(fixture, "journal: files truncated or damaged at random places give what is whole") {
  std::mt19937 random{20260302};
  for (int round = 0; round < 200; ++round) {
    log.reset();
    fs::remove_all(folder.path() / "journal");
    reopen();
    std::vector<std::pair<journal_position, std::size_t>> written;
    for (int i = 0; i < 30; ++i) {
      const std::size_t bytes = random() % 900;
      written.emplace_back(put(some_frame(std::to_string(i), bytes)), bytes);
    }
    log.reset();
    const auto files = segments();
    const auto& victim = files[random() % files.size()];
    const auto size = fs::file_size(victim);
    const auto place = random() % size;
    const bool truncated = random() % 2 == 0;
    if (truncated)
      fs::resize_file(victim, place);
    else
      overwrite(victim, place, "\xff");
    reopen();
    // Every frame that is found is whole; at most those that the damage touched are missing.
    for (const auto& f : found.frames) {
      const auto& expected = written[std::stoul(f.head.key.id)];
      CHECK(f.at == expected.first);
      REQUIRE(log->read(f.at).content);
      check_equal(*log->read(f.at).content, *some_frame(f.head.key.id, expected.second));
    }
    if (!truncated)
      CHECK(found.frames.size() + 1 >= written.size());
  }
}

TEST_CASE_FIXTURE(fixture, "journal: a second process is refused with a sentence") {
  const auto second = journal::open(folder.path() / "journal", settings, 1000, noon);
  CHECK_FALSE(second.value);
  CHECK(second.problem.find("in use by another process") != std::string::npos);
}

TEST_CASE("journal: a folder that cannot be made is said") {
  const auto refused = journal::open("/proc/nowhere/journal", small(), 1000, noon);
  CHECK_FALSE(refused.value);
  CHECK(refused.problem.find("/proc/nowhere/journal") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "journal: a group spans segments and is one commit") {
  std::vector<journal_position> at;
  for (int i = 0; i < 10; ++i)
    at.push_back(log->append(some_frame(std::to_string(i), 1000)).value());
  CHECK(log->commit().code == outcome::done);
  CHECK(at.back().generation > at.front().generation);
  reopen();
  CHECK(found.frames.size() == 10);
  CHECK(log->unreleased_bytes() == 10'000);
}

TEST_CASE_FIXTURE(fixture,
                  "journal: the inspection names segments, records and damage, also while it is written") {
  const auto first = put(some_frame("A", 500)), second = put(some_frame("B", 500));
  put(some_frame("C\n", 500));
  overwrite(segments()[0], second.offset + 200, "damage");
  const auto report = inspect_journal(folder.path() / "journal", true);
  CHECK(report.problem.empty());
  CHECK(report.text.find("live  generation 1  2 frames  1000 body bytes") != std::string::npos);
  CHECK(report.text.find("shop  d.1  A  500 bytes") != std::string::npos);
  CHECK(report.text.find("shop  d.1  C?  500 bytes") != std::string::npos);
  CHECK(report.text.find("damage, ") != std::string::npos);
  CHECK(first.offset == segment_header_bytes);
  CHECK(inspect_journal("/nonexistent", false).problem.find("/nonexistent") != std::string::npos);
}
