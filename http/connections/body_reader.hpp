// Collects one body as its bytes arrive, in its chunks or of announced length, within its bounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/body/byte_budget.hpp"
#include "http/body/chunk_decoder.hpp"
#include "http/connections/drain_way.hpp"
#include "http/connections/request_head.hpp"

namespace parseflow::http {

/// Memory and budget grow as bytes arrive: a sender that announces much and sends little takes little.
class body_reader {
public:
  enum class state {
    reading,
    complete,
    no_room,   ///< The budget is used up for now: try again.
    too_large, ///< More bytes than `max_bytes`.
    damaged,   ///< Malformed chunks.
  };

  /// @param into Empty; must live as long as this.
  /// @param whose Whose share of the budget it takes; null: of nobody in particular.
  body_reader(const announced_body& announced, std::uint64_t max_bytes, std::string& into,
              byte_budget& budget, std::shared_ptr<byte_budget::tenant> whose = nullptr);

  /// Takes bytes of the body from the start of `arrived`; returns how many. What follows the body is left.
  std::size_t feed(std::string_view arrived);

  /// Where up to `size` more bytes of a body of announced length can be received, so that they need not be
  /// copied; null if there are none to receive so, or no room. Call `received` afterwards.
  char* room(std::size_t& size);
  void received(std::size_t size);

  /// Cuts `into` to the bytes that have arrived.
  void trim();

  state now() const { return state_; }

  /// Bytes taken so far, with the framing of chunks.
  std::uint64_t taken() const { return taken_; }

  /// Takes `bytes` of the budget in all, for what is made of the body; false if there is no room now.
  bool reserve(std::uint64_t bytes) { return share_.grow_to(bytes); }
  /// Gives back what the body does not need.
  void fit(std::uint64_t bytes) { share_.shrink_to(bytes); }

private:
  bool take_room(std::uint64_t bytes);
  bool grow();
  std::size_t append(std::string_view arrived);

  announced_body announced_;
  std::string& into_;
  std::uint64_t have_ = 0; // bytes in `into_`, which is larger while it is filled
  chunk_decoder chunks_;
  byte_budget::share share_;
  std::uint64_t taken_ = 0;
  state state_ = state::reading;
};

} // namespace parseflow::http
