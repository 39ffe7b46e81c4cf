// X-Forwarded-For → the one address that stands for the sender of the request.
#pragma once

#include <array>
#include <string_view>

namespace parseflow::logplex {

/// Room for the longest text of an address.
using address_scratch = std::array<char, 46>;

/// The last entry of an X-Forwarded-For list, which is the peer; the client may have made up the entries
/// before it. The port is dropped. An IPv6 address is always spelled in the same way (RFC 5952), and one that
/// stands for an IPv4 address becomes that. Text that is not an address stays as it is. Empty if the list is
/// empty. The view points into `fwd` or `scratch`.
std::string_view peer_address(std::string_view fwd, address_scratch& scratch);

} // namespace parseflow::logplex
