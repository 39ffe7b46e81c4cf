// Uses libraries that are preloaded into the program.
#include "tests/e2e/faults.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <vector>

namespace parseflow::e2e {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t page = 4096;

environment preloading(const char* library) {
  // The sanitizer's library insists on being loaded first.
  return {{"LD_PRELOAD", library}, {"ASAN_OPTIONS", "verify_asan_link_order=0"}};
}

std::string content_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> result;
  for (const auto& entry : fs::recursive_directory_iterator{folder})
    if (entry.is_regular_file())
      result.push_back(entry.path());
  std::sort(result.begin(), result.end()); // a fixed order, so that only the dice decide
  return result;
}

} // namespace

int accidents(int usual) {
  const char* times = std::getenv("PARSEFLOW_TEST_ROUNDS");
  return usual * std::max(1, times == nullptr ? 1 : std::atoi(times));
}

moved_clock::moved_clock() {
  set_ahead({});
}

environment moved_clock::variables() const {
  auto result = preloading(CLOCK_LIBRARY);
  result.emplace("CLOCK_FILE", (folder_ / "clock").string());
  return result;
}

void moved_clock::set_ahead(std::chrono::seconds offset) const {
  const std::int64_t seconds = offset.count();
  // Written in place, since running programs have mapped the file.
  std::fstream file{folder_ / "clock", std::ios::binary | std::ios::in | std::ios::out};
  if (!file)
    file.open(folder_ / "clock", std::ios::binary | std::ios::out);
  file.write(reinterpret_cast<const char*>(&seconds), sizeof seconds);
}

faulty_disk::faulty_disk() {
  for (const auto& folder : {data(), shadow()}) {
    fs::create_directories(folder / "journal");
    for (const auto& made : {folder, folder / "journal"})
      fs::permissions(made, fs::perms::owner_all);
  }
  set_failing(true);
}

environment faulty_disk::common(const char* name, const std::string& value) const {
  auto result = preloading(DISK_LIBRARY);
  result.emplace("DISK_DATA", data().string());
  result.emplace(name, value);
  return result;
}

environment faulty_disk::losing_power() const {
  return common("DISK_SHADOW", shadow().string());
}

environment faulty_disk::failing_syncs(int every) const {
  auto result = common("DISK_FAIL_SYNC", std::to_string(every));
  result.emplace("DISK_FAIL_WHILE", switch_file().string());
  return result;
}

environment faulty_disk::failing_reads(int every) const {
  auto result = common("DISK_FAIL_READ", std::to_string(every));
  result.emplace("DISK_FAIL_WHILE", switch_file().string());
  return result;
}

void faulty_disk::set_failing(bool fails) const {
  if (fails)
    std::ofstream{switch_file()};
  else
    fs::remove(switch_file());
}

// Files that were removed stay removed: ext4 keeps the order of such changes.
faulty_disk::cut faulty_disk::cut_power(std::mt19937_64& dice) const {
  cut result;
  for (const auto& path : files_below(data())) {
    const auto relative = path.lexically_relative(data());
    const auto before = content_of(shadow() / relative);
    auto after = content_of(path);
    bool is_changed = false;
    for (std::size_t at = 0; at < after.size(); at += page) {
      const auto size = std::min(page, after.size() - at);
      std::string synced(size, '\0'); // a page that was never synced reads as zeros
      if (at < before.size())
        before.copy(synced.data(), std::min(size, before.size() - at), at);
      if (std::string_view{after}.substr(at, size) == synced)
        continue;
      ++result.unsynced_pages;
      if (dice() % 2 == 0) {
        ++result.surviving_pages;
        continue;
      }
      after.replace(at, size, synced);
      is_changed = true;
    }
    if (is_changed)
      std::ofstream{path, std::ios::binary | std::ios::trunc} << after;
    fs::copy_file(path, shadow() / relative, fs::copy_options::overwrite_existing);
  }
  for (const auto& path : files_below(shadow()))
    if (!fs::exists(data() / path.lexically_relative(shadow())))
      fs::remove(path);
  return result;
}

} // namespace parseflow::e2e
