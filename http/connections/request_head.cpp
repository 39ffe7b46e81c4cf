#include "http/connections/request_head.hpp"

#include <algorithm>
#include <cstring>

#include <strings.h>

#include "messages/logplex/blank_text.hpp"

namespace parseflow::http {

namespace {

bool is_same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace

void erase_header(std::string& bytes, std::size_t from, std::string_view name) {
  // Like httplib, ends lines at LF, whatever precedes it, and the head at an empty line.
  auto read = bytes.find('\n', from) + 1;
  auto write = read;
  for (;;) {
    const auto size = bytes.find('\n', read) + 1 - read;
    const auto line = std::string_view{bytes}.substr(read, size);
    if (line == "\r\n")
      break;
    if (!is_same_name(line.substr(0, line.find(':')), name)) {
      std::memmove(bytes.data() + write, line.data(), size);
      write += size;
    }
    read += size;
  }
  bytes.erase(write, read - write);
}

void make_origin_form(httplib::Request& request) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!is_same_name(std::string_view{request.path}.substr(0, scheme.size()), scheme))
      continue;
    const auto rest = request.path.substr(scheme.size());
    const auto slash = std::min(rest.find('/'), rest.size());
    request.headers.erase("Host");
    request.headers.emplace("Host", rest.substr(0, slash));
    request.path = slash < rest.size() ? rest.substr(slash) : "/";
    return;
  }
}

bool accepts_gzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    const auto item = accept_encoding.substr(0, accept_encoding.find(','));
    accept_encoding.remove_prefix(std::min(accept_encoding.size(), item.size() + 1));
    const auto semicolon = item.find(';');
    if (!is_same_name(logplex::without_blanks_around(item.substr(0, semicolon)), "gzip"))
      continue;
    const auto weight =
        semicolon == std::string_view::npos ? "" : logplex::without_blanks_around(item.substr(semicolon + 1));
    // A weight of zero, in any notation, means that gzip is refused.
    return !weight.starts_with("q=0") || weight.find_first_of("123456789", 3) != std::string_view::npos;
  }
  return false;
}

} // namespace parseflow::http
