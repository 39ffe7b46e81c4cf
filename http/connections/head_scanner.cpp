// A head ends at its first empty line; every line ends with CR LF and is checked as a whole.
//
//   request-line = method SP request-target SP "HTTP/" DIGIT "." DIGIT CRLF
//   field-line   = token ":" OWS field-value OWS CRLF
#include "http/connections/head_scanner.hpp"

#include <algorithm>
#include <array>

#include "messages/read_number.hpp"

namespace parseflow::http {

namespace {

using refusal = std::optional<head_refusal>;

constexpr std::array<bool, 256> token_characters() {
  std::array<bool, 256> result{};
  for (const char c : std::string_view{"!#$%&'*+-.^_`|~0123456789"
                                       "abcdefghijklmnopqrstuvwxyz"
                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ"})
    result[static_cast<unsigned char>(c)] = true;
  return result;
}
constexpr auto is_token_character = token_characters();

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_token_character[static_cast<unsigned char>(c)];
  });
}

bool is_visible(char c) {
  return c > 0x20 && c < 0x7f;
}

// Bytes above 0x7f are allowed in values (RFC 9110, 5.5: obs-text), control characters but tabs are not.
bool is_value_character(char c) {
  return static_cast<unsigned char>(c) >= 0x20 ? c != 0x7f : c == '\t';
}

std::string_view without_padding(std::string_view text) {
  const auto is_padding = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_padding(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_padding(text.back()))
    text.remove_suffix(1);
  return text;
}

// A name or an address, and perhaps a port. Not checked further: endpoints compare it with what they know.
bool is_host(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_visible(c) && std::string_view{"/?#@\\\"<>^`{}|%"}.find(c) == std::string_view::npos;
  });
}

bool is_known_method(std::string_view method) {
  constexpr std::array<std::string_view, 9> known{"GET",     "HEAD",  "POST",  "PUT",    "DELETE",
                                                  "OPTIONS", "PATCH", "TRACE", "CONNECT"};
  return std::find(known.begin(), known.end(), method) != known.end();
}

refusal read_target(std::string_view target, request_head& into) {
  if (target.size() > max_target_bytes)
    return head_refusal{414, "The path and query must be at most 8 KiB long."};
  if (target.empty() || !std::all_of(target.begin(), target.end(), is_visible))
    return head_refusal{400, "The request line must be a method, a target and a version, with one space "
                             "between them."};
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!is_same_name(target.substr(0, scheme.size()), scheme))
      continue;
    target.remove_prefix(scheme.size());
    const auto end = std::min(target.find_first_of("/?"), target.size());
    into.host = target.substr(0, end);
    target.remove_prefix(end);
    if (into.host.empty() || !is_host(into.host))
      return head_refusal{400, "The target of the request names no host."};
    if (target.empty() || target.front() == '?') {
      into.path = "/";
      into.query = target.substr(std::min<std::size_t>(1, target.size()));
      return std::nullopt;
    }
    break;
  }
  if (target.front() != '/' && target != "*")
    return head_refusal{400, "The target of a request must begin with a slash."};
  const auto question = std::min(target.find('?'), target.size());
  into.path = target.substr(0, question);
  into.query = target.substr(std::min(target.size(), question + 1));
  return std::nullopt;
}

refusal read_version(std::string_view version, request_head& into) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) || version[6] != '.' ||
      !is_digit(version[7]))
    return head_refusal{400, "The request line must end with HTTP/1.1."};
  into.is_http_1_0 = version == "HTTP/1.0";
  if (!into.is_http_1_0 && version != "HTTP/1.1")
    return head_refusal{505, "The service speaks HTTP/1.1."};
  return std::nullopt;
}

refusal read_request_line(std::string_view line, request_head& into) {
  const auto first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || !is_token(line.substr(0, first)))
    return head_refusal{400, "The request line must be a method, a target and a version, with one space "
                             "between them."};
  into.method = line.substr(0, first);
  if (auto wrong = read_version(line.substr(last + 1), into))
    return wrong;
  if (!is_known_method(into.method))
    return head_refusal{501, "There is no such method: use GET, HEAD, POST or DELETE."};
  return read_target(line.substr(first + 1, last - first - 1), into);
}

refusal read_length(std::string_view value, bool is_first, announced_body& body) {
  const auto bytes = read_number<std::uint64_t>(value);
  if (!bytes || (!is_first && (body.kind != announced_body::form::sized || *bytes != body.bytes)))
    return head_refusal{400, "A body needs one decimal Content-Length, or only Transfer-Encoding: chunked."};
  body = {announced_body::form::sized, *bytes};
  return std::nullopt;
}

