// RECEIVER: takes each frame once, makes it durable in the journal, answers the waiting requests, gives the
// frames to parsers, and keeps them until the database has them.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/box.hpp"
#include "actors/intake.hpp"
#include "actors/kept_walk.hpp"
#include "db/journal/in_hand_file.hpp"
#include "db/journal/journal.hpp"
#include "messages/interfaces.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::actors {

/// Spawn detached: it blocks on the journal's disk. `intake` makes its decisions.
class receiver : public box_state<receiver_actor> {
public:
  static constexpr const char* box_name = "receiver";

  /// A parser that finishes nothing for this long hangs, and the receiver fails.
  static constexpr std::chrono::seconds parser_timeout{60};

  /// @param opened An open journal, and what it held already.
  receiver(self_pointer self, receiver_settings settings, db::journal::opened opened);

  void on_exit();

  behavior_type make_behavior();

private:
  // One place in the pool of parsers, and the frames that its parser has in hand.
  struct place {
    parser_actor parser;
    bool is_alive = false;
    std::uint64_t load = 0;         // of the frames in hand: see `load_of`
    std::size_t groups = 0;         // in hand
    intake::time at_work_since;     // when the first of them began
    std::vector<parse_job> orphans; // of a parser that died; its successor gets them
  };

  void commit_soon();
  void commit();
  void pump();
  void dispatch();
  void dispatch_soon();
  frame_ptr content_of(const intake::for_parser& next);
  std::size_t least_loaded_place() const;
  void hand_out(std::vector<parse_job> jobs, std::size_t place_index);
  void on_receipt(const std::vector<parse_job>& jobs, std::size_t place_index, const parse_receipt& receipt);
  void on_crash(std::vector<parse_job> jobs, std::size_t place_index, bool was_the_one);
  void join_pool(std::uint32_t place_index, parser_actor parser);
  void store_again(const missing_frames& missing);
  void release(const intake::releasable& bytes);
  void reset();
  bool has_room() const;
  void journal_failed(const std::string& why);
  void tick_journal(intake::time now);
  void watch_journal(intake::time now);
  void watch_parsers(intake::time now);
  void tick();
  receiver_status status() const;

  std::unique_ptr<db::journal> journal_;
  intake frames_;
  kept_walk kept_;
  std::unique_ptr<db::in_hand_file> in_hand_;
  std::vector<place> pool_;
  // Increased by `reset`. Answers from an earlier epoch are ignored: their frames were given to
  // other parsers.
  std::uint64_t epoch_ = 0;
  // How often each frame was in the hands of a parser that crashed. Empty in a healthy run.
  std::unordered_map<std::uint64_t, int> crashes_;
  bool commit_is_due_ = false;             // a flush message is on its way
  bool dispatch_is_due_ = false;           // a dispatch message is on its way
  std::optional<problem> journal_failure_; // the last one, until the journal takes frames again
  intake::time journal_failed_at_;
  intake::time journal_ticked_at_;
  std::uint64_t lines_ = 0;
  std::uint64_t salvaged_ = 0;
  // The time of each tick, and the number of lines parsed by then.
  std::deque<std::pair<intake::time, std::uint64_t>> progress_;
  caf::typed_response_promise<bool> settled_;
};

} // namespace parseflow::actors
