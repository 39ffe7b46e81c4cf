#include "messages/settings/config.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include <unistd.h>

#include <caf/all.hpp>
#include <fmt/format.h>

#include "messages/cluster/type_ids.hpp"
#include "messages/error.hpp"
#include "messages/nearest_name.hpp"
#include "messages/service_log.hpp"
#include "messages/settings/config_file.hpp"
#include "messages/settings/reload.hpp"

namespace parseflow {

namespace {

const setting* find_setting(std::string_view full_name) {
  for (const auto& row : all_settings())
    if (row.full_name() == full_name)
      return &row;
  return nullptr;
}

problem unknown(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& row : all_settings())
    names.push_back(row.full_name());
  const auto nearest = nearest_name(name, names);
  return {fmt::format("unknown setting {}{}; parseflow --help lists all settings", name,
                      nearest.empty() ? "" : fmt::format(" (did you mean {}?)", nearest))};
}

problem unknown(const config_line& line) {
  if (!line.section.empty())
    return unknown(line.section + "." + line.name);
  for (const auto& row : all_settings())
    if (row.name == line.name)
      return {fmt::format("{} stands in no section (did you mean {}?): write [{}] above it", line.name,
                          row.full_name(), row.section)};
  return unknown(line.name);
}

std::optional<std::string> text_of(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::error_code ignored;
  if (!file || std::filesystem::is_directory(path, ignored)) // a folder can be opened, but not read
    return std::nullopt;
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

std::string file_variable(const setting& row) {
  return fmt::format("{}_FILE", row.details.variable);
}

// The value of a variable; null if it is not set or is empty.
const std::string* find_value(const std::map<std::string, std::string>& environment, std::string_view name) {
  const auto found = environment.find(std::string{name});
  return found == environment.end() || found->second.empty() ? nullptr : &found->second;
}

} // namespace

config::config() {
  add_message_types<caf::id_block::parseflow>();
  add_message_types<caf::id_block::parseflow_cluster>();
  add_error_category(caf::atom("parseflow"),
                     [](std::uint8_t code, caf::atom_value, const caf::message& context) {
                       std::string text{to_string(static_cast<ec>(code))};
                       if (context.match_elements<std::string>())
                         text += ": " + context.get_as<std::string>(0);
                       return text;
                     });
  // CAF's work-stealing scheduler polls. The sharing one has no wake-ups when idle, and answers server
  // threads four times as fast.
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", static_cast<std::size_t>(std::max(2U, std::thread::hardware_concurrency())));
  for (const auto& row : all_settings())
    options_.add(row.option(values_));
}

expected<> config::set_value(const setting& row, const std::string& text, std::string_view shown_as) {
  if (const auto read = read_value(row, *options_.qualified_name_lookup(row.full_name()), text); !read)
    return problem{fmt::format("{}{}", shown_as, read.error().sentence)};
  return {};
}

expected<> config::read_file(const std::string& path) {
  const auto text = text_of(path);
  if (!text)
    return problem{fmt::format("cannot read the config file {}: check the path and its permissions", path)};
  const auto parsed = parse_config_lines(*text);
  if (!parsed)
    return problem{fmt::format("{}, {}", path, parsed.error().sentence)};
  for (const auto& line : *parsed) {
    const auto name = line.section.empty() ? line.name : line.section + "." + line.name;
    const auto* row = find_setting(name);
    if (const auto set = row == nullptr ? unknown(line) : set_value(*row, line.value, name); !set)
      return problem{fmt::format("{}, line {}: {}", path, line.number, set.error().sentence)};
  }
  return {};
}

expected<> config::read_environment(const std::map<std::string, std::string>& environment) {
  for (const auto& row : all_settings()) {
    const auto variable = row.details.variable;
    if (variable.empty())
      continue;
    const auto* value = find_value(environment, variable);
    const auto* path = row.is_secret() ? find_value(environment, file_variable(row)) : nullptr;
    if (value != nullptr && path != nullptr)
      return problem{fmt::format("{0} and {0}_FILE are both set: leave one of them out", variable)};
    if (value != nullptr)
      if (auto set = set_value(row, *value, variable); !set)
        return set;
    if (path == nullptr)
      continue;
    auto text = text_of(*path);
    if (!text)
      return problem{fmt::format("cannot read the file {} of {}: check the path and its permissions", *path,
                                 file_variable(row))};
    text->erase(text->find_last_not_of("\r\n") + 1); // editors end a file with a line break
    if (text->empty())
      return problem{
          fmt::format("the file {} of {} is empty: write the secret into it", *path, file_variable(row))};
    if (auto set = set_value(row, *text, file_variable(row)); !set)
      return set;
  }
  return {};
}

expected<> config::read_argument(std::string_view name, std::optional<std::string_view> value) {
  const auto* row = find_setting(name);
  if (row == nullptr)
    return unknown(std::string{name});
  if (row->is_secret())
    return problem{fmt::format(
        "{} is a secret, and every user of this machine can read a command line: set {}, or {} to the "
        "path of a file that holds it, or write it into the file of --config",
        name, row->details.variable, file_variable(*row))};
  if (!value && row->member.form != &form_of<bool>())
    return problem{fmt::format("{} needs a value: --{}=… ({})", name, name, row->member.form->noun)};
  return set_value(*row, std::string{value.value_or("true")}, name);
}

expected<> config::read(const std::vector<std::string>& arguments,
                        const std::map<std::string, std::string>& environment) {
  std::vector<std::pair<std::string_view, std::optional<std::string_view>>> given;
  for (const std::string_view argument : arguments) {
    const auto equals = std::min(argument.find('='), argument.size());
    if (!argument.starts_with("--"))
      return problem{fmt::format("unexpected argument {}: settings are written --section.name=value",
                                 argument.substr(0, equals))}; // what follows may be a secret
    const auto name = argument.substr(2, equals - 2);
    const auto value = equals == argument.size() ? std::nullopt : std::optional{argument.substr(equals + 1)};
    if (name != "config") {
      given.emplace_back(name, value);
      continue;
    }
    if (value.value_or("").empty())
      return problem{"config needs a file: --config=FILE"};
    if (auto read = read_file(std::string{*value}); !read)
      return read;
  }
  if (auto read = read_environment(environment); !read)
    return read;
  for (const auto& [name, value] : given)
    if (auto read = read_argument(name, value); !read)
      return read;
  arguments_ = arguments;
  environment_ = environment;
  in_use_ = values_;
  return validate(values_);
}

void config::read_again(const std::function<void(const settings&)>& take) {
  config fresh;
  auto read = fresh.read(arguments_, environment_);
  settings_change change;
  if (read) {
    auto next = in_use_;
    change = take_up(next, std::move(fresh.values_));
    next.http.host = listen_address(values_.http); // it does not change, even if it follows from what does
    if (read = validate(next); read) {
      next.http.host = in_use_.http.host;
      in_use_ = std::move(next);
    } else {
      change = {};
    }
  }
  take(in_use_);
  set_log_level(in_use_.log.level);
  if (!read)
    log(log_level::error, "settings", "nothing is taken up: " + read.error().sentence);
  if (!change.taken_up.empty())
    log(log_level::info, "settings", "taken up",
        {{"settings", fmt::format("{}", fmt::join(change.taken_up, ","))}});
  if (!change.need_restart.empty())
    log(log_level::warn, "settings", "changed, but only a restart takes them up",
        {{"settings", fmt::format("{}", fmt::join(change.need_restart, ","))}});
}

std::map<std::string, std::string> process_environment() {
  std::map<std::string, std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string::npos)
      result.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return result;
}

std::string settings_help() {
  std::string text;
  std::string_view section;
  settings defaults;
  for (const auto& row : all_settings()) {
    if (row.section != section)
      text += fmt::format("\n[{}]\n", section = row.section);
    const auto shown = shown_value(row.option(defaults));
    const auto range = range_of(row);
    const auto& variable = row.details.variable;
    if (row.is_secret())
      text += fmt::format("  {}  (a secret: not on the command line)\n", row.full_name());
    else
      text += fmt::format("  --{}  (default: {}{}{})\n", row.full_name(), shown.empty() ? "empty" : shown,
                          range.empty() ? "" : "; ", range);
    text += fmt::format("      {}{}", row.text, row.details.can_reload ? "; can be reloaded" : "");
    if (row.is_secret())
      text += fmt::format(" [{}, {}]", variable, file_variable(row));
    else if (!variable.empty())
      text += fmt::format(" [{}]", variable);
    text += '\n';
  }
  return text;
}

} // namespace parseflow
