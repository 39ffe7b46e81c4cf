// What the tests of tails share: a form that people can read, an event loop that counts, and frames of lines.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "actors/box.hpp"
#include "messages/batch.hpp"
#include "messages/interfaces.hpp"
#include "messages/logplex/parse.hpp"

namespace parseflow::test {

// Each line on a line of its own, and in brackets what else is said.
class plain_form final : public tail_form {
public:
  void begin(std::string& into) const override { into += "[begin]\n"; }
  void line(const lines::line_view& line, const lines::line_id&, std::string& into) const override {
    ++rendered;
    into.append(line.text).append("\n");
  }
  void skipped(const skipped_lines& lines, std::string& into) const override {
    into += "[skipped " + std::to_string(lines.count) + "]\n";
  }
  void gap(const lines::line_id&, std::string& into) const override { into += "[gap]\n"; }
  void caught_up(std::string& into) const override {
    if (says_caught_up)
      into += "[live]\n";
  }
  void nodes(const tail_nodes& now, std::string& into) const override {
    into += "[nodes";
    for (const auto& one : now.live)
      into += " " + one;
    for (const auto& one : now.missing)
      into += " -" + one;
    into += "]\n";
  }
  void heartbeat(std::string& into) const override { into += "[alive]\n"; }

  bool says_caught_up = false;

  mutable std::size_t rendered = 0;
};

struct tail_reader {
  std::string text;
  std::size_t untaken = 0;
  bool has_ended = false;
};

struct stub_loop : actors::box_state<stream_sink_actor> {
  static constexpr const char* box_name = "stub_loop";
  stub_loop(self_pointer self, std::map<std::uint64_t, tail_reader>& all) : box_state(self), readers(all) {}
  behavior_type make_behavior() {
    return {[this](const stream_parts& parts) {
      for (const auto& part : parts.all) {
        auto& who = readers[part.stream];
        if (part.text) {
          who.text += *part.text;
          who.untaken += part.text->size();
        }
        CHECK(who.untaken <= stream_window_bytes);
        who.has_ended = part.is_last;
      }
    }};
  }
  std::map<std::uint64_t, tail_reader>& readers;
};

// A frame of these lines from an app.
inline batch_ptr batch_of(const std::vector<std::string>& texts, const std::string& app = "shop",
                          std::chrono::seconds at = std::chrono::seconds{1'772'460'451}) {
  static int frames = 0;
  auto origin = std::make_shared<frame>();
  origin->key = {"d." + app, std::to_string(++frames)};
  origin->app = app;
  origin->received_at = timestamp{at};
  for (const auto& text : texts) {
    const auto line =
        fmt::format("<190>1 {:%FT%T}+00:00 host app web.1 - {}\n", fmt::gmtime(at.count()), text);
    origin->body += std::to_string(line.size()) + " " + line;
  }
  auto result = std::make_shared<batch>();
  result->origin = origin;
  result->records = logplex::parse(origin->body, {origin->mode, frame::no_count, origin->received_at});
  return result;
}

// What was shown, and what was said to be skipped.
struct tally {
  std::uint64_t shown = 0, skipped = 0;
};
inline tally tally_of(const std::string& text) {
  tally sum;
  std::size_t begin = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    const auto line = text.substr(begin, end - begin);
    if (line.starts_with("[skipped "))
      sum.skipped += std::stoull(line.substr(9));
    else if (!line.starts_with("["))
      ++sum.shown;
    begin = end + 1;
  }
  return sum;
}

} // namespace parseflow::test
