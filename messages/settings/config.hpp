// Settings from the command line, the environment and a file, through CAF's own configuration.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <caf/actor_system_config.hpp>
#include <caf/config_option_set.hpp>

#include "messages/expected.hpp"
#include "messages/settings/setting.hpp"

namespace parseflow {

/// The actor system's configuration and the service's settings, in one. The command line wins over the
/// environment, the environment over the file, the file over the defaults.
class config : public caf::actor_system_config {
public:
  config();

  /// Reads everything. Fails with the first problem, which names the setting and says what would be right.
  /// Call once.
  /// @param arguments Without the program's name: `--section.name=value` each; `--config=PATH` names the
  /// file. A secret is refused here: every user of the machine sees the arguments.
  /// @param environment The variables that settings name are read, and for a secret also `VARIABLE_FILE`,
  /// which names a file that holds it.
  expected<> read(const std::vector<std::string>& arguments,
                  const std::map<std::string, std::string>& environment);

  /// The settings as `read` found them.
  const settings& values() const { return values_; }

  /// Reads everything once more from the same places, and calls `take` with the settings that a running
  /// service is to use: those of `read`, but for changed ones that can be reloaded. Then logs what was taken up
  /// and what needs a restart; takes up the log's level itself. If something is wrong, also with what is taken
  /// up beside what is not, logs what, and nothing changes.
  void read_again(const std::function<void(const settings&)>& take);

private:
  expected<> read_file(const std::string& path);
  expected<> read_environment(const std::map<std::string, std::string>& environment);
  expected<> read_argument(std::string_view name, std::optional<std::string_view> value);
  expected<> set_value(const setting& row, const std::string& text, std::string_view shown_as);

  // CAF's own options are not offered: every setting here is one of ours.
  caf::config_option_set options_;
  settings values_;
  // For `read_again`.
  std::vector<std::string> arguments_;
  std::map<std::string, std::string> environment_;
  settings in_use_;
};

/// The environment of this process, for `config::read`.
std::map<std::string, std::string> process_environment();

/// All settings with default, bounds and meaning, for `--help` and docs/settings.md.
std::string settings_help();

} // namespace parseflow
