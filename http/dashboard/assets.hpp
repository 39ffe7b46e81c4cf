// The dashboard's files, embedded at build time. Serving them is the server's matter.
#pragma once

#include <span>
#include <string_view>

namespace parseflow::http {

/// One static file. All views live as long as the program.
struct asset {
  /// What a GET asks for, e.g. `/dashboard/app.js`; no query, no trailing slash.
  std::string_view path;
  /// The Content-Type.
  std::string_view type;
  std::string_view bytes;
  /// A strong ETag with its quotes; changes exactly when `bytes` do.
  std::string_view etag;
};

/// Every file of the page; `/dashboard` is the page itself.
std::span<const asset> assets();

} // namespace parseflow::http
