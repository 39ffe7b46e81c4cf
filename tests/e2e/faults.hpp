// Makes the clock of a program jump or its disk fail: the environment for the program, and power cuts.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <random>
#include <string>

#include "tests/support/temp_dir.hpp"

namespace parseflow::e2e {

/// How many accidents a test causes: `usual`, or PARSEFLOW_TEST_ROUNDS times as many.
int accidents(int usual);

using environment = std::map<std::string, std::string>;

/// A wall clock that the test moves, for every program started with `variables`.
class moved_clock {
public:
  moved_clock();

  environment variables() const;
  /// Sets the clock ahead of the real time by `offset`.
  void set_ahead(std::chrono::seconds offset) const;

private:
  temp_dir folder_;
};

/// A data folder on a disk whose syncs and reads fail, or which loses power.
class faulty_disk {
public:
  /// Only what is synced is sure to survive `cut_power`.
  environment losing_power() const;
  /// Every `every`th sync of a file fails while `set_failing` is on.
  environment failing_syncs(int every) const;
  /// Every `every`th read of a journal segment fails while `set_failing` is on.
  environment failing_reads(int every) const;
  void set_failing(bool fails) const;

  std::filesystem::path data() const { return folder_ / "data"; }

  faulty_disk();

  /// Cuts the power; call it after the program was killed. Of the pages that were not synced, a random
  /// half goes back to its state at the last sync. Returns how many pages were not synced, and how many of
  /// them survived.
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