// Connection: close, TE
bool lists(std::string_view value, std::string_view wanted) {
  while (!value.empty()) {
    const auto item = value.substr(0, value.find(','));
    value.remove_prefix(std::min(value.size(), item.size() + 1));
    if (is_same_name(without_padding(item), wanted))
      return true;
  }
  return false;
}

// What the headers mean for the connection and the body. Another reader must not see another request in it.
refusal interpret(request_head& head) {
  std::size_t hosts = 0, codings = 0, lengths = 0;
  for (const auto& [name, value] : head.headers) {
    if (is_same_name(name, "Host")) {
      if (++hosts > 1 || !is_host(value))
        return head_refusal{400, "A request needs one header Host with one name."};
      if (head.host.empty())
        head.host = value;
    } else if (is_same_name(name, "Content-Length")) {
      if (auto wrong = read_length(value, lengths++ == 0, head.body))
        return wrong;
    } else if (is_same_name(name, "Transfer-Encoding")) {
      if (++codings > 1 || !is_same_name(value, "chunked") || head.is_http_1_0)
        return head_refusal{400,
                            "A body needs one decimal Content-Length, or only Transfer-Encoding: chunked."};
    } else if (is_same_name(name, "Connection")) {
      head.closes = head.closes || lists(value, "close");
    } else if (is_same_name(name, "Expect")) {
      head.expects_continue = is_same_name(value, "100-continue");
    }
  }
  if (codings > 0 && lengths > 0)
    return head_refusal{400, "A body needs one decimal Content-Length, or only Transfer-Encoding: chunked."};
  if (codings > 0)
    head.body = {announced_body::form::chunked, 0};
  if (hosts == 0 && !head.is_http_1_0)
    return head_refusal{400, "A request needs one header Host with one name."};
  head.closes = head.closes || head.is_http_1_0;
  return std::nullopt;
}

refusal read_header(std::string_view line, request_head& into) {
  if (line.size() > max_header_bytes)
    return head_refusal{431, "A header must be at most 8 KiB long."};
  if (into.headers.size() == max_headers)
    return head_refusal{431, "There may be at most 100 headers."};
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
    return head_refusal{400, "A header must be a name, a colon right behind it, and a value, on one line."};
  const auto value = without_padding(line.substr(colon + 1));
  if (!std::all_of(value.begin(), value.end(), is_value_character))
    return head_refusal{400, "A header holds a control character."};
  into.headers.push_back({line.substr(0, colon), value});
  return std::nullopt;
}

scanned_head refused(const head_refusal& why) {
  return {scanned_head::end::refused, 0, why};
}

// `head` ends with its empty line.
refusal read_head(std::string_view head, request_head& into) {
  into.headers.clear();
  into.body = {};
  into.host = {};
  into.closes = into.expects_continue = false;
  bool is_first = true;
  while (head.size() > 2) {
    const auto end = head.find('\n');
    auto line = head.substr(0, end - 1); // the LF follows a CR: `scan_head` has seen to it
    if (auto wrong = is_first ? read_request_line(line, into) : read_header(line, into))
      return wrong;
    is_first = false;
    head.remove_prefix(end + 1);
  }
  return interpret(into);
}

} // namespace

scanned_head scan_head(std::string_view bytes, std::size_t& searched, request_head& into) {
  // No method begins like this: a TLS client, for example, should not have to wait for the end of its time.
  if (!bytes.empty() && !is_token_character[static_cast<unsigned char>(bytes.front())])
    return refused({400, "This is no HTTP request."});
  for (auto feed = bytes.find('\n', searched); feed != std::string_view::npos;
       feed = bytes.find('\n', searched)) {
    if (feed == 0 || bytes[feed - 1] != '\r')
      return refused({400, "The lines of a request must end with CR LF."});
    searched = feed + 1;
    if (searched > max_head_bytes)
      break;
    if (feed >= 3 && bytes[feed - 2] == '\n') {
      if (auto wrong = read_head(bytes.substr(0, searched), into))
        return refused(*wrong);
      return {scanned_head::end::complete, searched, {}};
    }
  }
  searched = std::max(searched, bytes.size());
  if (bytes.size() < max_head_bytes)
    return {};
  const auto line = bytes.substr(0, bytes.find('\r'));
  if (line.size() > max_target_bytes)
    return refused({414, "The path and query must be at most 8 KiB long."});
  return refused({431, "All headers together must be at most 32 KiB."});
}

} // namespace parseflow::http
