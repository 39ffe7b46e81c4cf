// Numbers in key=value text → samples: runtime metrics, add-on metrics and the l2met forms (heroku-formats
// sections 7, 8 and 9.1).
//
//   source=web.1 dyno=heroku.190283746.0c7f1e52 sample#memory_rss=301.12MB sample#memory_pgpgin=151220pages
//   source=checkout measure#db.query=12.4ms count#orders.placed=1 unique#buyers=user-8812
#pragma once

#include <string_view>
#include <vector>

#include "messages/logplex/field_scan.hpp"
#include "messages/logplex/measured_text.hpp"
#include "messages/parsed_body.hpp"

namespace parseflow::logplex {

/// Collects the samples of lines, at most `limit` in all.
class sample_collector {
public:
  explicit sample_collector(std::size_t limit) : limit_(limit) {}

  /// Draws the samples from a line of the platform, whose text begins with `source=`. Only `sample#` counts
  /// there. True if it had at least one number. `readable` is `line.text`, in place or copied, with
  /// `field_ends::slack_bytes` of readable bytes after it.
  bool collect_platform(const log_record& line, sample_origin origin, const char* readable, field_scan scan);

  /// Draws the samples from a line of the app, in all forms of l2met. A comma may follow a pair, or stand
  /// between two.
  void collect_custom(const log_record& line);

  std::vector<sample_record>& samples() { return samples_; }

  /// How many samples were beyond `limit`, and how many values were not numbers, together.
  std::uint32_t left_out() const { return left_out_; }

private:
  bool collect_unusual_platform(const log_record& line, sample_origin origin);
  void collect_pair(const log_record& line, std::string_view key, std::string_view value, bool has_equals);
  sample_record* add(const log_record& line, sample_origin origin);
  void set_origin(std::size_t first, std::string_view source, std::string_view instance);

  std::vector<sample_record> samples_;
  std::size_t limit_;
  std::uint32_t left_out_ = 0;
  std::string_view source_; // of the line whose pairs are being collected
};

} // namespace parseflow::logplex
