// TAIL GATHERER: shows each reader of this node the lines of all nodes, and sends peers the lines of this one.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/box.hpp"
#include "actors/cluster/tail_records.hpp"
#include "messages/cluster/interfaces.hpp"
#include "messages/cluster/membership.hpp"

namespace parseflow::actors {

/// A reader has a source at each node: a tail of that node's hub, with a share of the reader's window. What
/// sources send fits into what the reader has room for, so nothing waits here, except at the beginning: earlier
/// lines of all nodes are put in order first. A source that ends is opened again behind its last line. Spawn
/// cooperatively: it never blocks. Who sends to it: hubs and peers, within the windows.
class tail_gatherer : public box_state<tail_gatherer_actor> {
public:
  static constexpr const char* box_name = "tail_gatherer";

  static constexpr std::chrono::milliseconds tick_interval{500};
  /// How long the earlier lines of slow nodes are waited for.
  static constexpr std::chrono::seconds history_patience{1};
  /// The most bytes of earlier lines.
  static constexpr std::size_t max_history_bytes = stream_window_bytes / 2;
  /// What is said besides lines fits into this.
  static constexpr std::size_t notices_bytes = 64 * 1024;
  /// How far clocks of nodes may differ: a node that does not know the last line begins so long before it.
  static constexpr std::chrono::seconds clock_grace{10};

  /// @param own This node.
  /// @param hub Has the lines of this node.
  /// @param nodes How many there are.
  /// @param form The form of all readers' tails.
  tail_gatherer(self_pointer self, node_identity own, tail_source_actor hub, std::size_t nodes,
                std::shared_ptr<const tail_form> form);

  void on_exit();

  behavior_type make_behavior();

private:
  using time = std::chrono::steady_clock::time_point;

  // The part of one node in one reader's tail.
  struct source {
    std::uint64_t reader = 0;
    std::string node;
    peer_gateway_actor gateway;     // null: this node
    stream_producer_actor producer; // of this node's part; null until it has sent something
    std::optional<lines::line_id> last;
  };

  struct follower {
    tail_wish wish;
    std::map<std::string, std::uint64_t> sources; // streams by node
    std::map<std::string, lines::line_id> last;   // of nodes whose source has ended
    std::map<std::string, timestamp> lost;        // when that was
    // What the loop has not reported yet: the stream of the source, 0 if it is ours; its bytes, and those of
    // its records.
    struct sent_text {
      std::uint64_t source = 0;
      std::size_t bytes = 0, record_bytes = 0;
    };
    std::deque<sent_text> sent;
    std::optional<tail_nodes> told; // the last that was said
    time heard;
    // While earlier lines are put in order:
    std::optional<time> history_ends;
    std::vector<std::uint64_t> behind; // sources whose earlier lines are still to come
    std::multimap<timestamp, std::string> history;
    std::size_t history_bytes = 0;
    std::vector<std::pair<std::uint64_t, std::string>> later; // records by source
  };

  // A peer's reader of this node's lines.
  struct reader_elsewhere {
    node_identity asker;
    std::uint64_t stream = 0; // the asker's
    peer_gateway_actor gateway;
    stream_producer_actor producer;
  };

  void let_in(const tail_wish& wish);
  void open_sources(follower& who);
  void open_source(follower& who, const std::string& node, const peer_gateway_actor& gateway);
  void close_source(std::uint64_t stream, bool has_ended);
  void take(std::uint64_t stream, std::string_view records);
  void show(std::uint64_t stream, follower& who, std::string_view records);
  void keep(std::uint64_t stream, follower& who, std::string_view records);
  void end_history(follower& who);
  void say_nodes(follower& who);
  void send(follower& who, std::string&& text, std::uint64_t source = 0, std::size_t record_bytes = 0,
            bool is_last = false);
  void report_taken(std::uint64_t stream, std::size_t record_bytes);
  void hear(const stream_reports::report& news);
  void let_go(std::uint64_t reader);
  void tick();

  void take_parts(const stream_parts& parts);
  bool serve(const peer_tail& wish);
  void hear_from(const peer_lines_taken& news);
  void forget_export(std::uint64_t stream);
  void take(const membership& now);
  const peer* live_peer(const node_identity& who) const;

  time now() { return self_->clock().now(); }

  node_identity own_;
  tail_source_actor hub_;
  std::size_t window_bytes_; // of a source
  std::shared_ptr<const tail_form> form_, record_form_;
  membership members_;
  std::map<std::uint64_t, follower> followers_;       // by the stream of the reader
  std::map<std::uint64_t, source> sources_;           // by stream, of ours
  std::map<std::uint64_t, reader_elsewhere> exports_; // by stream, of ours
  std::uint64_t last_stream_ = 0;
  std::uint64_t lines_shown_ = 0, lines_skipped_ = 0;
};

} // namespace parseflow::actors
