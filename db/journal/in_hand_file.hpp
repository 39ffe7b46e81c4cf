// A file beside the journal that tells, after the process has ended, over which frames it did.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "messages/frame_digest.hpp"
#include "messages/hand_note.hpp"

namespace parseflow::db {

/// Mapped into memory: a note costs no system call, and survives every end of the process, but no power cut.
/// A frame that is in hand when the process ends is suspected; one that is so at two ends is deadly. One
/// process uses it at a time. No call throws.
class in_hand_file {
public:
  /// Parsers that get a note; further ones get none.
  static constexpr std::size_t places = 128;

  /// Opens the file, made if missing, and learns from what an earlier run left in it.
  /// @param is_open Whether a frame is still to be parsed: what is done with is not suspected any more.
  in_hand_file(const std::filesystem::path& path, const std::function<bool(const frame_digest&)>& is_open);
  ~in_hand_file();
  in_hand_file(const in_hand_file&) = delete;
  in_hand_file& operator=(const in_hand_file&) = delete;

  /// Why nothing can be noted; empty if it can.
  const std::string& problem() const { return problem_; }

  /// Frames that were in hand at two ends or more.
  const std::vector<frame_digest>& deadly() const { return deadly_; }

  /// The note of a parser's place; null if there is none. It may outlive this object.
  std::shared_ptr<hand_note> note(std::size_t place) const;

private:
  struct layout;

  std::shared_ptr<layout> map(const std::filesystem::path& path);
  void learn(const std::function<bool(const frame_digest&)>& is_open);

  std::shared_ptr<layout> mapped_; // null after a failure
  std::vector<frame_digest> deadly_;
  std::string problem_;
};

} // namespace parseflow::db
