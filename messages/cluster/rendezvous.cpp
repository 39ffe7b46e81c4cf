// Scores by xxHash and the finaliser of SplitMix64.
#include "messages/cluster/rendezvous.hpp"

#include <xxhash.h>

namespace parseflow {

std::uint64_t rendezvous_seed(std::string_view node) {
  return XXH3_64bits(node.data(), node.size());
}

std::uint64_t rendezvous_score(const frame_digest& digest, std::uint64_t seed) {
  std::uint64_t x = digest.low ^ seed;
  x = (x ^ (x >> 30)) * 0xbf58'476d'1ce4'e5b9;
  x = (x ^ (x >> 27)) * 0x94d0'49bb'1331'11eb;
  return x ^ (x >> 31);
}

} // namespace parseflow
