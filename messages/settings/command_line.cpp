#include "messages/settings/command_line.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "messages/read_number.hpp"
#include "messages/settings/config.hpp"

namespace parseflow {

namespace {

constexpr const char* usage_text = R"(parseflow: a self-hosted service for Heroku log drains

usage: parseflow [serve] [--config=FILE] [--section.name=value ...]
       parseflow replay [settings as above]
       parseflow journal [--records] [settings as above]
       parseflow rejected [--retry] [settings as above]
       parseflow drains [list | import] [settings as above]
       parseflow drains add APP… [--user=NAME] [--url=URL] [settings as above]
       parseflow drains rotate | remove DRAIN [--url=URL] [settings as above]
       parseflow keys [list | sign-out-everywhere] [settings as above]
       parseflow keys add NAME [--role=read|admin] [--app=APP ...] [settings as above]
       parseflow keys remove KEY [settings as above]
       parseflow tail [QUERY] [--app=NAME] [--lines=N] [--json] [--url=URL] [settings as above]
       parseflow check [settings as above]
       parseflow --help | --version

`replay` stores what the journal still holds, takes nothing in, and ends when the database has everything.
`journal` lists what the journal's files hold, with --records every frame; it only reads.
`rejected` lists the frames that the database refused, with --retry it gives them to the database again.
`drains` shows who may post, and when each came last. `add` registers a drain for one or more apps and prints the commands
by which Heroku gets it, with a new password that is shown only once; `rotate` gives a drain (by its id or user) a second
password, and a third time drops the oldest; `remove` takes it out; `import` takes the entries of PARSEFLOW_DRAINS over.
`keys` shows who may read metrics and page, and when each key was used last. `add` makes a key and prints it, which is the
only time that it is shown: it reads, everything or only the apps that are named, or may change the registry as well
(--role=admin); `remove` takes it out (by its id or name), with its sessions; `sign-out-everywhere` ends all sessions.
For drains and keys the service may run or not; a running one follows within seconds, on every node.
`tail` follows the lines of a running service, of those that match the query: timeout -health (status:5xx OR severity:error).
It begins with the last 100 or N lines. The service is where the settings say, or at the URL; the key is METRICS_API_KEY.
`check` reads the settings and tells where the service would listen; it starts nothing.

The command line wins over the environment (the names in brackets), the environment over the file.
A file has sections and lines such as

