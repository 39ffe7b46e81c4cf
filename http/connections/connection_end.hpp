// What is left to do behind an answer: staying in step with the client, or parting without losing the answer.
#pragma once

#include <cstdint>

#include <httplib.h>

#include "http/connections/connection.hpp"

namespace parseflow::http {

/// Reads and drops `bytes`. False if they do not come in time.
bool discard(connection& line, std::uint64_t bytes);

/// Ends a connection whose client may still be sending: says so, and drops what comes for a second, at most
/// `max_bytes`. A socket that is closed with unread bytes resets the connection, and the client loses its
/// answer.
void end_gently(connection& line, std::uint64_t max_bytes);

/// Sends an answer to a request that could not even be read, and that nothing more will be sent.
void send_refusal(connection& line, const httplib::Response& response);

} // namespace parseflow::http
