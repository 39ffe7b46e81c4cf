// What `parseflow` is asked to do: its commands, their options, and the text of `--help`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/expected.hpp"
#include "messages/registry/key.hpp"

namespace parseflow {

/// What the program does.
enum class command : std::uint8_t {
  serve,
  replay,
  journal,
  rejected,
  drains,
  keys,
  tail,
  check,
  help,
  version
};

/// `drains …`: what to do with the registry of drains.
struct drains_command {
  enum class action : std::uint8_t { list, add, rotate, remove, import };
  action what = action::list;
  /// `add`: at least one.
  std::vector<std::string> apps;
  /// `add --user`: empty lets the program choose. `rotate`, `remove`: an id or a user.
  std::string drain;
  /// `add --url`, `rotate --url`: how Heroku reaches the service, instead of http.public-url.
  std::string url;
};

/// `keys …`: what to do with the keys of readers in the registry.
struct keys_command {
  enum class action : std::uint8_t { list, add, remove, sign_out_everywhere };
  action what = action::list;
  /// `add`: its name. `remove`: an id or a name.
  std::string key;
  /// `add --role`.
  key_role role = key_role::read;
  /// `add --app`: the apps that it may see; empty: all.
  std::vector<std::string> apps;
};

/// `tail [QUERY]`: which lines of a running service to follow, and how to show them.
struct tail_command {
  static constexpr std::uint32_t max_earlier_lines = 10'000;

  std::string query, app;
  /// Of the service; empty: as the settings say.
  std::string url;
  /// Lines that have come before.
  std::uint32_t earlier_lines = 100;
  bool as_json = false;
};

/// The program's arguments.
struct command_line {
  command what = command::serve;
  /// `journal --records`: list every frame.
  bool with_records = false;
  /// `rejected --retry`: store the frames again.
  bool with_retry = false;
  drains_command drains;
  keys_command keys;
  tail_command tail;
  /// What is left, for `config::read`.
  std::vector<std::string> settings;
};

/// Reads the program's arguments, without its name. Fails if there is no such command; settings are not read.
expected<command_line> read_command_line(std::vector<std::string> arguments);

/// The text of `--help`, with all settings.
std::string usage();

/// Writes the sentence to standard error, as the last words of the program. Returns the exit status of a
/// failure.
int fail(const problem& why);

} // namespace parseflow
