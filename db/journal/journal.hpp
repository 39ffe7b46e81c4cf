// JOURNAL: durable frames on local disk until the database has them (promises P1 and P4). Segments of
// records, group-committed; docs/journal.md draws the format and the life of a segment.
#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "db/journal/id_files.hpp"
#include "db/journal/segment_file.hpp"
#include "db/store.hpp"
#include "messages/frame.hpp"
#include "messages/frame_digest.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::db {

/// Where a record lies; later records compare greater.
struct journal_position {
  std::uint64_t generation = 0;
  std::uint32_t offset = 0;

  auto operator<=>(const journal_position&) const = default;
};

/// A frame that the journal holds on disk.
struct recovered_frame {
  journal_position at;
  frame_digest digest;
  /// Without its body: `journal::read` gives it.
  frame head;
  std::uint32_t body_bytes = 0;
};

/// A file that cannot be read, or not all of it. It is kept under another name, at which no journal looks.
struct file_aside {
  std::filesystem::path path;
  std::uint64_t bytes = 0;
};

/// What opening found.
struct journal_recovery {
  std::vector<recovered_frame> frames; ///< In the order of their positions.
  std::vector<frame_digest> ids;       ///< Of frames that the database has, oldest first.
  std::uint64_t damaged_bytes = 0;     ///< Skipped between whole records, or unreadable.
  std::uint32_t damaged_places = 0;
  /// Records that begin behind the last whole one of their segment: see `segment_contents`.
  std::uint32_t torn_records = 0;
  std::vector<file_aside> files_aside;
};

/// What reading a frame came to.
struct journal_reading {
  enum class outcome : std::uint8_t {
    whole,      ///< `content` is the frame, body included.
    damaged,    ///< Its bytes are there and wrong: another try gives the same.
    unreadable, ///< The disk did not give them now; it may later.
  };
  outcome end = outcome::damaged;
  frame_ptr content;
};

/// One folder of segments, used by one thread and one process. No call throws.
class journal {
public:
  struct opened {
    std::unique_ptr<journal> value; ///< Null on failure.
    journal_recovery found;
    std::string problem; ///< One sentence on failure.
  };

  /// Opens the folder (made if missing), locks it, and reads what an earlier run left.
  /// @param remembered_ids How many ids of stored frames are wanted, and kept on disk.
  static opened open(const std::filesystem::path& directory, const journal_settings& settings,
                     std::size_t remembered_ids, timestamp now);

  ~journal();
  journal(const journal&) = delete;
  journal& operator=(const journal&) = delete;

  /// Adds a frame to the group that the next `commit` makes durable. Nothing if the quota or the disk has no
  /// room for it.
  std::optional<journal_position> append(frame_ptr content);

  /// After an `append` that found no room: tries again to begin a segment for it, without a frame. A sentence
  /// says why there is still none.
  result make_room(timestamp now);

  /// Makes the group durable. After a failure no frame of the group is, and the next group goes to another
  /// segment.
  result commit();

  /// Reads the frame at `at`.
  journal_reading read(journal_position at) const;

  /// The database has the frame: its bytes are not needed any more. A segment without needed bytes is kept
  /// for `journal.keep-stored` and then recycled; its ids go to the id files at once.
  /// @param body_bytes The plain size of its body.
  void release(journal_position at, const frame_digest& digest, std::uint64_t body_bytes, timestamp now);

  /// The frame will never be read: its bytes are not needed any more, but its id is not noted as stored, and
  /// the file that holds it is never written over. Returns the name under which that is kept aside.
  std::filesystem::path give_up(journal_position at, std::uint64_t body_bytes, timestamp now);

  /// Call it about every second. Ends segments by age, recycles what was kept long enough, and sees whether
  /// the folder is still there: if not, the sentence says so, and no `commit` succeeds.
  result tick(timestamp now);

  /// For a clean stop: what is stored by now is found by no later run. Call it when nothing will be appended
  /// any more; frames that were not released are found as ever.
  void settle_all(timestamp now);

  /// When the oldest frame arrived that this or a later run may ask the database for: its key must still be
  /// there. Nothing if there is none.
  std::optional<timestamp> oldest_record() const;

  /// Frames that were released within `journal.keep-stored`, and whose bytes are still there: those of the
  /// next segment behind `after` that has any, in their order; none behind the last. A frame that was written
  /// again after a failed commit may come twice.
  std::vector<recovered_frame> kept_frames(journal_position after, timestamp now) const;

  /// The database lacks a frame of `kept_frames` after all: its bytes are needed again, until it is released
  /// again. False if they are gone by now.
  bool need_again(const recovered_frame& kept);

  const std::filesystem::path& directory() const { return directory_; }
  /// Bytes of frames that were not released.
  std::uint64_t unreleased_bytes() const { return unreleased_bytes_; }
  /// Bytes that the segments take on disk.
  std::uint64_t disk_bytes() const;

private:
  struct segment {
    segment_file file;
    std::uint64_t life = 0;
    std::uint64_t used = 0;
    std::uint32_t unreleased = 0;
    timestamp oldest = timestamp::max(); // arrival of its oldest frame
    timestamp last_release{};
    std::optional<timestamp> first_tick;
    std::vector<frame_digest> released_ids; // not yet in the id files
    bool is_settled = false;                // all was stored, and all ids are in the id files
    bool is_aside = false;                  // its file must not be written over
    bool is_first_format = false;
  };
  using segments = std::map<std::uint64_t, segment>;

  struct grouped {
    std::uint64_t generation;
    std::uint64_t offset;
    std::string head;
    frame_ptr content;
    std::string compressed; // empty: the body goes as it is
  };

  journal(std::filesystem::path directory, const journal_settings& settings, std::size_t remembered_ids);

  // recovery.cpp
  std::optional<std::string> lock();
  std::optional<std::string> recover(journal_recovery& found, timestamp now);
  std::optional<std::string> recover_file(segment_file file, file_bytes& memory, journal_recovery& found,
                                          timestamp now);
  std::optional<std::string> recover_headless(segment_file file, file_bytes& memory, journal_recovery& found);
  void recover_kept(segment_file file, const segment_header& header, timestamp now);
  void recover_records(segment_file file, const segment_file::header_found& says, file_bytes& memory,
                       journal_recovery& found);
  std::uint64_t free_generation(std::uint64_t wanted);

  // journal.cpp
  bool has_room_for(std::uint64_t record_bytes) const;
  bool write_group(std::string& problem);
  std::optional<std::string> folder_problem() const;

  // segment_lives.cpp
  result start_segment(std::uint64_t record_bytes, timestamp now);
  result take_file(segment_file& fresh, std::uint64_t bytes);
  bool drop_least_needed();
  void recycle_unneeded(timestamp now);
  segments::iterator recycle_if_unneeded(segments::iterator candidate, timestamp now);
  void settle(std::uint64_t generation, segment& done, timestamp now);
  void retire(std::uint64_t generation, segment& old);
  void make_spare(segment_file file, std::uint64_t generation);

  std::filesystem::path directory_;
  journal_settings settings_;
  id_files ids_;
  int lock_file_ = -1;
  segments segments_;                   // by generation
  std::optional<std::uint64_t> active_; // the last segment, while it takes records
  std::vector<segment_file> spare_;     // recycled files, ready for another life
  std::vector<grouped> group_;
  std::uint64_t next_generation_ = 1;
  std::uint64_t next_file_ = 1;
  std::uint64_t unreleased_bytes_ = 0;
  std::uint64_t refused_bytes_ = 0; // that the last failed `append` needed in a segment
};

} // namespace parseflow::db
