// Bytes → the head of a request. Whatever two readers could understand differently is refused (RFC 9112).
#pragma once

#include <cstddef>
#include <string_view>

#include "http/connections/request_head.hpp"

namespace parseflow::http {

/// Why a request cannot be read.
struct head_refusal {
  /// 400, 414, 431, 501 or 505.
  int status = 400;
  /// What is wrong, and what would be right. Static.
  std::string_view sentence;
};

/// What was found in the bytes that have arrived.
struct scanned_head {
  enum class end {
    complete, ///< A whole head, which is `size` bytes long.
    partial,  ///< Right so far; more must arrive.
    refused,  ///< See `why`.
  };
  end now = end::partial;
  std::size_t size = 0;
  head_refusal why;
};

/// Limits of a head, in bytes.
inline constexpr std::size_t max_target_bytes = 8 * 1024;
inline constexpr std::size_t max_header_bytes = 8 * 1024;
inline constexpr std::size_t max_head_bytes = 32 * 1024;
inline constexpr std::size_t max_headers = 100;

/// Reads the head at the start of `bytes` into `into`, whose views point into `bytes`. `into` is unspecified
/// unless the head is complete.
/// @param searched How many of the bytes were scanned before, with the result `partial`; updated.
scanned_head scan_head(std::string_view bytes, std::size_t& searched, request_head& into);

} // namespace parseflow::http
