// gzip: round trips, limits, and data that are not gzip.
#include "http/body/gzip.hpp"

#include <chrono>

#include <doctest/doctest.h>

using namespace parseflow::http;

namespace {

std::string text_of(std::size_t bytes) {
  std::string text;
  while (text.size() < bytes)
    text += "83 <40>1 line " + std::to_string(text.size() * 7919) + "\n";
  text.resize(bytes);
  return text;
}

inflate_end inflate(std::string_view packed, std::uint64_t max_bytes = 1u << 30) {
  std::string into;
  return inflate_gzip(packed, max_bytes, into);
}

} // namespace

TEST_CASE("gzip: what was compressed is inflated again, at any size and level") {
  for (const std::size_t bytes : {0u, 1u, 100u, 4095u, 4096u, 100'000u, 3'000'000u})
    for (const int level : {1, 6, 9}) {
      const auto text = text_of(bytes);
      std::string into = "old";
      CHECK(inflate_gzip(deflate_gzip(text, level), bytes, into) == inflate_end::complete);
      CHECK((into == text));
    }
}

TEST_CASE("gzip: the limit is taken, and a byte more is too much") {
  for (const std::size_t bytes : {1u, 4096u, 100'000u}) {
    const auto packed = deflate_gzip(text_of(bytes), 6);
    CHECK(inflate(packed, bytes) == inflate_end::complete);
    CHECK(inflate(packed, bytes - 1) == inflate_end::too_large);
    CHECK(inflate(packed, 0) == inflate_end::too_large);
  }
}

TEST_CASE("gzip: a bomb takes no more than the limit") {
  const auto packed = deflate_gzip(std::string(50'000'000, '\0'), 9);
  std::string into;
  CHECK(inflate_gzip(packed, 1'000'000, into) == inflate_end::too_large);
  CHECK(into.capacity() <= 2'000'000);
}

TEST_CASE("gzip: members one after the other are one body, and share its limit") {
  const auto packed = deflate_gzip("first, ", 6) + deflate_gzip("", 6) + deflate_gzip("second", 1);
  std::string into;
  CHECK(inflate_gzip(packed, 13, into) == inflate_end::complete);
  CHECK(into == "first, second");
  CHECK(inflate(packed, 12) == inflate_end::too_large);
}

TEST_CASE("gzip: a hundred thousand members cost a moment") {
  const auto member = deflate_gzip("x", 1);
  std::string packed, into;
  for (int i = 0; i < 100'000; ++i)
    packed += member;
  const auto start = std::chrono::steady_clock::now();
  CHECK(inflate_gzip(packed, 10'000'000, into) == inflate_end::complete);
  CHECK(into.size() == 100'000);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{5});
}

TEST_CASE("gzip: cut at any byte it is damaged") {
  const auto packed = deflate_gzip(text_of(300), 6);
  for (std::size_t size = 0; size < packed.size(); ++size)
    CHECK(inflate(packed.substr(0, size)) == inflate_end::damaged);
}

TEST_CASE("gzip: wrong sums, other formats and bytes behind the end are damage") {
  auto packed = deflate_gzip(text_of(300), 6);
  CHECK(inflate("plain text, twice as long as any header") == inflate_end::damaged);
  CHECK(inflate("\x78\x9c zlib has another header than gzip") == inflate_end::damaged);
  CHECK(inflate(packed + "x") == inflate_end::damaged);
  CHECK(inflate(packed + std::string(50, '\0')) == inflate_end::damaged);
  packed[packed.size() - 6] ^= 1; // part of the checksum
  CHECK(inflate(packed) == inflate_end::damaged);
}
