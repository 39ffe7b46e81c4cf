#include "tests/support/free_port.hpp"

#include <random>
#include <set>
#include <stdexcept>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace parseflow {

namespace {

// Linux uses the ports from 32768 up for outgoing connections.
constexpr std::uint16_t first = 10'000, last = 32'767;

bool is_free(std::uint16_t port) {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  address.sin_port = htons(port);
  const bool result = bind(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(probe);
  return result;
}

} // namespace

std::uint16_t free_port() {
  static std::set<std::uint16_t> given;
  static std::random_device chance; // so that parallel tests get different ports
  std::uniform_int_distribution<std::uint16_t> any{first, last};
  for (int attempt = 0; attempt < 1000; ++attempt)
    if (const auto port = any(chance); is_free(port) && given.insert(port).second)
      return port;
  throw std::runtime_error("no free port is found");
}

} // namespace parseflow
