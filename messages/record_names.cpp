#include "messages/log_record.hpp"
#include "messages/sample_record.hpp"

namespace parseflow {

std::string_view to_string(line_kind kind) {
  switch (kind) {
  case line_kind::text:
    return "text";
  case line_kind::malformed:
    return "malformed";
  case line_kind::json:
    return "json";
  case line_kind::logfmt:
    return "logfmt";
  case line_kind::state_change:
    return "state_change";
  case line_kind::process_start:
    return "process_start";
  case line_kind::process_exit:
    return "process_exit";
  case line_kind::process_stop:
    return "process_stop";
  case line_kind::memory_use:
    return "memory_use";
  case line_kind::dyno_error:
    return "dyno_error";
  case line_kind::dyno_other:
    return "dyno_other";
  case line_kind::runtime_metrics:
    return "runtime_metrics";
  case line_kind::release:
    return "release";
  case line_kind::deploy:
    return "deploy";
  case line_kind::build:
    return "build";
  case line_kind::scale:
    return "scale";
  case line_kind::config:
    return "config";
  case line_kind::addon_change:
    return "addon_change";
  case line_kind::api_other:
    return "api_other";
  case line_kind::addon_metrics:
    return "addon_metrics";
  case line_kind::postgres_log:
    return "postgres_log";
  case line_kind::loss:
    return "loss";
  case line_kind::logging_error:
    return "logging_error";
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

std::string_view to_string(sample_origin origin) {
  switch (origin) {
  case sample_origin::dyno:
    return "dyno";
  case sample_origin::addon:
    return "addon";
  case sample_origin::custom:
    return "custom";
  }
  return {};
}

std::string_view to_string(sample_kind kind) {
  switch (kind) {
  case sample_kind::gauge:
    return "gauge";
  case sample_kind::count:
    return "count";
  case sample_kind::measure:
    return "measure";
  case sample_kind::unique:
    return "unique";
  case sample_kind::event:
    return "event";
  }
  return {};
}

} // namespace parseflow
