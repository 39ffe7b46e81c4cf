// /api/keys and /api/sessions: who may read, for the page and for scripts.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/connections/exchange.hpp"
#include "http/endpoints/pipeline_client.hpp"

namespace parseflow::http {

/// The path of all keys, and what begins the path of one.
inline constexpr std::string_view keys_path = "/api/keys", key_path_prefix = "/api/keys/";
/// The longest body of a POST.
inline constexpr std::uint64_t max_key_body_bytes = 16'384;

/// `GET /api/keys`: all keys, with the time of their last use.
void get_keys(exchange& current, pipeline_client& boxes);

/// `POST /api/keys`: makes a key; the answer has it, and is the only one that ever does.
void post_key(exchange& current, pipeline_client& boxes);

/// `DELETE /api/keys/ID`: removes a key, and ends its sessions.
void remove_key(exchange& current, pipeline_client& boxes);

/// `DELETE /api/sessions`: ends all sessions, on all nodes.
void end_all_sessions(exchange& current, pipeline_client& boxes);

} // namespace parseflow::http
