// Journal files that the disk damaged while the program was down: whole frames are stored once, damage is
// reported, and the program starts.
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/e2e/expected_metrics.hpp"
#include "tests/e2e/service.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/e2e/tested_program.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/traffic/dice.hpp"
#include "tests/traffic/traffic.hpp"
#include "tests/traffic/truth.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;
using traffic::post_result;
namespace fs = std::filesystem;

namespace {

// The format as docs/journal.md describes it; nothing here uses the program's code.
constexpr std::size_t record_header = 24, facts_before_drain = 24, segment_header = 64;

// PARSEFLOW_TEST_SEED repeats a run.
std::uint64_t pick_seed() {
  const char* given = std::getenv("PARSEFLOW_TEST_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

std::string content_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

// The position of a frame's record, without padding.
struct record_place {
  fs::path segment;
  std::size_t begin = 0, end = 0;
};

// The bytes of a segment before and after the damage.
struct segment_bytes {
  std::string before, after;
};

// A journal with known frames, by frame id.
class damaged_journal {
public:
  damaged_journal(fs::path folder, std::string token, const std::vector<traffic::body>& bodies) {
    for (const auto& entry : fs::directory_iterator{folder})
      if (entry.path().extension() == ".segment")
        segments_[entry.path()].before = content_of(entry.path());
    for (const auto& body : bodies)
      for (const auto& [path, bytes] : segments_)
        if (const auto id = bytes.before.find(token + body.frame_id); id != std::string::npos) {
          const auto begin = id - facts_before_drain - record_header;
          std::uint32_t length = 0;
          std::memcpy(&length, bytes.before.data() + begin + 4, sizeof length);
          places_[body.frame_id] = {path, begin, begin + record_header + length};
        }
    for (auto& [path, bytes] : segments_)
      bytes.after = bytes.before;
  }

  std::size_t frames() const { return places_.size(); }
  std::size_t segments() const { return segments_.size(); }

  // Overwrites a few bytes in a row at `count` places, each in any of the files.
  void scribble(traffic::dice& dice, int count) {
    for (int i = 0; i < count; ++i) {
      auto& bytes = dice_segment(dice).after;
      const auto at = dice.below(bytes.size()), size = 1 + dice.below(64);
      for (auto next = at; next < std::min<std::size_t>(at + size, bytes.size()); ++next)
        bytes[next] = static_cast<char>(static_cast<unsigned char>(bytes[next]) ^ (1 + dice.below(255)));
    }
  }

  void scribble_over_header(traffic::dice& dice) {
    dice_segment(dice).after.replace(0, segment_header, dice.hex(segment_header));
  }

  void truncate(traffic::dice& dice) {
    auto& bytes = dice_segment(dice).after;
    bytes.resize(dice.below(bytes.size()));
  }

  void write() const {
    for (const auto& [path, bytes] : segments_)
      std::ofstream{path, std::ios::binary | std::ios::trunc} << bytes.after;
  }

  // Every byte of the frame's record is unchanged, and so is one header of its segment.
  bool is_whole(const std::string& frame_id) const {
    const auto& place = places_.at(frame_id);
    const auto& bytes = segments_.at(place.segment);
    return has_header(bytes) && bytes.after.size() >= place.end &&
           bytes.after.compare(place.begin, place.end - place.begin, bytes.before, place.begin,
                               place.end - place.begin) == 0;
  }

  // The frame is not whole, but one can see that there was a record: by its first bytes, or by a whole record
  // after it.
  bool is_visible(const std::string& frame_id) const {
    const auto& place = places_.at(frame_id);
    const auto& bytes = segments_.at(place.segment);
    if (!has_header(bytes)) // reported, whatever the segment holds
      return true;
    if (bytes.after.size() >= place.begin + record_header &&
        bytes.after.compare(place.begin, 16, bytes.before, place.begin, 16) == 0)
      return true;
    for (const auto& [id, other] : places_)
      if (other.segment == place.segment && other.begin > place.begin && is_whole(id))
        return true;
    return false;
  }

private:
  // There is one at each end.
  static bool has_header(const segment_bytes& bytes) {
    const auto& [before, after] = bytes;
    return after.compare(0, segment_header, before, 0, segment_header) == 0 ||
           (after.size() == before.size() &&
            after.compare(after.size() - segment_header, segment_header, before,
                          before.size() - segment_header, segment_header) == 0);
  }

  segment_bytes& dice_segment(traffic::dice& dice) {
    auto at = segments_.begin();
    std::advance(at, dice.below(segments_.size()));
    return at->second;
  }

  std::map<fs::path, segment_bytes> segments_;
  std::map<std::string, record_place> places_;
};

void check_round(postgres_server& server, std::uint64_t seed) {
  traffic::dice dice{seed};
  const auto url = server.create_database();
  const temp_dir folder;
  const std::vector<std::string> settings{"--journal.directory=" + folder.path().string(),
                                          "--journal.segment-bytes=131072", "--http.max-body-bytes=100000"};
  server.stop();
  service running{{settings, {{"DATABASE_URL", url}}}};

  traffic::generator app{{.loss_share = 0}, seed};
  std::vector<traffic::body> bodies;
  traffic::drain_client drain{running.drain("shop")};
  for (int i = 0; i < 60; ++i) {
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    bodies.push_back(app.next(1 + dice.below(80), now - 1s, now));
    REQUIRE(drain.post(bodies.back()) == post_result::delivered);
  }
  running.kill();

  damaged_journal journal{folder.path(), "d.shop", bodies};
  REQUIRE(journal.frames() == bodies.size());
  REQUIRE(journal.segments() > 3);
  journal.scribble(dice, 6);
  if (dice.chance(0.5))
    journal.truncate(dice);
  if (dice.chance(0.5))
    journal.scribble_over_header(dice);
  journal.write();
  traffic::truth whole;
  std::set<std::string> whole_frames;
  bool shows_damage = false;
  for (const auto& body : bodies)
    if (journal.is_whole(body.frame_id)) {
      whole.add(body);
      whole_frames.insert(body.frame_id);
    } else {
      shows_damage = shows_damage || journal.is_visible(body.frame_id);
    }
  CAPTURE(whole_frames.size());

  auto words = settings;
  words.insert(words.begin(), "journal");
  process inspection{tested_program(), words};
  CHECK(inspection.wait(timeout) == 0);
  const auto report = inspection.standard_output();
  CAPTURE(report);
  CHECK(report.find(" segments, " + std::to_string(whole_frames.size()) + " frames, ") != std::string::npos);
  if (shows_damage)
    CHECK(report.find(" 0 damaged bytes, 0 torn frames") == std::string::npos);

  server.start();
  running.start();
  REQUIRE(running.wait_until_stored());
  const auto log = running.program().standard_error();
  CAPTURE(log);
  if (shows_damage)
    CHECK((log.find("damage found and skipped") != std::string::npos ||
           log.find("frames at the end of a segment are incomplete") != std::string::npos));
  CHECK(log.find("frames of an earlier run found") != std::string::npos);
  const auto rows = stored::in_postgres(url);
  std::set<std::string> stored_frames;
  for (const auto& row : rows.rows("SELECT id FROM frame"))
    CHECK(stored_frames.insert(row.at("id")).second);
  CHECK(stored_frames == whole_frames);
  CHECK(rows.count("request") == whole.requests.count);
  CHECK(rows.count("log_line") == whole.lines - whole.requests.count);
  check_metrics(running.metrics(), whole, 0);

  // Frames are lost only for the journal: if a sender posts them again, they are not duplicates.
  traffic::truth all;
  traffic::drain_client again{running.drain("shop")};
  for (const auto& body : bodies) {
    all.add(body);
    CHECK(again.post(body) == post_result::delivered);
  }
  REQUIRE(running.wait_until_stored());
  check_metrics(running.metrics(), all, 0);
  CHECK(rows.count("request") == all.requests.count);
  CHECK(running.stop() == 0);
}

} // namespace

TEST_CASE("journal damage: whole frames are stored once, the others are said, wherever the damage is") {
  postgres_server server;
  const auto seed = pick_seed();
  MESSAGE("PARSEFLOW_TEST_SEED=" << seed);
  for (std::uint64_t round = 0; round < 8; ++round) {
    CAPTURE(round);
    check_round(server, seed + round);
  }
}
