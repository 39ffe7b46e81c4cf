// What a reader of a live tail asks for, and how he gets it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/lines/line_id.hpp"
#include "messages/lines/line_view.hpp"
#include "messages/lines/query.hpp"
#include "messages/streams.hpp"

namespace parseflow {

/// Lines that a reader was too slow for.
struct skipped_lines {
  std::uint64_t count = 0;
  /// The times of the first and of the last one.
  timestamp from{}, to{};
};

/// The nodes of a cluster whose lines a reader gets, and those of which none come now.
struct tail_nodes {
  std::vector<std::string> live, missing;

  bool operator==(const tail_nodes&) const = default;
};

/// How lines are written for their readers. Each call appends to `into`. Shared, so it has no state.
class tail_form {
public:
  virtual ~tail_form() = default;

  /// What stands before everything else.
  virtual void begin(std::string& into) const = 0;
  virtual void line(const lines::line_view& line, const lines::line_id& id, std::string& into) const = 0;
  virtual void skipped(const skipped_lines& lines, std::string& into) const = 0;
  /// The line after which the reader wanted to go on is not in memory: nobody knows what is missing.
  virtual void gap(const lines::line_id& after, std::string& into) const = 0;
  /// The earlier lines are complete: what follows is shown as it comes.
  virtual void caught_up(std::string& into) const = 0;
  /// Said when that changes, in a cluster.
  virtual void nodes(const tail_nodes& now, std::string& into) const = 0;
  /// Nothing, for those on the way who cut a silent connection.
  virtual void heartbeat(std::string& into) const = 0;
};

/// Which lines, and in which form. The hub does the work once for all tails whose filters are equal.
struct tail_filter {
  /// Empty: of every app. Also what a reader may see at all is said here.
  std::vector<std::string> apps;
  /// As it was written, and as it was read.
  std::string text;
  std::shared_ptr<const lines::query_node> wanted = std::make_shared<const lines::query_node>();
  std::shared_ptr<const tail_form> form;

  bool operator==(const tail_filter& other) const {
    return apps == other.apps && text == other.text && form == other.form;
  }
};

/// HTTP → TAIL SOURCE: a reader who waits for lines.
struct tail_wish {
  stream_slot slot;
  tail_filter filter;
  /// The reader has seen everything up to this line.
  std::optional<lines::line_id> after;
  /// How many earlier lines he wants to see, if there is no `after`.
  std::uint32_t earlier_lines = 0;
  /// If `after` is not found, or there is none: the lines that were received since then come first.
  std::optional<timestamp> since = {};
  /// How many bytes may wait for the reader; at most `stream_window_bytes`.
  std::size_t window_bytes = stream_window_bytes;
};

} // namespace parseflow
