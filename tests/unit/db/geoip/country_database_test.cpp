// Maps addresses to countries, with MaxMind's own test file.
#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "db/geoip/country_database.hpp"
#include "messages/rollup/builder.hpp"
#include "tests/support/problem_in.hpp"
#include "tests/support/temp_dir.hpp"

namespace country_database_test {

using namespace parseflow;
using db::country_database;

namespace {

const std::string file = TEST_DATA "/GeoLite2-Country-Test.mmdb";

std::string problem_with(const std::string& path) {
  return problem_in(country_database::open(path));
}

} // namespace

TEST_CASE("country_database: addresses of both families have their country") {
  const auto countries = country_database::open(file).value();
  CHECK(countries.lookup("2.125.160.216") == "GB");
  CHECK(countries.lookup("81.2.69.160") == "GB");
  CHECK(countries.lookup("89.160.20.112") == "SE");
  CHECK(countries.lookup("2001:218::1") == "JP");
  CHECK(countries.lookup("::ffff:89.160.20.112") == "SE");
}

TEST_CASE("country_database: what is no address or not in it has none") {
  const auto countries = country_database::open(file).value();
  for (const char* text :
       {"", "127.0.0.1", "10.0.0.1", "unknown", "2.125.160.216 ", "2.125.160", "2001:218::1%eth0", "::1"}) {
    CAPTURE(text);
    CHECK(countries.lookup(text).empty());
  }
  CHECK(countries.lookup(std::string(100'000, '1')).empty());
  CHECK(countries.lookup(std::string("2.125.160.216\0x", 15)).empty());
}

TEST_CASE("country_database: moves, and serves as the parser's lookup") {
  auto first = country_database::open(file).value();
  const country_database countries = std::move(first);
  const rollup::country_lookup lookup = [&](std::string_view address) { return countries.lookup(address); };
  CHECK(lookup("89.160.20.112") == "SE");
}

TEST_CASE("country_database: a file that cannot serve is refused with its name") {
  const temp_dir folder;
  CHECK(problem_with(file).empty());
  CHECK(problem_with(folder / "none.mmdb").find("none.mmdb cannot be opened") != std::string::npos);
  std::ofstream(folder / "text.mmdb") << "no database";
  CHECK(problem_with(folder / "text.mmdb").find("text.mmdb cannot be opened") != std::string::npos);
  std::ifstream in(file, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), {});
  const std::string type = "GeoLite2-Country";
  bytes.replace(bytes.rfind(type), type.size(), "GeoLite2-Nothing");
  std::ofstream(folder / "other.mmdb", std::ios::binary) << bytes;
  CHECK(problem_with(folder / "other.mmdb").find("holds no countries") != std::string::npos);
}

} // namespace country_database_test
