// Stitching: every line comes out once, and what waits stays within its bound.
// Input: four bytes per line: writer, kind, time since the last line, length.
#include <string>

#include "messages/logplex/stitch.hpp"
#include "tests/fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parseflow;
  using namespace parseflow::logplex;
  using fuzz::require;
  const stitch_limits limits{
      .max_gap = std::chrono::seconds{1}, .max_line_bytes = 35'000, .max_held_bytes = 60'000};
  stitcher stitch(limits);
  std::vector<stitched_line> done;
  timestamp at{};
  std::size_t lines = 0, bytes = 0;
  for (std::size_t i = 0; i + 4 <= size && lines < 500; i += 4, ++lines) {
    at += std::chrono::milliseconds{(data[i + 2] - 20) * 10};
    const bool is_part = (data[i + 1] & 1) != 0;
    const std::string proc = (is_part ? "postgres." : "web.") + std::to_string(data[i] % 4);
    std::string text;
    if (is_part)
      text = "[D] [" + std::to_string(data[i + 1] >> 5) + "-" + std::to_string(data[i + 3] % 8) + "] x";
    else
      text.assign((data[i + 1] & 2) != 0 ? cut_bytes : data[i + 3], 'y');
    bytes += is_part ? 0 : text.size();
    stitch.add({at, "drain", "app", proc, text}, done);
    require(stitch.held_bytes() <= limits.max_held_bytes, "what waits is bounded");
  }
  stitch.flush(done);
  std::size_t lines_out = 0, bytes_out = 0;
  for (const stitched_line& line : done) {
    lines_out += line.pieces;
    bytes_out += line.proc.starts_with("web") ? line.text.size() : 0;
    require(line.text.size() <= limits.max_line_bytes + 1000, "a line is bounded");
  }
  require(lines_out == lines, "every line comes out once");
  require(bytes_out == bytes, "no byte is lost");
  require(stitch.held_bytes() == 0, "nothing is left");
  return 0;
}
