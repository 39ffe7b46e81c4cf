// JOURNAL: durable frames on local disk until the database has them (design promises P1 and P4). Segments of
// records, group-committed; docs/journal.md draws the format.
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
#include "db/store.hpp"
#include "messages/frame.hpp"
#include "messages/frame_digest.hpp"
#include "messages/settings.hpp"

namespace parseflow::db {

/// Where a record lies; later records compare greater.
struct journal_position {
  std::uint64_t generation = 0;
  std::uint32_t offset = 0;

  auto operator<=>(const journal_position&) const = default;
};

/// A frame that the journal held already when it was opened.
struct recovered_frame {
  journal_position at;
  frame_digest digest;
  /// Without its body: `journal::read` gives it.
  frame head;
  std::uint32_t body_bytes = 0;
};

/// What opening found.
struct journal_recovery {
  std::vector<recovered_frame> frames; ///< In the order of their positions.
  std::vector<frame_digest> ids;       ///< Of frames whose bytes are gone already, oldest first.
  std::uint64_t damaged_bytes = 0;     ///< Skipped between whole records, or unreadable.
  std::uint32_t damaged_places = 0;
  /// Records that begin behind the last whole one of their segment: see `segment_contents`.
  std::uint32_t torn_records = 0;
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
  static opened open(const std::filesystem::path& directory, const journal_settings& settings, timestamp now);

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

  /// The frame at `at`, body included; null if its bytes cannot be read any more.
  frame_ptr read(journal_position at) const;

  /// The database has the frame: its bytes are not needed any more. A segment without needed bytes is
  /// recycled, after its ids went to the id files.
  /// @param body_bytes The plain size of its body.
  void release(journal_position at, const frame_digest& digest, std::uint64_t body_bytes, timestamp now);

  const std::filesystem::path& directory() const { return directory_; }
  /// Bytes of frames that were not released.
  std::uint64_t unreleased_bytes() const { return unreleased_bytes_; }
  /// Bytes that the segments take on disk.
  std::uint64_t disk_bytes() const;

private:
  struct segment {
    int file = -1;
    std::filesystem::path path;
    std::uint64_t capacity = 0;
    std::uint64_t used = 0;
    std::uint32_t unreleased = 0;
    std::vector<frame_digest> released_ids;
  };

  struct grouped {
    std::uint64_t generation;
    std::uint64_t offset;
    std::string head;
    frame_ptr content;
    std::string compressed; // empty: the body goes as it is
  };

  journal(std::filesystem::path directory, const journal_settings& settings);

  std::optional<std::string> lock();
  std::optional<std::string> recover(journal_recovery& found, timestamp now);
  void recover_segment(const std::filesystem::path& path, journal_recovery& found);
  bool has_room_for(std::uint64_t record_bytes) const;
  result start_segment(std::uint64_t record_bytes, timestamp now);
  result make_file(segment& fresh, std::uint64_t bytes);
  void retire_unneeded(timestamp now);
  bool write_group(std::string& problem);
  void retire(std::uint64_t generation, timestamp now);

  std::filesystem::path directory_;
  journal_settings settings_;
  id_files ids_;
  int lock_file_ = -1;
  std::map<std::uint64_t, segment> segments_; // by generation; the last one is written to
  std::vector<segment> spare_;                // recycled files, ready for another life
  std::vector<grouped> group_;
  std::uint64_t next_generation_ = 1;
  std::uint64_t next_file_ = 1;
  std::uint64_t unreleased_bytes_ = 0;
  std::uint64_t refused_bytes_ = 0; // that the last failed `append` needed in a segment
  bool sealed_ = true;              // the last segment takes no more records
};

} // namespace parseflow::db
