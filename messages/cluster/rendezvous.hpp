// Which node owns a frame, by rendezvous hashing. Every node comes to the same answer, and a node that comes
// or goes moves only its own share of the frames.
#pragma once

#include <cstdint>
#include <string_view>

#include "messages/frame_digest.hpp"

namespace parseflow {

/// A node's part of its scores, a hash of its name. Computed once per node.
std::uint64_t rendezvous_seed(std::string_view node);

/// The frame belongs to the node with the highest score; if that cannot take it, to the one with the next
/// lower, and so on.
std::uint64_t rendezvous_score(const frame_digest& digest, std::uint64_t seed);

} // namespace parseflow
