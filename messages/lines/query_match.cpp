#include "messages/lines/query_match.hpp"

#include <algorithm>

#include <re2/re2.h>

namespace parseflow::lines {

namespace {

using kind = query_node::kind;

enum class answer : std::uint8_t { no, maybe, yes };

std::int64_t number_of(query_field field, const line_view& line) {
  if (field == query_field::severity)
    return static_cast<std::int64_t>(line.level);
  if (line.request == nullptr)
    return request_record::unknown;
  switch (field) {
  case query_field::status:
    return line.request->status;
  case query_field::connect:
    return line.request->connect_ms;
  case query_field::service:
    return line.request->service_ms;
  case query_field::bytes:
    return line.request->bytes;
  default:
    return request_record::unknown;
  }
}

// `web` is every dyno of that type.
bool is_dyno(std::string_view dyno, std::string_view wanted) {
  return is_folded(dyno, wanted) || (dyno.size() > wanted.size() && dyno[wanted.size()] == '.' &&
                                     is_folded(dyno.substr(0, wanted.size()), wanted));
}

bool has_value(query_field field, const field_value& value, const line_view& line) {
  const auto* const request = line.request;
  switch (field) {
  case query_field::app:
    return is_folded(line.origin->app, value.text);
  case query_field::drain:
    return is_folded(line.origin->key.drain, value.text);
  case query_field::source:
    return is_folded(line.source, value.text);
  case query_field::dyno:
    return is_dyno(line.dyno, value.text);
  case query_field::kind:
    return is_folded(line.kind, value.text);
  case query_field::code:
    return is_folded(line.code, value.text);
  case query_field::method:
    return request != nullptr && is_folded(request->method, value.text);
  case query_field::path:
    return request != nullptr && contains_folded(request->path, value.text);
  case query_field::host:
    return request != nullptr && contains_folded(request->host, value.text);
  case query_field::request_id:
    return request != nullptr && is_folded(request->request_id, value.text);
  case query_field::ip:
    return request != nullptr && contains_folded(request->fwd, value.text);
  case query_field::severity:
  case query_field::status:
  case query_field::connect:
  case query_field::service:
  case query_field::bytes: {
    const auto number = number_of(field, line);
    return number >= value.least && number <= value.greatest;
  }
  }
  return false;
}

bool has_any(const query_node& node, const line_view& line) {
  return std::any_of(node.values.begin(), node.values.end(),
                     [&](const field_value& value) { return has_value(node.field, value, line); });
}

answer answer_of_frame(const query_node& node, const frame& origin) {
  auto result = node.what == kind::all ? answer::yes : answer::no;
  switch (node.what) {
  case kind::all:
    for (const auto& part : node.parts)
      result = std::min(result, answer_of_frame(part, origin));
    return result;
  case kind::any:
    for (const auto& part : node.parts)
      result = std::max(result, answer_of_frame(part, origin));
    return result;
  case kind::none:
    switch (answer_of_frame(node.parts.front(), origin)) {
    case answer::no:
      return answer::yes;
    case answer::maybe:
      return answer::maybe;
    case answer::yes:
      return answer::no;
    }
    return answer::maybe;
  case kind::field:
    if (node.field != query_field::app && node.field != query_field::drain)
      return answer::maybe;
    return has_any(node, view_of(origin, 0, log_record{})) ? answer::yes : answer::no;
  case kind::text:
  case kind::regex:
    return answer::maybe;
  }
  return answer::maybe;
}

} // namespace

bool matches(const query_node& wanted, shown_line& line) {
  const auto does_match = [&line](const query_node& part) { return matches(part, line); };
  switch (wanted.what) {
  case kind::all:
    return std::all_of(wanted.parts.begin(), wanted.parts.end(), does_match);
  case kind::any:
    return std::any_of(wanted.parts.begin(), wanted.parts.end(), does_match);
  case kind::none:
    return !does_match(wanted.parts.front());
  case kind::text:
    return contains(line.folded_text(), wanted.text);
  case kind::regex: {
    const auto text = line.text();
    return re2::RE2::PartialMatch({text.data(), text.size()}, *wanted.regex);
  }
  case kind::field:
    return has_any(wanted, line.line());
  }
  return false;
}

bool may_match(const query_node& wanted, const frame& origin) {
  return answer_of_frame(wanted, origin) != answer::no;
}

} // namespace parseflow::lines
