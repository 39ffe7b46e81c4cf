// Bodies as they arrive: however chunks are cut into pieces they hold the same, and nothing grows beyond its
// limit. Input: a byte of limits, a byte that says how it is cut, then what arrives.
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "http/body/chunk_decoder.hpp"
#include "http/body/gzip.hpp"
#include "tests/fuzz/check.hpp"

namespace {

using namespace parseflow::http;
using parseflow::fuzz::require;

struct decoded {
  std::string body;
  std::size_t used = 0;
  chunk_decoder::state end{};
};

decoded decode(std::string_view arrived, std::uint64_t max_bytes, std::size_t piece) {
  chunk_decoder chunks{max_bytes};
  decoded result;
  while (result.used < arrived.size() && chunks.now() == chunk_decoder::state::reading) {
    const parseflow::fuzz::tight_copy part(arrived.substr(result.used, piece));
    const auto used = chunks.feed(part.text(), result.body);
    require(used <= part.text().size(), "no more is used than there is");
    require(used == part.text().size() || chunks.now() != chunk_decoder::state::reading,
            "bytes are left only behind the body");
    result.used += used;
  }
  result.end = chunks.now();
  require(result.body.size() <= max_bytes, "a body keeps its limit");
  require(chunks.now() == chunk_decoder::state::reading || chunks.feed("0\r\n\r\n", result.body) == 0,
          "nothing is taken behind the end");
  return result;
}

void check_chunks(std::string_view arrived, std::uint64_t max_bytes, std::size_t piece) {
  const auto whole = decode(arrived, max_bytes, arrived.size());
  const auto cut = decode(arrived, max_bytes, piece);
  require(whole.body == cut.body && whole.used == cut.used && whole.end == cut.end,
          "pieces make no difference");
}

// What any sender makes of a body is read back, and what comes behind it is left.
void check_round_trip(std::string_view body, std::size_t piece) {
  std::string sent;
  for (std::size_t at = 0; at < body.size(); at += piece) {
    const auto part = body.substr(at, piece);
    sent += fmt::format("{:x}\r\n{}\r\n", part.size(), part);
  }
  sent += "0\r\n\r\nGET / HTTP/1.1\r\n";
  const auto read = decode(sent, body.size(), 7);
  require(read.end == chunk_decoder::state::complete && read.body == body, "chunks hold what was sent");
  require(sent.substr(read.used) == "GET / HTTP/1.1\r\n", "the next request is left");
}

void check_gzip(std::string_view arrived, std::uint64_t max_bytes) {
  std::string plain;
  const auto end = inflate_gzip(arrived, max_bytes, plain);
  require(plain.size() <= max_bytes, "inflating keeps its limit");
  require(end != inflate_end::complete || !arrived.empty(), "nothing is no gzip");
  const auto packed = deflate_gzip(arrived, 1);
  require(inflate_gzip(packed, arrived.size(), plain) == inflate_end::complete && plain == arrived,
          "what is compressed is inflated again");
  require(arrived.empty() || inflate_gzip(packed, arrived.size() - 1, plain) == inflate_end::too_large,
          "a byte above the limit is too much");
  const auto cut = std::string_view{packed}.substr(0, packed.size() - 1 - arrived.size() % packed.size());
  require(inflate_gzip(cut, arrived.size(), plain) != inflate_end::complete, "a cut is no whole");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2)
    return 0;
  const parseflow::fuzz::tight_copy copy({reinterpret_cast<const char*>(data) + 2, size - 2});
  const std::uint64_t max_bytes = std::uint64_t{data[0]} * data[0];
  const std::size_t piece = std::size_t{data[1]} + 1;
  check_chunks(copy.text(), max_bytes, piece);
  check_round_trip(copy.text(), piece);
  check_gzip(copy.text(), max_bytes);
  return 0;
}
