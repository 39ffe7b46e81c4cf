// Serves the embedded files with validators, and with headers that keep foreign code out of the page.
#include "http/endpoints/dashboard.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "http/body/gzip.hpp"
#include "http/dashboard/assets.hpp"

namespace parseflow::http {

namespace {

const asset* find_file(std::string_view path) {
  const auto files = assets();
  const auto found =
      std::find_if(files.begin(), files.end(), [path](const asset& file) { return file.path == path; });
  return found != files.end() ? &*found : nullptr;
}

// Compressed once, because that costs a hundred times as much as sending.
const std::string& compressed(const asset& file) {
  static const auto all = [] {
    std::vector<std::string> made;
    for (const auto& each : assets())
      made.push_back(deflate_gzip(each.bytes, 9));
    return made;
  }();
  return all[static_cast<std::size_t>(&file - assets().data())];
}

} // namespace

bool is_page_file(std::string_view path) {
  return find_file(path) != nullptr;
}

void get_page_file(exchange& current) {
  const auto& file = *find_file(current.request.path);
  auto& response = current.response;
  response.set_header("ETag", std::string{file.etag});
  response.set_header("Cache-Control", "no-cache"); // ask each time, so that a new version shows at once
  response.set_header("Vary", "Accept-Encoding");
  response.set_header("X-Content-Type-Options", "nosniff");
  response.set_header("X-Frame-Options", "DENY");
  response.set_header("Referrer-Policy", "no-referrer");
  response.set_header("Content-Security-Policy",
                      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                      "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  if (current.request.get_header_value("If-None-Match").find(file.etag) != std::string::npos) {
    response.status = 304;
    return;
  }
  response.status = 200;
  if (!current.takes_gzip())
    return response.set_content(file.bytes.data(), file.bytes.size(), std::string{file.type});
  const auto& packed = compressed(file);
  response.set_content(packed.data(), packed.size(), std::string{file.type});
  response.set_header("Content-Encoding", "gzip");
}

void redirect_to_page(exchange& current) {
  current.response.set_redirect("/dashboard");
}

} // namespace parseflow::http
