// A file beside the journal that shows, after the process has ended, which frames were being parsed at
// that moment.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "messages/expected.hpp"
#include "messages/frame_digest.hpp"
#include "messages/hand_note.hpp"

namespace parseflow::db {

/// The file is mapped into memory: a note costs no system call and survives any end of the process, but not a
/// power cut. A frame that is in hand when the process ends is suspected; a frame that was in hand at two
/// ends is deadly. Only one process may use the file at a time. No call throws.
class in_hand_file {
public:
  /// How many parsers get a note; any further parser gets none.
  static constexpr std::size_t places = 128;

  /// Opens the file, creates it if it is missing, and reads the notes that an earlier run left.
  /// @param is_open Whether a frame still has to be parsed: other frames are no longer suspected.
  in_hand_file(const std::filesystem::path& path, const std::function<bool(const frame_digest&)>& is_open);
  ~in_hand_file();
  in_hand_file(const in_hand_file&) = delete;
  in_hand_file& operator=(const in_hand_file&) = delete;

  /// Fails if notes cannot be taken.
  expected<> check() const { return mapped_ ? expected<>{} : mapped_.error(); }

  /// Frames that were in hand at two or more ends of the process.
  const std::vector<frame_digest>& deadly() const { return deadly_; }

  /// The note for the parser at `place`; null if there is none. It may outlive this object.
  std::shared_ptr<hand_note> note(std::size_t place) const;

private:
  struct layout;

  static expected<std::shared_ptr<layout>> map(const std::filesystem::path& path);
  void learn(const std::function<bool(const frame_digest&)>& is_open);

  expected<std::shared_ptr<layout>> mapped_;
  std::vector<frame_digest> deadly_;
};

} // namespace parseflow::db
