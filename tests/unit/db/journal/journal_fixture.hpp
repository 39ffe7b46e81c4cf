// A journal on real files, with segments of a few frames.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "db/journal/journal.hpp"
#include "tests/support/problem_in.hpp"
#include "tests/support/temp_dir.hpp"

namespace parseflow::db {

inline const timestamp noon{std::chrono::hours{490'000}};

inline frame_ptr some_frame(const std::string& id, std::size_t bytes = 100, timestamp at = noon) {
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

inline journal_settings small_segments() {
  journal_settings s;
  s.segment_bytes = 4096;
  s.quota_bytes = 64 * 4096;
  s.keep_stored = std::chrono::seconds::zero();
  return s;
}

struct journal_fixture {
  temp_dir folder;
  journal_settings settings = small_segments();
  std::size_t remembered = 1000;
  journal_recovery found;
  std::unique_ptr<journal> log;

  journal_fixture() { reopen(); }

  void reopen(timestamp now = noon) {
    log.reset();
    auto opened = journal::open(folder.path() / "journal", settings, remembered, now);
    REQUIRE(problem_in(opened) == "");
    log = std::move(opened->value);
    found = std::move(opened->found);
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

  std::vector<std::filesystem::path> segments() const {
    std::vector<std::filesystem::path> result;
    for (const auto& entry : std::filesystem::directory_iterator{folder.path() / "journal"})
      if (entry.path().extension() == ".segment")
        result.push_back(entry.path());
    std::sort(result.begin(), result.end());
    return result;
  }
};

inline void check_equal(const frame& a, const frame& b) {
  CHECK(a.key == b.key);
  CHECK(a.app == b.app);
  CHECK(a.mode == b.mode);
  CHECK(a.announced_lines == b.announced_lines);
  CHECK(a.received_at == b.received_at);
  CHECK(a.body == b.body);
}

inline void overwrite(const std::filesystem::path& path, std::size_t at, const std::string& bytes) {
  std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
  file.seekp(static_cast<std::streamoff>(at));
  file << bytes;
}

} // namespace parseflow::db
