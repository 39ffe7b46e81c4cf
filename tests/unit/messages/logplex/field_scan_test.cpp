// Compares all variants of the scan with a naive one.
#include "messages/logplex/field_scan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace parseflow::logplex {
namespace {

// The field ends of `text`, found one byte at a time; nothing for a text that scans refuse.
std::vector<std::size_t> naive_ends(std::string_view text) {
  std::vector<std::size_t> ends;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' || static_cast<unsigned char>(text[i]) < ' ')
      return {};
    if (text[i] == '"')
      quoted = !quoted;
    else if (text[i] == ' ' && !quoted)
      ends.push_back(i);
  }
  ends.push_back(text.size());
  if (quoted || text.size() > field_ends::max_text_bytes || ends.size() > field_ends::max_fields)
    return {};
  return ends;
}

void check(field_scan scan, std::string_view text) {
  // Bytes after the text must not matter, so all special ones are put there.
  std::string readable(text);
  while (readable.size() < text.size() + field_ends::slack_bytes)
    readable += "\" \\ ";
  field_ends found;
  const auto wanted = naive_ends(text);
  REQUIRE(scan(readable.data(), text.size(), found) == !wanted.empty());
  if (wanted.empty())
    return;
  REQUIRE(found.count == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i)
    REQUIRE(found.at[i] == wanted[i]);
  for (std::uint32_t i = 0; i < field_ends::padding; ++i)
    REQUIRE(found.at[found.count + i - 1] == text.size());
  REQUIRE(found.quotes == static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '"')));
}

std::vector<field_scan> scans() {
  std::vector<field_scan> all{scan_fields_base, best_field_scan()};
  if (has_avx2())
    all.push_back(scan_fields_avx2);
  if (has_avx512())
    all.push_back(scan_fields_avx512);
  return all;
}

TEST_CASE("field scan: every variant finds the same fields, for every length and density") {
  std::mt19937 random(1);
  for (const field_scan scan : scans())
    for (std::size_t bytes = 0; bytes < 1200; ++bytes) {
      const auto one_in = 2 + random() % 40;
      std::string text(bytes, 'x');
      for (char& c : text)
        if (random() % one_in == 0)
          c = random() % 4 == 0 ? '"' : ' ';
      if (random() % 8 == 0 && bytes != 0)
        text[random() % bytes] = "\\\t\r\x1f"[random() % 4];
      CAPTURE(text);
      check(scan, text);
    }
}

TEST_CASE("field scan: texts of spaces only, and texts without any") {
  for (const field_scan scan : scans())
    for (const std::size_t bytes :
         {0u, 1u, 63u, 64u, 65u, 110u, 111u, 112u, 113u, 255u, 256u, 257u, 1024u, 1025u}) {
      check(scan, std::string(bytes, ' '));
      check(scan, std::string(bytes, 'x'));
      check(scan, '"' + std::string(bytes, ' ') + '"');
    }
}

} // namespace
} // namespace parseflow::logplex
