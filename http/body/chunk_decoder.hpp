// Undoes `Transfer-Encoding: chunked` (RFC 9112, 7.1) on bytes as they arrive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace parseflow::http {

/// Extracts one body from its chunks. Strict: a form that another reader could understand differently counts
/// as damaged.
class chunk_decoder {
public:
  enum class state {
    reading,   ///< More must arrive.
    complete,  ///< The last chunk and its trailer have been read.
    damaged,   ///< The bytes are not valid chunks.
    too_large, ///< The body is longer than `max_bytes`.
  };

  /// The most hexadecimal digits in the size of a chunk.
  static constexpr std::size_t max_digits = 16;
  /// The most bytes of extensions and trailer together, which are dropped; more count as damage.
  static constexpr std::size_t max_dropped_bytes = 16 * 1024;

  explicit chunk_decoder(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

  /// Appends the content of the chunks in `arrived` to `into`. Returns how many bytes of `arrived` it used:
  /// all, unless the body ends earlier. Uses none once its state is no longer `reading`.
  std::size_t feed(std::string_view arrived, std::string& into);

  state now() const { return state_; }

private:
  enum class step {
    size,
    blank,
    extension,
    size_end,
    data,
    data_end_1,
    data_end_2,
    trailer_start,
    trailer,
    trailer_end,
    last,
  };

  void take(char c);
  void take_size(char c);
  void drop(char c, step at_end);
  void expect(char c, char wanted, step next);
  void start_chunk();
  void end(state how) { state_ = how; }

  std::uint64_t max_bytes_;
  std::uint64_t bytes_ = 0; // of the body so far
  std::uint64_t size_ = 0;  // of the chunk; within its data, what is left of it
  std::size_t digits_ = 0;
  std::size_t dropped_ = 0;
  step step_ = step::size;
  state state_ = state::reading;
};

} // namespace parseflow::http
