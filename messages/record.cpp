// The names that kinds and severities have in the database and in answers.
#include "messages/record.hpp"

namespace parseflow {

std::string_view to_string(line_kind kind) {
  switch (kind) {
  case line_kind::text:
    return "text";
  case line_kind::malformed:
    return "malformed";
  }
  return {};
}

std::string_view to_string(severity level) {
  switch (level) {
  case severity::none:
    return "";
  case severity::debug:
    return "debug";
  case severity::info:
    return "info";
  case severity::warning:
    return "warning";
  case severity::error:
    return "error";
  case severity::fatal:
    return "fatal";
  }
  return {};
}

} // namespace parseflow
