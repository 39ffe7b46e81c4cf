// X-Forwarded-For → the one address that stands for whoever sent the request.
#pragma once

#include <array>
#include <string_view>

namespace parseflow::logplex {

/// Room for the longest text of an address.
using address_scratch = std::array<char, 46>;

/// The last entry of an X-Forwarded-For list, the peer: those before it are what the client says. Without its
/// port; of all spellings of an IPv6 address always the same one (RFC 5952), and IPv4 for one that stands for
/// it. What is no address stays as it is. Empty if the list is. The view points into `fwd` or `scratch`.
std::string_view peer_address(std::string_view fwd, address_scratch& scratch);

} // namespace parseflow::logplex