  # where it listens
  [http]
  port = 5000

Secrets do not stand on the command line, which every user of the machine can read, but in the environment, in the file,
or in a file of their own that the environment names: METRICS_API_KEY_FILE=/run/secrets/api-key

settings:
)";

constexpr std::array<std::pair<std::string_view, command>, 10> commands{{
    {"serve", command::serve},
    {"replay", command::replay},
    {"journal", command::journal},
    {"rejected", command::rejected},
    {"drains", command::drains},
    {"keys", command::keys},
    {"tail", command::tail},
    {"check", command::check},
    {"help", command::help},
    {"version", command::version},
}};

expected<command> command_from(std::string_view word) {
  const auto* const found = std::find_if(commands.begin(), commands.end(),
                                         [word](const auto& known) { return known.first == word; });
  if (found != commands.end())
    return found->second;
  if (word == "drain")
    return problem{"the command drain is called replay now: parseflow replay"};
  return problem{fmt::format("there is no command {}; parseflow --help lists all", word)};
}

// Takes the value of `--name=VALUE` or `--name VALUE` out of the arguments; nothing if it is not there.
std::optional<std::string> take_option(std::vector<std::string>& arguments, const std::string& name) {
  for (auto at = arguments.begin(); at != arguments.end(); ++at) {
    const bool has_value = at->starts_with(name + "=");
    if (!has_value && (*at != name || at + 1 == arguments.end()))
      continue;
    auto value = has_value ? at->substr(name.size() + 1) : *(at + 1);
    arguments.erase(at, at + (has_value ? 1 : 2));
    return value;
  }
  return std::nullopt;
}

// Takes the words before the first option out of the arguments.
std::vector<std::string> take_words(std::vector<std::string>& arguments) {
  std::vector<std::string> words;
  while (!arguments.empty() && !arguments.front().starts_with("-")) {
    words.push_back(std::move(arguments.front()));
    arguments.erase(arguments.begin());
  }
  return words;
}

// Takes the words of `drains` out of the arguments, and leaves the settings.
expected<drains_command> take_drains_command(std::vector<std::string>& arguments) {
  using action = drains_command::action;
  drains_command result;
  result.drain = take_option(arguments, "--user").value_or("");
  result.url = take_option(arguments, "--url").value_or("");
  auto words = take_words(arguments);
  if (words.empty())
    return result;
  const auto verb = words.front();
  words.erase(words.begin());
  if (verb == "add") {
    result.what = action::add;
    if (words.empty())
      return problem{"drains add needs an app: parseflow drains add APP"};
    result.apps = std::move(words);
    return result;
  }
  if (!result.drain.empty())
    return problem{fmt::format("--user belongs to parseflow drains add, not to {}", verb)};
  if (verb == "rotate" || verb == "remove") {
    result.what = verb == "rotate" ? action::rotate : action::remove;
    if (words.size() != 1)
      return problem{
          fmt::format("drains {0} needs one drain, by its id or its user: parseflow drains {0} ID; "
                      "parseflow drains list shows all",
                      verb)};
    result.drain = std::move(words.front());
    return result;
  }
  if ((verb != "list" && verb != "import") || !words.empty())
    return problem{fmt::format("parseflow drains has list, add, rotate, remove and import, not {}",
                               words.empty() ? verb : fmt::format("{} {}", verb, words.front()))};
  result.what = verb == "list" ? action::list : action::import;
  return result;
}

// Takes the words of `keys` out of the arguments, and leaves the settings.
expected<keys_command> take_keys_command(std::vector<std::string>& arguments) {
  using action = keys_command::action;
  keys_command result;
  const auto role = take_option(arguments, "--role");
  while (auto app = take_option(arguments, "--app"))
    result.apps.push_back(*std::move(app));
  auto words = take_words(arguments);
  const auto verb = words.empty() ? std::string{"list"} : words.front();
  if (verb != "add" && (role || !result.apps.empty()))
    return problem{fmt::format("--role and --app belong to parseflow keys add, not to {}", verb)};
  if (verb == "add" || verb == "remove") {
    if (words.size() != 2)
      return problem{verb == "add" ? "keys add needs one name: parseflow keys add NAME"
                                   : "keys remove needs one key, by its id or its name: parseflow keys "
                                     "remove KEY; parseflow keys list shows all"};
    result.what = verb == "add" ? action::add : action::remove;
    result.key = std::move(words.back());
    if (!role)
      return result;
    const auto known = key_role_from(*role);
    if (!known)
      return problem{fmt::format("--role is read or admin, not {}", *role)};
    result.role = *known;
    return result;
  }
  if ((verb != "list" && verb != "sign-out-everywhere") || words.size() > 1)
    return problem{fmt::format("parseflow keys has list, add, remove and sign-out-everywhere, not {}",
                               fmt::join(words, " "))};
  result.what = verb == "list" ? action::list : action::sign_out_everywhere;
  return result;
}

// Takes the words of `tail` out of the arguments, and leaves the settings. A word may begin with one dash.
expected<tail_command> take_tail_command(std::vector<std::string>& arguments) {
  tail_command result;
  result.app = take_option(arguments, "--app").value_or("");
  result.url = take_option(arguments, "--url").value_or("");
  if (const auto lines = take_option(arguments, "--lines")) {
    const auto number = read_number<std::uint32_t>(*lines);
    if (!number || *number > tail_command::max_earlier_lines)
      return problem{fmt::format("--lines must be a number from 0 to {}, not {}",
                                 tail_command::max_earlier_lines, *lines)};
    result.earlier_lines = *number;
  }
  result.as_json = std::erase(arguments, "--json") > 0;
  std::vector<std::string> left;
  for (auto& argument : arguments)
    if (argument.starts_with("--") || argument == "-h")
      left.push_back(std::move(argument));
    else
      result.query.append(result.query.empty() ? "" : " ").append(argument);
  arguments = std::move(left);
  return result;
}

} // namespace

expected<command_line> read_command_line(std::vector<std::string> arguments) {
  command_line result;
  if (!arguments.empty() && !arguments.front().starts_with("-")) {
    const auto what = command_from(arguments.front());
    if (!what)
      return what.error();
    result.what = *what;
    arguments.erase(arguments.begin());
  }
  if (result.what == command::drains) {
    auto drains = take_drains_command(arguments);
    if (!drains)
      return drains.error();
    result.drains = *std::move(drains);
  }
  if (result.what == command::keys) {
    auto keys = take_keys_command(arguments);
    if (!keys)
      return keys.error();
    result.keys = *std::move(keys);
  }
  if (result.what == command::tail) {
    auto tail = take_tail_command(arguments);
    if (!tail)
      return tail.error();
    result.tail = *std::move(tail);
  }
  result.with_records = result.what == command::journal && std::erase(arguments, "--records") > 0;
  result.with_retry = result.what == command::rejected && std::erase(arguments, "--retry") > 0;
  const auto asks = std::find_if(arguments.begin(), arguments.end(), [](const std::string& argument) {
    return argument == "--help" || argument == "-h" || argument == "--version";
  });
  if (asks != arguments.end() && result.what != command::help && result.what != command::version)
    result.what = *asks == "--version" ? command::version : command::help;
  result.settings = std::move(arguments);
  return result;
}

std::string usage() {
  return usage_text + settings_help();
}

int fail(const problem& why) {
  std::fprintf(stderr, "parseflow: %s\n", why.sentence.c_str());
  return EXIT_FAILURE;
}

} // namespace parseflow
