// Segment files over time: they are recycled or kept for a while, and their old frames are never found again.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "db/journal/inspect.hpp"
#include "db/journal/journal.hpp"
#include "db/journal/record.hpp"
#include "tests/unit/db/journal/journal_fixture.hpp"

namespace journal_lives_test {

using namespace parseflow;
using namespace parseflow::db;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr auto days = 24h;

// Stored bytes are kept for five minutes, as by default.
struct keeping_fixture : journal_fixture {
  keeping_fixture() {
    settings.keep_stored = journal_settings{}.keep_stored;
    reopen();
  }

  std::vector<std::string> kept_ids(timestamp now = noon) const {
    std::vector<std::string> ids;
    for (journal_position after;;) {
      const auto frames = log->kept_frames(after, now);
      if (frames.empty())
        return ids;
      for (const auto& f : frames)
        ids.push_back(f.head.key.id);
      after = frames.back().at;
    }
  }
};

} // namespace

TEST_CASE_FIXTURE(journal_fixture,
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

TEST_CASE_FIXTURE(journal_fixture, "journal: records of a file's former life are not found again") {
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

TEST_CASE_FIXTURE(journal_fixture, "journal: ids are forgotten when their time is over") {
  const auto content = some_frame("A", 3000);
  const auto at = put(content);
  put(some_frame("B", 3000));
  release(at, content);
  reopen(noon + settings.id_age);
  CHECK(found.ids.size() == 1);
  reopen(noon + settings.id_age + std::chrono::hours{2});
  CHECK(found.ids.empty());
}

TEST_CASE_FIXTURE(journal_fixture, "journal: the quota is a bound, and released room is used again") {
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

TEST_CASE_FIXTURE(journal_fixture,
                  "journal: with little traffic stored frames leave the journal within hours") {
  for (const auto kept_for : {0s, 300s}) {
    settings.keep_stored = kept_for;
    reopen();
    CHECK(log->tick(noon).code == outcome::done);
    for (const auto* id : {"A", "B", "C"}) {
      const auto content = some_frame(id);
      release(put(content), content);
    }
    CHECK(log->tick(noon + 59min).code == outcome::done);
    put(some_frame("late")); // into the same segment
    CHECK(log->tick(noon + 1h).code == outcome::done);
    reopen(noon + 1h); // after a kill: one frame is unstored, which keeps the others of its segment
    CHECK(found.frames.size() == 4);
    for (const auto& f : found.frames)
      log->release(f.at, f.digest, f.body_bytes, noon + 1h);
    CHECK(log->tick(noon + 1h + kept_for).code == outcome::done);
    CHECK_FALSE(log->oldest_record());
    reopen(noon + 8 * days);
    CHECK(found.frames.empty());
  }
}

TEST_CASE_FIXTURE(keeping_fixture, "journal: a segment takes no frames any more when it is an hour old") {
  const auto old = some_frame("old"), fresh = some_frame("fresh");
  CHECK(log->tick(noon).code == outcome::done);
  const auto at = put(old);
  CHECK(log->tick(noon + 30min).code == outcome::done);
  release(at, old, noon + 30min);
  CHECK(log->tick(noon + 90min).code == outcome::done);
  CHECK(put(fresh).generation > at.generation);
  reopen(noon + 8 * days);
  CHECK(found_ids() == std::vector<std::string>{"fresh"});
}

TEST_CASE_FIXTURE(keeping_fixture, "journal: after a clean stop only what is not stored is found") {
  const auto stored = some_frame("stored");
  release(put(stored), stored);
  log->settle_all(noon);
  const auto waiting = some_frame("waiting"), also_stored = some_frame("also stored");
  put(waiting);
  release(put(also_stored), also_stored);
  log->settle_all(noon);
  reopen(noon + 8 * days);
  CHECK(found_ids() == std::vector<std::string>{"waiting", "also stored"}); // they share a segment
  for (const auto& f : found.frames)
    log->release(f.at, f.digest, f.body_bytes, noon + 8 * days);
  log->settle_all(noon + 8 * days);
  reopen(noon + 8 * days);
  CHECK(found.frames.empty());
}

TEST_CASE_FIXTURE(journal_fixture, "journal: spare files hold no frames") {
  for (int i = 0; i < 8; ++i) { // two lives each
    std::vector<std::pair<journal_position, frame_ptr>> group;
    for (int j = 0; j < 3; ++j) {
      const auto content = some_frame(std::to_string(i) + "." + std::to_string(j), 3000);
      group.emplace_back(put(content), content);
    }
    for (const auto& [at, content] : group)
      release(at, content);
  }
  log->settle_all(noon);
  REQUIRE(segments().size() == 3);
  reopen();
  CHECK(found.frames.empty());
  CHECK(found.damaged_places == 0);
  CHECK(found.torn_records == 0);
  CHECK(inspect_journal(folder / "journal", true).value().find("00000001.segment  spare\n") == 0);
  put(some_frame("A"));
  CHECK(segments().size() == 3);
}

TEST_CASE_FIXTURE(keeping_fixture, "journal: bytes of stored frames stay for their time, and can be listed") {
  const auto a = some_frame("A", 1000), b = some_frame("B", 1000), c = some_frame("C", 3000);
  const auto at_a = put(a), at_b = put(b), at_c = put(c); // C in a second segment
  CHECK(kept_ids().empty());
  release(at_b, b);
  CHECK(kept_ids() == std::vector<std::string>{"B"});
  CHECK(log->kept_frames({}, noon)[0].at == at_b);
  CHECK(log->kept_frames({}, noon)[0].digest == digest_of(b->key));
  CHECK(log->kept_frames({}, noon)[0].body_bytes == 1000);
  release(at_a, a);
  release(at_c, c, noon + 1min);
  CHECK(kept_ids() == std::vector<std::string>{"A", "B", "C"});
  check_equal(*log->read(at_a).content, *a);
  CHECK(log->tick(noon + 5min - 1us).code == outcome::done);
  CHECK(kept_ids(noon + 5min - 1us).size() == 3);
  CHECK(log->tick(noon + 5min).code == outcome::done);
  CHECK(kept_ids(noon + 5min) == std::vector<std::string>{"C"});
  CHECK_FALSE(log->read(at_a).content);
  log->settle_all(noon + 5min);
  reopen(noon + 5min); // a stop does not end the keeping, and no kept frame is taken for unstored
  CHECK(found.frames.empty());
  CHECK(kept_ids(noon + 5min) == std::vector<std::string>{"C"});
  reopen(noon + 6min);
  CHECK(kept_ids(noon + 6min).empty());
}

TEST_CASE_FIXTURE(keeping_fixture, "journal: frames that the database lost are needed again") {
  const auto a = some_frame("A", 1000), b = some_frame("B", 1000);
  const auto at_a = put(a), at_b = put(b);
  put(some_frame("C", 3000)); // into a second segment
  release(at_a, a);
  release(at_b, b);
  const auto kept = log->kept_frames({}, noon);
  REQUIRE(kept.size() == 2);
  CHECK(log->need_again(kept[1]));
  CHECK(log->unreleased_bytes() == 4000);
  CHECK(log->tick(noon + 1h).code == outcome::done);
  CHECK(log->read(at_b).content);
  reopen(noon + 1h); // also found by a run after a kill
  CHECK(found_ids() == std::vector<std::string>{"A", "B", "C"});
  for (const auto& f : {found.frames[0], found.frames[1]})
    log->release(f.at, f.digest, f.body_bytes, noon + 1h);
  CHECK(log->tick(noon + 2h).code == outcome::done);
  CHECK_FALSE(log->need_again(kept[1]));
  reopen(noon + 2h);
  CHECK(found_ids() == std::vector<std::string>{"C"});
}

TEST_CASE_FIXTURE(keeping_fixture, "journal: what is needed again ends as what was stored once") {
  const auto content = some_frame("A", 3000);
  const auto at = put(content);
  put(some_frame("B", 3000));
  release(at, content);
  REQUIRE(log->need_again(log->kept_frames({}, noon).at(0)));
  release(at, content);
  reopen();
  CHECK(found_ids() == std::vector<std::string>{"B"});
  CHECK(kept_ids() == std::vector<std::string>{"A"});
}

TEST_CASE_FIXTURE(keeping_fixture, "journal: kept bytes make room for new frames, the oldest first") {
  settings.quota_bytes = 4 * 4096;
  reopen();
  std::vector<std::string> ids;
  for (int i = 0; i < 8; ++i) {
    const auto content = some_frame(std::to_string(i), 3000);
    release(put(content), content, noon + std::chrono::seconds{i});
    CHECK(log->disk_bytes() <= settings.quota_bytes);
  }
  CHECK(kept_ids(noon + 7s) == std::vector<std::string>{"4", "5", "6", "7"});
  const auto large = some_frame("L", 9000);
  put(large); // takes the place of three of them
  CHECK(kept_ids(noon + 7s) == std::vector<std::string>{"7"});
}

TEST_CASE_FIXTURE(journal_fixture, "journal: ids that cannot be written keep no frame out") {
  settings.quota_bytes = 3 * 4096;
  reopen();
  fs::create_directory(folder / "journal" / "ids-490000");
  for (int i = 0; i < 9; ++i) {
    const auto content = some_frame(std::to_string(i), 3000);
    release(put(content), content);
  }
  CHECK(log->read({9, segment_header_bytes}).content);
  reopen();
  CHECK(found.frames.size() == 3); // the database will say that it has them
  fs::remove(folder / "journal" / "ids-490000");
  for (const auto& f : found.frames)
    log->release(f.at, f.digest, f.body_bytes, noon);
  reopen();
  CHECK(found.frames.empty());
  CHECK(found.ids.size() == 3);
}

TEST_CASE_FIXTURE(keeping_fixture, "journal: the age of the oldest frame that may be asked for is known") {
  CHECK_FALSE(log->oldest_record());
  const auto old = some_frame("old", 3000, noon - 8 * days), fresh = some_frame("fresh", 3000);
  const auto at_old = put(old);
  put(fresh);
  CHECK(log->oldest_record() == noon - 8 * days);
  reopen();
  CHECK(log->oldest_record() == noon - 8 * days);
  release(at_old, old);
  reopen(); // kept
  CHECK(log->oldest_record() == noon - 8 * days);
  CHECK(log->tick(noon + 5min).code == outcome::done);
  CHECK(log->oldest_record() == noon);
}

TEST_CASE_FIXTURE(journal_fixture, "journal: a record in a body is never taken for one") {
  const auto victim = some_frame("forged", 10), known = some_frame("known", 10);
  // Records with guesses of the life of this segment and of later ones.
  std::string guesses;
  for (std::uint64_t life = 0; life < 30; ++life) {
    guesses += encode_record_head(*victim, victim->body, body_form::plain, life) + victim->body;
    guesses.resize(padded_size(guesses.size(), 0));
  }
  for (std::size_t shift = 0; shift < 8; ++shift) {
    log.reset();
    fs::remove_all(folder / "journal");
    reopen();
    const auto at_known = put(known);
    put(some_frame("other", 3900)); // into a second file
    std::string first_life(4096, '\0');
    std::ifstream{segments()[0]}.read(first_life.data(), 4096);
    release(at_known, known);
    const auto mallory = std::make_shared<frame>(*some_frame("mallory", 0));
    // Also what was a record in an earlier life.
    mallory->body = std::string(shift, ' ') + guesses + first_life.substr(at_known.offset, 200);
    const auto at = put(mallory);   // into the first file again
    put(some_frame("third", 3900)); // into a third file
    release(at, mallory);
    put(some_frame("new", 10)); // over the beginning of that body
    REQUIRE(segments().size() == 3);
    reopen();
    CHECK(found_ids() == std::vector<std::string>{"other", "third", "new"});
    CHECK(found.damaged_places == 0);
    CHECK(found.torn_records == 0);
  }
}

} // namespace journal_lives_test
