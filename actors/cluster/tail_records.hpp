// Lines of a tail on their way from a tail hub to the reader's node: each beside its rendered text, so that they
// can be counted, put in order and found again.
//
//   record = kind (1 byte), time (8), number (8), length (4), text (length bytes); numbers little-endian
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "messages/tail.hpp"

namespace parseflow::actors {

struct tail_record {
  enum class kind : char {
    line = 'l',      ///< `id` is the line's.
    skipped = 's',   ///< `id.hash` lines were skipped.
    other = 'o',     ///< Something else that the reader is to be told.
    caught_up = 'c', ///< From here on lines are shown as they come.
  };
  kind what = kind::other;
  lines::line_id id;
  /// As the reader gets it.
  std::string_view text;
};

/// The form of tails that go through records.
/// @param shown How the text of each is rendered.
std::shared_ptr<const tail_form> tail_record_form(std::shared_ptr<const tail_form> shown);

/// Calls `take` with each whole record; what is damaged, and what follows it, is left out.
void for_each_record(std::string_view records, const std::function<void(const tail_record&)>& take);

/// The bytes of a record besides its text.
inline constexpr std::size_t tail_record_head_bytes = 21;

} // namespace parseflow::actors
