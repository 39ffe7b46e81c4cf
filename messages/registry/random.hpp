// Random numbers of the system, by libsodium.
#pragma once

#include <cstddef>
#include <string>

namespace parseflow {

/// Call before any other function of libsodium. Throws if the system provides no random numbers.
void start_sodium();

/// `bytes` random bytes as lower-case hex.
std::string random_hex(std::size_t bytes);

} // namespace parseflow
