#include "http/connections/body_reader.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace parseflow::http {

namespace {

using form = announced_body::form;

constexpr std::uint64_t step_bytes = 128 * 1024;
// A body of announced length gets its whole address space when this much has arrived, or if it is no larger: to
// copy megabytes at a time would hold the event loop. Memory is taken only as bytes arrive.
constexpr std::uint64_t early_bytes = 8 * step_bytes;

} // namespace

body_reader::body_reader(const announced_body& announced, std::uint64_t max_bytes, std::string& into,
                         byte_budget& budget, std::shared_ptr<byte_budget::tenant> whose)
    : announced_(announced), into_(into), chunks_(max_bytes), share_(budget, std::move(whose)) {
  if (announced_.kind == form::none || (announced_.kind == form::sized && announced_.bytes == 0))
    state_ = state::complete;
  else if (announced_.kind == form::sized && announced_.bytes > max_bytes)
    state_ = state::too_large;
}

// Charges the body for so many bytes in all. False if there is no room.
bool body_reader::take_room(std::uint64_t bytes) {
  if (!share_.grow_to(bytes)) {
    state_ = state::no_room;
    return false;
  }
  if (announced_.kind == form::sized && into_.capacity() < bytes)
    into_.reserve(bytes > early_bytes || announced_.bytes <= early_bytes ? announced_.bytes : early_bytes);
  return true;
}

// For bodies of announced length. False if there is no room.
bool body_reader::grow() {
  if (have_ < into_.size())
    return true;
  const auto next = std::min(announced_.bytes, have_ + step_bytes);
  if (!take_room(next))
    return false;
  into_.resize(next);
  state_ = state::reading;
  return true;
}

// Bytes that are here already need no room that is cleared first. For bodies of announced length.
std::size_t body_reader::append(std::string_view arrived) {
  const auto size = std::min<std::uint64_t>(announced_.bytes - have_, arrived.size());
  if (state_ != state::reading || size == 0)
    return 0;
  // As in `grow`: what is reserved is charged, too.
  if (!take_room(std::min(announced_.bytes, have_ + std::max<std::uint64_t>(size, step_bytes))))
    return 0;
  into_.append(arrived.substr(0, size));
  received(size);
  return size;
}

std::size_t body_reader::feed(std::string_view arrived) {
  if (state_ == state::no_room)
    state_ = state::reading;
  std::size_t used = 0;
  if (announced_.kind == form::chunked) {
    if (state_ != state::reading || arrived.empty())
      return 0;
    if (!share_.grow_to(into_.size() + arrived.size())) {
      state_ = state::no_room;
      return 0;
    }
    used = chunks_.feed(arrived, into_);
    switch (chunks_.now()) {
    case chunk_decoder::state::reading:
      break;
    case chunk_decoder::state::complete:
      state_ = state::complete;
      break;
    case chunk_decoder::state::damaged:
      state_ = state::damaged;
      break;
    case chunk_decoder::state::too_large:
      state_ = state::too_large;
      break;
    }
    taken_ += used;
    return used;
  }
  if (have_ == into_.size())
    used = append(arrived);
  while (used < arrived.size() && state_ == state::reading && grow()) {
    const auto step = std::min<std::uint64_t>(into_.size() - have_, arrived.size() - used);
    std::memcpy(into_.data() + have_, arrived.data() + used, step);
    used += step;
    received(step);
  }
  return used;
}

char* body_reader::room(std::size_t& size) {
  if (state_ == state::no_room)
    state_ = state::reading;
  if (announced_.kind != form::sized || state_ != state::reading || !grow())
    return nullptr;
  size = into_.size() - have_;
  return into_.data() + have_;
}

void body_reader::trim() {
  if (announced_.kind == form::sized)
    into_.resize(have_);
}

void body_reader::received(std::size_t size) {
  have_ += size;
  taken_ += size;
  if (have_ == announced_.bytes)
    state_ = state::complete;
}

} // namespace parseflow::http
