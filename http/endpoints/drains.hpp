// /api/drains: who may post, for the page and for scripts.
#pragma once

#include <string_view>

#include "http/connections/exchange.hpp"
#include "http/endpoints/pipeline_client.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::http {

/// The path of all drains, and what begins the paths of one.
inline constexpr std::string_view drains_path = "/api/drains", drain_path_prefix = "/api/drains/";
/// The longest body of a POST.
inline constexpr std::uint64_t max_drain_body_bytes = 16'384;

/// `GET /api/drains`: all drains, with what came through them.
void get_drains(exchange& current, pipeline_client& boxes);

/// `POST /api/drains`: registers a drain; the answer has its password, which is shown only once.
void post_drain(exchange& current, pipeline_client& boxes, const http_settings& settings);

/// `POST /api/drains/ID/rotate`: gives a drain a second password.
void rotate_drain(exchange& current, pipeline_client& boxes, const http_settings& settings);

/// `DELETE /api/drains/ID`: removes a drain.
void remove_drain(exchange& current, pipeline_client& boxes);

} // namespace parseflow::http
