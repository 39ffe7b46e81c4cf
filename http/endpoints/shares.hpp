// /api/shares: links that show the page to people without a key.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/access/key_register.hpp"
#include "http/connections/exchange.hpp"
#include "messages/settings/settings.hpp"

namespace parseflow::http {

inline constexpr std::string_view shares_path = "/api/shares";

/// The longest body of a POST.
inline constexpr std::uint64_t max_share_body_bytes = 16'384;

/// `POST /api/shares`: makes a link that shows what the key of the reader sees, or some apps of it, for a time.
void post_share(exchange& current, const key_register& keys, const http_settings& settings);

/// Completes the answer to a reader who has taken up a link: what it shows, and until when. Does nothing for
/// others.
void describe_share(exchange& current);

} // namespace parseflow::http
