#include "messages/registry/random.hpp"

#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sodium.h>

namespace parseflow {

void start_sodium() {
  if (sodium_init() < 0)
    throw std::runtime_error("libsodium cannot start: the system provides no random numbers");
}

std::string random_hex(std::size_t bytes) {
  start_sodium();
  std::vector<unsigned char> random(bytes);
  randombytes_buf(random.data(), bytes);
  return fmt::format("{:02x}", fmt::join(random, ""));
}

} // namespace parseflow
