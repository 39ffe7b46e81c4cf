// One body → its records: finds the form of the body, steps through its lines, and sorts them by kind.
#include "messages/logplex/parse.hpp"

#include <algorithm>

#include "messages/logplex/app_line.hpp"
#include "messages/logplex/blank_text.hpp"
#include "messages/logplex/body_walk.hpp"
#include "messages/logplex/event_line.hpp"
#include "messages/logplex/number_text.hpp"
#include "messages/logplex/postgres_line.hpp"
#include "messages/logplex/router_line.hpp"
#include "messages/logplex/sample_line.hpp"

namespace parseflow::logplex {

namespace {

// A usual line has 275 bytes; for a body with shorter lines the vectors grow.
constexpr std::size_t usual_line_bytes = 200;
// Heroku's own lines spend more than 30 bytes on a sample. The bound keeps what an app can make us allocate
// in proportion to what it sends.
constexpr std::size_t bytes_per_sample = 16;
// There was no Heroku before the first time, and no sender has lines from tomorrow: a clock that is this far
// off is not believed.
constexpr timestamp first_time = std::chrono::sys_days{std::chrono::year{2000} / 1 / 1};
constexpr std::chrono::hours farthest_ahead{24};

// Fills a parsed_body.
class classifier {
public:
  classifier(std::string_view body, const body_context& context)
      : end_(body.data() + body.size()), context_(context),
        last_time_(std::min(context.received_at, timestamp::max() - farthest_ahead) + farthest_ahead),
        samples_(body.size() / bytes_per_sample + 1) {
    const std::size_t expected = body.size() / usual_line_bytes + 1;
    out_.requests.reserve(expected);
    out_.lines.reserve(expected);
  }

  void add(const header& h, bool is_miscounted) {
    ++out_.framing.lines;
    out_.framing.miscounted += is_miscounted;
    const timestamp at = h.at < first_time || h.at > last_time_ ? context_.received_at : h.at;
    const bool is_platform = is_text(h.source, "heroku");
    if (is_platform && is_text(h.proc, "router")) {
      request_record& request = out_.requests.emplace_back();
      request.at = at;
      if (read_usual_router_line(h.text, with_slack(h.text), scan_, request)) [[likely]]
        return;
      request = {};
      request.at = at;
      if (read_router_line(h.text, request))
        return;
      out_.requests.pop_back();
    }
    log_record& line = out_.lines.emplace_back();
    line.at = at;
    line.source = h.source;
    line.proc = h.proc;
    line.text = h.text;
    if (is_platform)
      classify_platform(line);
    else
      classify_other(line);
  }

  void file_malformed(std::string_view bytes) {
    log_record& line = out_.lines.emplace_back();
    line.at = context_.received_at;
    line.text = bytes;
    line.kind = line_kind::malformed;
    ++out_.framing.lines;
    ++out_.framing.malformed;
  }

  parsed_body take() {
    out_.samples = std::move(samples_.samples());
    out_.framing.samples_left_out = samples_.left_out();
    out_.framing.has_count_mismatch =
        context_.announced_lines != frame::no_count && context_.announced_lines != out_.framing.lines;
    return std::move(out_);
  }

private:
  // The text with `field_ends::slack_bytes` readable bytes after it: in place or, near the end of the body, a
  // copy that lives until the next call.
  const char* with_slack(std::string_view text) {
    const auto behind = static_cast<std::size_t>(end_ - (text.data() + text.size()));
    if (behind >= field_ends::slack_bytes || text.size() > field_ends::max_text_bytes) [[likely]]
      return text.data();
    std::copy(text.begin(), text.end(), copy_);
    return copy_;
  }

  bool collect(const log_record& line, sample_origin origin) {
    return samples_.collect_platform(line, origin, with_slack(line.text), scan_);
  }

  static bool names_source(std::string_view text) {
    return without_leading_blanks(text).starts_with("source=");
  }

  // Only lines of the platform itself may feed its metrics (heroku-formats 9 and 11).
  void classify_platform(log_record& line) {
    if (line.proc == "router")
      return;
    if (line.proc == "logplex" || line.proc == "log-shuttle")
      read_logging_event(line);
    else if (line.proc == "api") // as the CLI and old drains write it
      read_api_event(line);
    else if (names_source(line.text) && collect(line, sample_origin::dyno))
      line.kind = line_kind::runtime_metrics;
    else
      read_dyno_event(line);
  }

  void classify_other(log_record& line) {
    const bool is_app = line.source == "app";
    if (is_app && line.proc == "api") {
      read_api_event(line);
    } else if (is_app && line.proc.starts_with("heroku-")) {
      if (names_source(line.text) && collect(line, sample_origin::addon))
        line.kind = line_kind::addon_metrics;
      else
        read_addon_event(line);
    } else if (postgres_line log;
               is_app && line.proc.starts_with("postgres.") && read_postgres_line(line.text, log)) {
      line.kind = line_kind::postgres_log;
      line.level = log.level;
      if (log.sql_error_code != "00000")
        line.code = log.sql_error_code;
    } else if (!is_app && line.proc == "log-shuttle") {
      read_logging_event(line);
    } else if (read_app_line(line)) {
      samples_.collect_custom(line);
    }
  }

  const char* end_; // of the body
  char copy_[field_ends::max_text_bytes + field_ends::slack_bytes] = {};
  const field_scan scan_ = best_field_scan();
  parsed_body out_;
  const body_context& context_;
  const timestamp last_time_; // a later date is not believed
  sample_collector samples_;
};

} // namespace

parsed_body parse(std::string_view body, const body_context& context) {
  classifier out(body, context);
  header_reader headers(context.mode, context.received_at);
  walk_body(
      body, context.announced_lines, headers,
      [&](const header& h, bool is_miscounted) { out.add(h, is_miscounted); },
      [&](std::string_view bytes) { out.file_malformed(bytes); });
  return out.take();
}

parsed_body keep_raw(std::string_view body, const body_context& context) {
  classifier out({}, context);
  if (!body.empty())
    out.file_malformed(body);
  return out.take();
}

} // namespace parseflow::logplex
