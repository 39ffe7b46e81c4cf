// Ids of stored frames on disk: the next start knows the newest, whatever other files are in the folder.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <xxhash.h>

#include "db/journal/id_files.hpp"
#include "tests/support/problem_in.hpp"
#include "tests/support/temp_dir.hpp"

namespace id_files_test {

using namespace parseflow;
using namespace parseflow::db;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

const timestamp noon{std::chrono::hours{490'000}};
constexpr std::uint64_t million = 1'000'000;

std::vector<frame_digest> ids(std::uint64_t first, std::uint64_t end) {
  std::vector<frame_digest> result;
  for (auto i = first; i < end; ++i)
    result.push_back({i, ~i});
  return result;
}

std::uint64_t bytes_in(const fs::path& folder) {
  std::uint64_t sum = 0;
  for (const auto& entry : fs::directory_iterator{folder})
    sum += entry.file_size();
  return sum;
}

// Checks that the newest ids are there, without a gap, and come last.
void check_newest(const remembered_ids& found, std::uint64_t end, std::uint64_t at_least) {
  REQUIRE(found.ids.size() >= at_least);
  for (std::size_t i = 0; i < found.ids.size(); ++i)
    REQUIRE(found.ids[i].low == end - found.ids.size() + i);
}

} // namespace

TEST_CASE("id files: five million ids take no more at a start, and no more on disk, than are remembered") {
  const temp_dir folder;
  id_files files{folder.path(), 24h, 100'000};
  for (std::uint64_t i = 0; i < 5; ++i)
    REQUIRE(problem_in(files.append(ids(i * million, (i + 1) * million), noon + i * 1h)) == "");
  CHECK(bytes_in(folder.path()) < 2 * 16 * 100'000 + 2 * id_files::max_file_bytes);
  const auto found = files.load(noon + 5h);
  check_newest(found, 5 * million, 100'000);
  CHECK(found.ids.size() < 100'000 + id_files::max_file_bytes / 16);
  CHECK(found.read_bytes < 16 * 100'000 + 2 * id_files::max_file_bytes);
  CHECK(found.damaged_bytes == 0);
}

TEST_CASE("id files: of a large file of version 0.1.0 only the end is read") {
  const temp_dir folder;
  {
    std::ofstream file{folder.path() / "ids-490000", std::ios::binary};
    for (std::uint64_t i = 0; i < 5 * million; i += 10'000) {
      const auto block = ids(i, i + 10'000);
      const auto count = static_cast<std::uint32_t>(block.size());
      const auto sum = XXH3_64bits(block.data(), block.size() * sizeof(frame_digest));
      file << "PFID";
      file.write(reinterpret_cast<const char*>(&count), sizeof count);
      file.write(reinterpret_cast<const char*>(&sum), sizeof sum);
      file.write(reinterpret_cast<const char*>(block.data()),
                 static_cast<std::streamsize>(block.size() * sizeof(frame_digest)));
    }
  }
  id_files files{folder.path(), 24h, 50'000};
  auto found = files.load(noon);
  check_newest(found, 5 * million, 50'000);
  CHECK(found.read_bytes == id_files::max_file_bytes);
  CHECK(found.damaged_bytes == 0);
  REQUIRE(problem_in(files.append(ids(5 * million, 5 * million + 10), noon)) ==
          ""); // into a new file next to it
  check_newest(files.load(noon), 5 * million + 10, 50'000);
}

TEST_CASE("id files: ids of single frames are remembered as many as are wanted") {
  const temp_dir folder;
  id_files files{folder.path(), 24h, 20};
  for (std::uint64_t i = 0; i < 48; ++i)
    REQUIRE(problem_in(files.append(ids(i, i + 1), noon + i * 30min)) == "");
  check_newest(files.load(noon + 24h), 48, 20);
  CHECK(files.load(noon + 72h).ids.empty());
}

TEST_CASE("id files: a damaged block is skipped and counted, the others are found") {
  const temp_dir folder;
  id_files files{folder.path(), 24h, 1000};
  for (std::uint64_t i = 0; i < 3; ++i)
    REQUIRE(problem_in(files.append(ids(i * 10, i * 10 + 10), noon)) == "");
  {
    std::fstream file{folder.path() / "ids-490000", std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(200);
    file << "damage";
  }
  const auto found = files.load(noon);
  CHECK(found.ids.size() == 20);
  CHECK(found.ids[10] == frame_digest{20, ~std::uint64_t{20}});
  CHECK(found.damaged_bytes == 176);
}

} // namespace id_files_test
