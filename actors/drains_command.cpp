#include "actors/drains_command.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "actors/drain_changes.hpp"
#include "actors/list_text.hpp"
#include "messages/registry/drain_line.hpp"
#include "messages/system_time.hpp"

namespace parseflow::actors {

namespace {

using action = drains_command::action;

std::string passwords_text(const drain_report& one) {
  if (one.is_of_environment)
    return "in PARSEFLOW_DRAINS";
  std::string text;
  const auto& passwords = one.drain.passwords;
  for (std::size_t i = 0; i < passwords.size(); ++i)
    text += fmt::format("{}{}last used {}", text.empty() ? "" : ", ",
                        passwords.size() == 1 ? "" : (i == 0 ? "old " : "new "),
                        time_or_never(passwords[i].last_used));
  return text;
}

std::string list_text(const drain_reports& reports) {
  if (reports.all.empty())
    return "no drain is registered: parseflow drains add APP registers one\n";
  std::size_t user_width = 4, apps_width = 4;
  for (const auto& one : reports.all) {
    user_width = std::max(user_width, one.drain.user.size());
    apps_width = std::max(apps_width, fmt::format("{}", fmt::join(one.drain.apps, ",")).size());
  }
  std::string text = fmt::format("{:<16}  {:<{}}  {:<{}}  {:<20}  {:>9}  {:>6}  {}\n", "drain", "user",
                                 user_width, "apps", apps_width, "last seen", "lines/s", "lost", "password");
  for (const auto& one : reports.all)
    text += fmt::format("{:<16}  {:<{}}  {:<{}}  {:<20}  {:>9.2f}  {:>6}  {}\n", one.drain.id, one.drain.user,
                        user_width, fmt::format("{}", fmt::join(one.drain.apps, ",")), apps_width,
                        time_or_never(one.last_seen), one.lines_per_second, one.lost, passwords_text(one));
  return text + "lines/s and lost lines are those of the last hour\n";
}

expected<std::string> list(db::registry_store& registry, const std::vector<environment_drain>& environment) {
  drain_reports found;
  if (auto read = report_drains(registry, environment, found); read.code != db::outcome::done)
    return problem{std::move(read.message)};
  return list_text(found);
}

expected<std::string> import(db::registry_store& registry,
                             const std::vector<environment_drain>& environment) {
  if (environment.empty())
    return problem{"there is nothing to import: PARSEFLOW_DRAINS is empty"};
  registry_copy all;
  if (auto read = registry.read(all); read.code != db::outcome::done)
    return problem{std::move(read.message)};
  std::string text;
  for (const auto& entry : environment) {
    if (find_drain(all, entry.id) != nullptr) {
      text += fmt::format("{} {} was imported before\n", entry.id, entry.user);
      continue;
    }
    if (auto done = import_drain(registry, entry).done(); !done)
      return problem{fmt::format("{} of {}: {}", entry.user, entry.apps.front(), done.error().sentence)};
    text += fmt::format("{} {} is imported\n", entry.id, entry.user);
  }
  return text + "when every node follows, the entries can be taken out of PARSEFLOW_DRAINS\n";
}

// The address for the printed commands, found before anything is changed.
expected<std::string> address(const settings& values, const drains_command& asked) {
  const auto& url = asked.url.empty() ? values.http.public_url : asked.url;
  if (url.empty())
    return problem{"say how Heroku reaches the service: --url=https://HOST, or the setting http.public-url"};
  if (auto valid = check_public_url(url); !valid)
    return problem{"--url" + valid.error().sentence};
  return url;
}

} // namespace

expected<std::string> run_drains(const settings& values, const drains_command& asked) {
  std::string url;
  if (asked.what == action::add || asked.what == action::rotate) {
    auto found = address(values, asked);
    if (!found)
      return found.error();
    url = *std::move(found);
  }
  const auto opened =
      db::open_registry_store(values.storage, asked.what == action::add || asked.what == action::import);
  if (!opened)
    return opened.error();
  auto& registry = **opened;
  const auto environment = environment_drains(values.http.drains);
  if (asked.what == action::list)
    return list(registry, environment);
  if (asked.what == action::import)
    return import(registry, environment);
  const auto change = asked.what == action::add      ? add_drain(registry, asked.apps, asked.drain)
                      : asked.what == action::rotate ? rotate_drain(registry, asked.drain)
                                                     : remove_drain(registry, asked.drain);
  if (auto done = change.done(); !done)
    return done.error();
  if (asked.what == action::remove)
    return fmt::format("{} {} is removed\n", change.drain.id, change.drain.user);
  return drain_lines(change.drain, change.password, url);
}

} // namespace parseflow::actors
