#include "actors/data_commands.hpp"

#include "actors/drains_command.hpp"
#include "actors/keys_command.hpp"
#include "actors/rejected_frames.hpp"
#include "db/journal/inspect.hpp"

namespace parseflow::actors {

namespace {

command_report report_of(expected<std::string>&& text) {
  if (!text)
    return {{}, std::move(text.error())};
  return {*std::move(text), {}};
}

} // namespace

command_report run_data_command(const command_line& line, const settings& values) {
  switch (line.what) {
  case command::journal:
    return report_of(db::inspect_journal(values, line.with_records));
  case command::rejected:
    return run_rejected(values, line.with_retry);
  case command::drains:
    return report_of(run_drains(values, line.drains));
  case command::keys:
    return report_of(run_keys(values, line.keys));
  default:
    return {};
  }
}

} // namespace parseflow::actors
