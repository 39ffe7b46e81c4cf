#include "messages/settings/command_line.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "messages/settings/config.hpp"

namespace parseflow {

namespace {

constexpr const char* usage_text = R"(parseflow: a self-hosted service for Heroku log drains

usage: parseflow [serve] [--config=FILE] [--section.name=value ...]
       parseflow replay [settings as above]
       parseflow journal [--records] [settings as above]
       parseflow rejected [--retry] [settings as above]
       parseflow check [settings as above]
       parseflow --help | --version

`replay` stores what the journal still holds, takes nothing in, and ends when the database has everything.
`journal` lists what the journal's files hold, with --records every frame; it only reads.
`rejected` lists the frames that the database refused, with --retry it gives them to the database again.
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

constexpr std::array<std::pair<std::string_view, command>, 7> commands{{
    {"serve", command::serve},
    {"replay", command::replay},
    {"journal", command::journal},
    {"rejected", command::rejected},
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
