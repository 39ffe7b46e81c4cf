#include "db/downsample_walk.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "db/row_mapping.hpp"

namespace parseflow::db {

namespace {

// One transaction downsamples at most this many rows; a row has some kilobytes.
constexpr std::size_t rows_per_transaction = 60;
// One step looks at up to this many spans if they hold nothing to downsample.
constexpr int spans_per_look = 24;
constexpr std::chrono::hours full_look_interval{24};
// An order that failed this often is skipped until the next full look, so that it does not block the others.
constexpr int max_tries = 3;

} // namespace

bool downsample_walk::step(rollup_table& table, timestamp now, downsampled_rows& done) {
  if (next_ == orders_.size() && !look(table, now))
    return false;
  std::size_t count = 0;
  for (std::size_t rows = 0; next_ + count < orders_.size() && rows < rows_per_transaction; ++count)
    rows += orders_[next_ + count].rows.size();
  if (count > 0 && ++tries_ <= max_tries)
    done += table.downsample(std::span(orders_).subspan(next_, count));
  next_ += count;
  tries_ = 0;
  return true;
}

// Finds the next span with something to downsample. False: nothing is left for now.
bool downsample_walk::look(rollup_table& table, timestamp now) {
  choose_beginning(now);
  const minute limit = downsample_limit(level_, now);
  for (int spans = 0; spans < spans_per_look && next_ == orders_.size(); ++spans) {
    const auto next = table.first_minute(position_);
    is_under_way_ = next && *next < limit;
    if (!is_under_way_)
      return false;
    const downsample_span span = span_of(level_, *next);
    order(table, span);
    position_ = span.end;
  }
  return true;
}

void downsample_walk::choose_beginning(timestamp now) {
  // If the clock was set back, look at once instead of waiting for it to catch up.
  const bool is_recent =
      last_full_look_ && now >= *last_full_look_ && now - *last_full_look_ < full_look_interval;
  if (is_under_way_ || is_recent)
    return;
  last_full_look_ = now;
  position_ = minute_of(storable_time(timestamp::min()));
}

// Orders the downsampling of all rows of the span except those in its first minute.
void downsample_walk::order(rollup_table& table, const downsample_span& span) {
  std::map<std::pair<std::string, std::string>, std::vector<minute>> found;
  table.each_key(span.start + std::chrono::minutes{1}, span.end,
                 [&](minute at, std::string_view app, std::string_view node) {
                   found[{std::string(app), std::string(node)}].push_back(at);
                 });
  orders_.clear();
  next_ = 0;
  for (const auto& [names, rows] : found)
    for (std::size_t first = 0; first < rows.size(); first += rows_per_transaction) {
      const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(first);
      const auto end =
          begin + static_cast<std::ptrdiff_t>(std::min(rows_per_transaction, rows.size() - first));
      orders_.push_back({span.start, names.first, names.second, {begin, end}});
    }
}

} // namespace parseflow::db
