// Files that the disk or another program changed: whole frames are found, damage is reported.
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include <doctest/doctest.h>
#include <xxhash.h>

#include "db/journal/inspect.hpp"
#include "db/journal/journal.hpp"
#include "db/journal/record.hpp"
#include "tests/support/problem_in.hpp"
#include "tests/unit/db/journal/journal_disk.hpp"
#include "tests/unit/db/journal/journal_fixture.hpp"

namespace journal_damage_test {

using namespace parseflow;
using namespace parseflow::db;
namespace fs = std::filesystem;

namespace {

// Writes a file in the format of version 0.1.0.
void write_first_format(const fs::path& path, std::uint64_t generation,
                        const std::vector<frame_ptr>& frames) {
  const auto number = [](std::uint64_t value) {
    return std::string{reinterpret_cast<const char*>(&value), sizeof value};
  };
  auto bytes = "PFSEG001" + number(generation);
  bytes += number(XXH3_64bits(bytes.data(), bytes.size()));
  bytes.resize(segment_header_bytes);
  for (const auto& f : frames) {
    bytes += encode_record_head(*f, f->body, body_form::plain, generation) + f->body;
    bytes.resize(padded_size(bytes.size(), 0));
  }
  bytes.resize(4096);
  std::ofstream{path, std::ios::binary} << bytes;
}

} // namespace

TEST_CASE_FIXTURE(journal_fixture, "journal: a torn tail is cut at the last whole record") {
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

TEST_CASE_FIXTURE(journal_fixture,
                  "journal: damage in the middle is skipped to the next whole record, and counted") {
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

TEST_CASE_FIXTURE(journal_fixture, "journal: an unfinished record at the end is reported, and is no damage") {
  const auto first = put(some_frame("A", 500)), second = put(some_frame("B", 500));
  log.reset();
  overwrite(segments()[0], second.offset + 200, "damage");
  reopen();
  CHECK(found_ids() == std::vector<std::string>{"A"});
  CHECK(found.torn_records == 1);
  CHECK(found.damaged_places == 0);
  const auto report = inspect_journal(folder.path() / "journal", false).value();
  CHECK(report.find("1 segments, 1 frames, 500 body bytes, 0 damaged bytes, 1 torn frames") !=
        std::string::npos);
  CHECK(log->read(first).content);
}

TEST_CASE_FIXTURE(journal_fixture,
                  "journal: without its header a segment gives the records of its last life") {
  const auto old = some_frame("old", 500), last = some_frame("next", 3900);
  const auto at = put(old);
  put(last); // into a second segment
  release(at, old);
  put(some_frame("new", 100)); // into the recycled first one, over a part of the old record
  log.reset();
  REQUIRE(segments().size() == 2);
  overwrite(segments()[0], 3, "damage");
  const auto report = inspect_journal(folder.path() / "journal", true).value();
  CHECK(report.find("         0  damage, 64 bytes") != std::string::npos);
  CHECK(report.find("  new  100 bytes") != std::string::npos);
  reopen();
  CHECK(found_ids() == std::vector<std::string>{"next", "new"});
  CHECK(found.damaged_places == 1);
  CHECK(found.damaged_bytes == segment_header_bytes);
  // The generation of the damaged segment is not used again.
  put(some_frame("later", 100));
  reopen();
  CHECK(found_ids() == std::vector<std::string>{"next", "new", "later"});
}

TEST_CASE_FIXTURE(journal_fixture, "journal: a new file without a record is no damage, a destroyed one is") {
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

TEST_CASE_FIXTURE(journal_fixture,
                  "journal: files truncated or damaged at random places give what is whole") {
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
    // Every frame that is found is whole; only frames that the damage touched may be missing.
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

TEST_CASE_FIXTURE(journal_fixture,
                  "journal: the inspection names segments, records and damage, also while it is written") {
  const auto first = put(some_frame("A", 500)), second = put(some_frame("B", 500));
  put(some_frame("C\n", 500));
  overwrite(segments()[0], second.offset + 200, "damage");
  const auto report = inspect_journal(folder.path() / "journal", true);
  REQUIRE(problem_in(report) == "");
  CHECK(report->find("live  generation 1  2 frames  1000 body bytes") != std::string::npos);
  CHECK(report->find("shop  d.1  A  500 bytes") != std::string::npos);
  CHECK(report->find("shop  d.1  C?  500 bytes") != std::string::npos);
  CHECK(report->find("damage, ") != std::string::npos);
  CHECK(first.offset == segment_header_bytes);
  CHECK(problem_in(inspect_journal("/nonexistent", false)).find("/nonexistent") != std::string::npos);
}

TEST_CASE_FIXTURE(journal_fixture, "journal: a segment is as good with one header as with two") {
  put(some_frame("A", 3800));
  log.reset();
  SUBCASE("the one at its end") {
    overwrite(segments()[0], 0, std::string(segment_header_bytes, 'x'));
  }
  SUBCASE("the one at its beginning") {
    fs::resize_file(segments()[0], 4000);
  }
  reopen();
  CHECK(found_ids() == std::vector<std::string>{"A"});
  log->release(found.frames[0].at, found.frames[0].digest, 3800, noon);
  reopen();
  CHECK(found.frames.empty());
}

TEST_CASE_FIXTURE(journal_fixture,
                  "journal: a file of which nothing can be read is kept aside, whole and for good") {
  const auto damaged = segments().empty() ? folder / "journal" / "00000001.segment" : segments()[0];
  const auto aside = fs::path{damaged.string() + ".damaged"};
  log.reset();
  std::ofstream{damaged} << std::string(4096, 'x');
  CHECK(inspect_journal(folder / "journal", false).value().find("00000001.segment  damaged, 4096 bytes") ==
        0);
  reopen();
  REQUIRE(found.files_aside.size() == 1);
  CHECK(found.files_aside[0].path == aside);
  CHECK(found.files_aside[0].bytes == 4096);
  for (int i = 0; i < 3; ++i)
    put(some_frame(std::to_string(i), 3000));
  CHECK_FALSE(fs::exists(damaged)); // and no other file gets its name
  std::string bytes(4096, '\0');
  std::ifstream{aside}.read(bytes.data(), 4096);
  CHECK(bytes == std::string(4096, 'x'));
  reopen();
  CHECK(found.files_aside.empty());
  CHECK(found.damaged_places == 0);
}

TEST_CASE_FIXTURE(journal_fixture,
                  "journal: segments of a newer version stop the start, and stay as they are") {
  put(some_frame("A"));
  log.reset();
  const auto path = segments()[0];
  overwrite(path, 0, "PFSEG003");
  overwrite(path, 4096 - segment_header_bytes, "PFSEG003");
  const auto refused = journal::open(folder / "journal", settings, remembered, noon);
  CHECK(problem_in(refused) ==
        path.string() + " was written by a newer version of ParseFlow: start that version, or move the "
                        "file away; what it holds is not in the database yet");
  CHECK(inspect_journal(folder / "journal", false).value().find("00000001.segment  of a newer version") == 0);
  fs::rename(path, folder / "away");
  reopen();
  put(some_frame("B"));
}

TEST_CASE_FIXTURE(journal_fixture, "journal: segments of version 0.1.0 are read, and end as today's") {
  log.reset();
  const auto a = some_frame("A", 1000), b = some_frame("B", 1000), c = some_frame("C", 3900);
  write_first_format(folder / "journal" / "00000004.segment", 7, {a, b});
  write_first_format(folder / "journal" / "00000005.segment", 8, {c}); // the segment is full to its last byte
  settings.keep_stored = std::chrono::minutes{5};
  reopen();
  REQUIRE(found_ids() == std::vector<std::string>{"A", "B", "C"});
  CHECK(found.damaged_places == 0);
  check_equal(*log->read(found.frames[2].at).content, *c);
  const auto at = put(some_frame("D"));
  CHECK(at.generation == 9);
  CHECK(segments().size() == 3); // the new frame is not in the old files
  for (const auto& f : found.frames)
    log->release(f.at, f.digest, f.body_bytes, noon);
  reopen();
  CHECK(found_ids() == std::vector<std::string>{"D"});
  CHECK(found.ids.size() == 3);
}

TEST_CASE_FIXTURE(journal_fixture,
                  "journal: what the disk does not give is skipped, said, and not written over") {
  settings.segment_bytes = 4 * 4096;
  reopen();
  std::vector<std::pair<journal_position, frame_ptr>> all;
  for (int i = 0; i < 7; ++i) {
    const auto content = some_frame(std::to_string(i), 2000);
    all.emplace_back(put(content), content);
  }
  std::string report;
  {
    failing_disk disk;
    disk.unreadable = {5000, 5001}; // an unreadable page within the third frame
    reopen();
    report = inspect_journal(folder / "journal", false).value();
  }
  const auto lost = all[4].first.offset - all[1].first.offset; // the page also holds parts of its neighbours
  CHECK(found_ids() == std::vector<std::string>{"0", "4", "5", "6"});
  CHECK(found.damaged_places == 1);
  CHECK(found.damaged_bytes == lost);
  CHECK(report.find(std::to_string(lost) + " damaged") != std::string::npos);
  REQUIRE(found.files_aside.size() == 1);
  for (const auto& f : found.frames)
    log->release(f.at, f.digest, f.body_bytes, noon);
  CHECK(segments().empty());
  const auto aside = found.files_aside[0].path;
  log.reset();
  fs::rename(aside, folder / "journal" / "00000001.segment"); // the disk can read it after all
  reopen();
  CHECK(found.frames.size() == 7);
}

TEST_CASE_FIXTURE(journal_fixture, "journal: a header that the disk does not give costs no frame") {
  put(some_frame("A", 3000));
  settings.segment_bytes = 4 * 4096;
  reopen();
  put(some_frame("B", 3000));
  put(some_frame("C", 3000));
  put(some_frame("D", 3000));
  failing_disk disk;
  disk.unreadable = {0, 1};
  reopen();
  CHECK(found_ids() == std::vector<std::string>{"D"}); // the others begin in the same page
  CHECK(found.files_aside.size() == 2);
}

} // namespace journal_damage_test
