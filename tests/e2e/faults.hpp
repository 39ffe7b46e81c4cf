// A program whose clock jumps or whose disk fails: what to add to its environment, and a power cut.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <random>
#include <string>

#include "tests/support/temp_dir.hpp"

namespace parseflow::e2e {

/// How many accidents a test makes: `usual`, or so many times as many as PARSEFLOW_TEST_ROUNDS says.
int accidents(int usual);

using environment = std::map<std::string, std::string>;

/// A wall clock that the test moves, of every program that is started with `variables`.
class moved_clock {
public:
  moved_clock();

  environment variables() const;
  /// From now on the clock is ahead by so much.
  void set_ahead(std::chrono::seconds offset) const;

private:
  temp_dir folder_;
};

/// A folder for data on a disk whose syncs and reads fail, or which loses power.
class faulty_disk {
public:
  /// What is synced survives a power cut.
  environment losing_power() const;
  /// Every `every`th sync of a file fails while `set_failing` says so.
  environment failing_syncs(int every) const;
  /// Every `every`th read of a journal segment fails while `set_failing` says so.
  environment failing_reads(int every) const;
  void set_failing(bool fails) const;

  std::filesystem::path data() const { return folder_ / "data"; }

  faulty_disk();

  /// After the program was killed: of what was not synced, a random half of the pages is as it was at the
  /// last sync. Returns how many pages were not synced, and how many of them survived.
  struct cut {
    std::uint64_t unsynced_pages = 0, surviving_pages = 0;
  };
  cut cut_power(std::mt19937_64& dice) const;

private:
  environment common(const char* name, const std::string& value) const;
  std::filesystem::path shadow() const { return folder_ / "shadow"; }
  std::filesystem::path switch_file() const { return folder_ / "failing"; }

  temp_dir folder_;
};

} // namespace parseflow::e2e
