// JOURNAL: keeps frames durable on local disk until the database has them (promises P1 and P4). It consists
// of segments with records, which are committed in groups; docs/journal.md draws the format and the life of
// a segment.
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
#include "messages/expected.hpp"
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
  /// The body is empty: `journal::read` returns it.
  frame head;
  std::uint32_t body_bytes = 0;
};

/// A file that cannot be read completely. It is kept under another name, which the journal ignores.
struct file_aside {
  std::filesystem::path path;
  std::uint64_t bytes = 0;
};

/// What opening the journal found.
struct journal_recovery {
  std::vector<recovered_frame> frames; ///< In the order of their positions.
  std::vector<frame_digest> ids;       ///< Of frames that the database has, oldest first.
  std::uint64_t damaged_bytes = 0;     ///< Skipped between whole records, or unreadable.
  std::uint32_t damaged_places = 0;
  /// Records that begin after the last whole record of their segment: see `segment_contents`.
  std::uint32_t torn_records = 0;
  std::vector<file_aside> files_aside;
};

/// The result of reading a frame.
struct journal_reading {
  enum class outcome : std::uint8_t {
    whole,      ///< `content` is the frame with its body.
    damaged,    ///< The bytes were read but are wrong: another try would give the same.
    unreadable, ///< The disk did not return them now; it may later.
  };
  outcome end = outcome::damaged;
  frame_ptr content;
};

/// One folder of segments, used by one thread and one process. No call throws.
class journal {
public:
  struct opened {
    std::unique_ptr<journal> value;
    journal_recovery found;
  };

  /// Opens the folder (created if missing), locks it, and reads what an earlier run left.
  /// @param remembered_ids How many ids of stored frames are to be returned and kept on disk.
  static expected<opened> open(const std::filesystem::path& directory, const journal_settings& settings,
                               std::size_t remembered_ids, timestamp now);

  ~journal();
  journal(const journal&) = delete;
  journal& operator=(const journal&) = delete;

  /// Adds a frame to the group that the next `commit` makes durable. Nothing if the quota or the disk has no
  /// room for it.
  std::optional<journal_position> append(frame_ptr content);

  /// Call it after an `append` that found no room: tries again to start a segment for that frame, without the
  /// frame. A sentence says why that still fails.
  result make_room(timestamp now);

  /// Makes the group durable. On failure no frame of the group is durable, and the next group goes to
  /// another segment.
  result commit();

  /// Reads the frame at `at`.
  journal_reading read(journal_position at) const;

  /// Notes that the database has the frame, so that its bytes are not needed any more. A segment without
  /// needed bytes is kept for `journal.keep-stored` and then recycled; its ids go to the id files at once.
  /// @param body_bytes The uncompressed size of its body.
  void release(journal_position at, const frame_digest& digest, std::uint64_t body_bytes, timestamp now);

  /// Notes that the frame will never be read, so that its bytes are not needed any more. Its id is not noted
  /// as stored, and the file that holds it is never overwritten. Returns the name under which the file is
  /// kept aside.
  std::filesystem::path give_up(journal_position at, std::uint64_t body_bytes, timestamp now);

  /// Call it about once a second. Ends segments by age, recycles those kept long enough, and checks that the
  /// folder still exists: if not, it returns a sentence, and no `commit` succeeds.
  result tick(timestamp now);

  /// Call it on a clean stop, after the last `append`. No later run finds the frames stored by now; it finds
  /// those that were not released, as always.
  void settle_all(timestamp now);

  /// The arrival time of the oldest frame that this or a later run may look up in the database, which must
  /// keep its key until then. Nothing if there is no such frame.
  std::optional<timestamp> oldest_record() const;

  /// Frames that were released within `journal.keep-stored` and whose bytes are still there: those of the
  /// first segment after `after` that has any, in order; empty if no further segment has any. A frame that
  /// was written again after a failed commit may come twice.
  std::vector<recovered_frame> kept_frames(journal_position after, timestamp now) const;

  /// Call it if the database lacks a frame of `kept_frames` after all: keeps its bytes until it is released
  /// again. False if they are gone by now.
  bool need_again(const recovered_frame& kept);

  const std::filesystem::path& directory() const { return directory_; }
  /// Bytes of the frames that were not released.
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
    bool is_settled = false;                // all frames are stored, and all ids are in the id files
    bool is_aside = false;                  // its file must not be overwritten
    bool is_first_format = false;
  };
  using segments = std::map<std::uint64_t, segment>;

  struct grouped {
    std::uint64_t generation;
    std::uint64_t offset;
    std::string head;
    frame_ptr content;
    std::string compressed; // empty: the body is stored as it is
  };

  journal(std::filesystem::path directory, const journal_settings& settings, std::size_t remembered_ids);

  // recovery.cpp
  expected<> lock();
  expected<> recover(journal_recovery& found, timestamp now);
  expected<> recover_file(segment_file file, file_bytes& memory, journal_recovery& found, timestamp now);
  expected<> recover_headless(segment_file file, file_bytes& memory, journal_recovery& found);
  void recover_kept(segment_file file, const segment_header& header, timestamp now);
  void recover_records(segment_file file, const segment_file::header_found& says, file_bytes& memory,
                       journal_recovery& found);
  std::uint64_t free_generation(std::uint64_t wanted);

  // journal.cpp
  bool has_room_for(std::uint64_t record_bytes) const;
  expected<> write_group();
  expected<> check_folder() const;

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
  std::optional<std::uint64_t> active_; // the last segment, while it accepts records
  std::vector<segment_file> spare_;     // recycled files, ready to be used again
  std::vector<grouped> group_;
  std::uint64_t next_generation_ = 1;
  std::uint64_t next_file_ = 1;
  std::uint64_t unreleased_bytes_ = 0;
  std::uint64_t refused_bytes_ = 0; // the bytes that the last failed `append` needed in a segment
};

} // namespace parseflow::db
