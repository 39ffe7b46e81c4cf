// After the answer: consume the rest of the request, or close without a reset.
#pragma once

#include <cstdint>

#include <httplib.h>

#include "http/connections/connection.hpp"

namespace parseflow::http {

/// Reads and drops this many bytes. False if they do not arrive in time.
bool discard(connection& conn, std::uint64_t bytes);

/// Ends a connection whose client may still be sending: shuts down our side, then reads and drops input for a
/// second, at most `max_bytes`. Closing a socket with unread bytes would reset the connection, and the client
/// would lose its answer.
void end_gently(connection& conn, std::uint64_t max_bytes);

/// Answers a request that could not be read, and shuts down our side.
void send_refusal(connection& conn, const httplib::Response& response);

} // namespace parseflow::http
