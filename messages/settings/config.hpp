// Settings from the command line, the environment and a file, through CAF's own configuration.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <caf/actor_system_config.hpp>
#include <caf/config_option_set.hpp>

#include "messages/settings/settings.hpp"

namespace parseflow {

/// The actor system's configuration and the service's settings, in one. The command line wins over the
/// environment, the environment over the file, the file over the defaults.
class config : public caf::actor_system_config {
public:
  config();

  /// Reads everything. Returns the first thing that is wrong, as a sentence that says which setting and what
  /// would be right. Call once.
  /// @param arguments Without the program's name: `--section.name=value` each; `--config=PATH` names the
  /// file.
  /// @param environment `PORT`, `DATABASE_URL`, `METRICS_API_KEY`, `PARSEFLOW_DRAINS` and
  /// `PARSEFLOW_WEBHOOK_URL` are looked at.
  std::optional<std::string> read(const std::vector<std::string>& arguments,
                                  const std::map<std::string, std::string>& environment);

  /// What `read` found.
  const settings& values() const { return values_; }

  /// All settings with type, default and meaning, for `--help` and docs/settings.md. Call before `read`.
  std::string help() const;

private:
  std::optional<std::string> read_file(const std::string& path);
  std::optional<std::string> set_option(const std::string& name, const std::string& value,
                                        const std::string& shown_as);
  std::string unknown(const std::string& name) const;

  // CAF's own options are not offered: every setting here is one of ours.
  caf::config_option_set options_;
  settings values_;
  // What CAF cannot write into `values_` itself.
  std::string alert_rules_;
  std::string api_key_;
  std::string drains_;
  std::string peers_;
  std::string redacted_keys_;
  std::string url_;
  std::string webhook_url_;
  caf::timespan keep_alive_, read_timeout_, hold_, keep_stored_, journal_id_age_, batch_interval_, silence_,
      answer_deadline_;
  struct {
    caf::timespan requests, log_lines, samples, rollups, rejected_frames, frames, alerts;
  } retention_;
};

} // namespace parseflow
