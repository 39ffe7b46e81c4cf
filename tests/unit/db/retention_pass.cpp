#include "tests/unit/db/retention_pass.hpp"

#include <fmt/format.h>

#include "tests/unit/db/batches.hpp"

namespace parseflow {

retention_pass run_pass(db::retention& rows, timestamp now) {
  retention_pass pass;
  for (bool is_over = false; !is_over && pass.outcome.code == db::outcome::done;) {
    db::retention_step step = rows.step({now});
    for (std::size_t i = 0; i < pass.rows.size(); ++i)
      pass.rows[i] += step.rows[i];
    pass.partitions.insert(pass.partitions.end(), step.partitions.begin(), step.partitions.end());
    pass.downsampled += step.downsampled;
    ++pass.steps;
    pass.outcome = std::move(step.outcome);
    is_over = step.is_pass_over;
  }
  return pass;
}

retention_settings keep_all_for(std::chrono::seconds age) {
  return {age, age, age, age, age, age, age};
}

std::string date_text(timestamp at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}+00:00", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

batch_ptr lines_at(timestamp at, int count, timestamp received_at, const std::string& text) {
  return make_batch({.received_at = received_at}, std::vector<std::string>(static_cast<std::size_t>(count),
                                                                           app_message(text, date_text(at))));
}

} // namespace parseflow
