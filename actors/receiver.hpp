// RECEIVER: takes frames in once, makes them durable in the journal, answers the waiting requests, gives the
// frames to parsers, and keeps them until the database has them.
#pragma once

#include <deque>
#include <memory>
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

namespace parseflow {

/// Spawn detached: it blocks on the journal's disk. What it decides is decided by `intake`.
class receiver : public box_state<receiver_actor> {
public:
  static constexpr const char* box_name = "receiver";

  /// A parser that finishes nothing for so long hangs, and the receiver fails.
  static constexpr std::chrono::seconds parser_timeout{60};

  /// @param opened An open journal, and what it held already.
  receiver(self_pointer self, receiver_settings settings, db::journal::opened opened);

  void on_exit();

  behavior_type make_behavior();

private:
  // One place of the pool, and what its parser has in hand.
  struct place {
    parser_actor parser;
    bool alive = false;
    std::uint64_t load = 0;         // what it has in hand: see `load_of`
    std::size_t groups = 0;         // likewise
    intake::time at_work_since;     // on the first of them
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
  void attach(std::uint32_t place_index, parser_actor parser);
  void store_again(const missing_frames& missing);
  void release(const intake::releasable& bytes);
  void reset();
  bool has_room() const;
  void journal_failed(const std::string& problem);
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
  // Answers of parsers of an earlier epoch are about frames that were given to others since.
  std::uint64_t epoch_ = 0;
  // How often the frame was in the hands of a parser that crashed over it. Empty in a healthy run.
  std::unordered_map<std::uint64_t, int> crashes_;
  bool commit_is_due_ = false;     // a flush message is under way
  bool dispatch_is_due_ = false;   // a dispatch message is
  std::string journal_problem_;    // empty: the journal takes frames
  intake::time journal_failed_at_; // the last time
  intake::time journal_ticked_at_;
  std::uint64_t lines_ = 0;
  std::uint64_t salvaged_ = 0;
  // When it was, and how many lines there had been by then; one per tick.
  std::deque<std::pair<intake::time, std::uint64_t>> progress_;
  caf::typed_response_promise<bool> drained_;
};

} // namespace parseflow
