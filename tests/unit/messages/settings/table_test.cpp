// What holds for every setting: a new one is checked as soon as it has a row.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include <unistd.h>

#include <doctest/doctest.h>

#include "messages/answer_timeouts.hpp"
#include "messages/settings/config.hpp"
#include "tests/support/problem_in.hpp"

namespace table_test {

using namespace parseflow;

namespace {

std::string default_of(const setting& row) {
  settings defaults;
  return shown_value(row.option(defaults));
}

bool is_text(const setting& row) {
  settings defaults;
  return row.option(defaults).type_name() == "string";
}

} // namespace

TEST_CASE("settings table: each has a name of its own, a member of its own and a text") {
  std::set<std::string> names;
  std::set<void*> members;
  settings all;
  for (const auto& row : all_settings()) {
    CAPTURE(row.full_name());
    CHECK(names.insert(row.full_name()).second);
    CHECK(members.insert(row.member.in(all)).second);
    CHECK(row.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos);
    CHECK(row.text.size() > 15);
    CHECK_FALSE(row.text.ends_with('.'));
  }
}

TEST_CASE("settings table: each stands in the help once, with its text, its default and its variable") {
  const auto help = settings_help();
  for (const auto& row : all_settings()) {
    CAPTURE(row.full_name());
    const auto name = (row.is_secret() ? "\n  " : "\n  --") + row.full_name() + "  (";
    const auto at = help.find(name);
    REQUIRE(at != std::string::npos);
    CHECK(at == help.rfind(name));
    const auto entry = help.substr(at, help.find("\n  -", at + 1) - at);
    CHECK(entry.find(row.text) != std::string::npos);
    CHECK(entry.find(row.details.variable) != std::string::npos);
    if (!row.is_secret() && !default_of(row).empty())
      CHECK(entry.find("(default: " + default_of(row)) != std::string::npos);
  }
}

TEST_CASE("settings table: each default is within its bounds, and reads as itself from a file") {
  std::string text;
  for (const auto& row : all_settings())
    text +=
        "[" + std::string{row.section} + "]\n" + std::string{row.name} + " = \"" + default_of(row) + "\"\n";
  const auto path = std::filesystem::temp_directory_path() / ("parseflow_table_" + std::to_string(getpid()));
  std::ofstream{path} << text;
  config c;
  CHECK(problem_in(c.read({"--config=" + path.string()}, {})) == "");
  std::filesystem::remove(path);
  auto found = c.values();
  for (const auto& row : all_settings())
    CHECK_MESSAGE(shown_value(row.option(found)) == default_of(row), row.full_name());
  CHECK(found.alerts.rules == settings{}.alerts.rules);
  CHECK(found.storage.url.empty());
  CHECK(found.http.drains.empty());
}

TEST_CASE("settings table: a value at a bound is taken, and text is no number") {
  for (const auto& row : all_settings()) {
    CAPTURE(row.full_name());
    settings scratch;
    const auto option = row.option(scratch);
    for (const auto bound : {row.details.least, row.details.most, row.details.also})
      if (!bound.empty()) {
        CHECK(problem_in(read_value(row, option, std::string{bound})) == "");
        CHECK_FALSE(is_text(row));
      }
    if (!is_text(row))
      CHECK(problem_in(read_value(row, option, "some text")).starts_with(" must be "));
  }
}

TEST_CASE("settings table: a value beyond a bound is refused with both bounds") {
  const auto wrong = [](std::string_view name, const std::string& value) {
    settings scratch;
    const auto& rows = all_settings();
    const auto row =
        std::find_if(rows.begin(), rows.end(), [&](const auto& r) { return r.full_name() == name; });
    REQUIRE(row != rows.end());
    return row->full_name() + problem_in(read_value(*row, row->option(scratch), value));
  };
  CHECK(wrong("http.max-body-bytes", "1023") ==
        "http.max-body-bytes must be between 1024 and 1073741824, not \"1023\"");
  CHECK(wrong("http.read-timeout", "999ms") == "http.read-timeout must be at least 1s, not \"999ms\"");
  CHECK(wrong("parser.count", "257") == "parser.count must be at most 256, not \"257\"");
  CHECK(wrong("journal.keep-stored", "86401s") ==
        "journal.keep-stored must be between 0 and 24h, not \"86401s\"");
  CHECK(wrong("storage.batch-lines", "0") == "storage.batch-lines must be at least 1, not \"0\"");
  for (const auto* name :
       {"requests", "log-lines", "samples", "rollups", "rejected-frames", "frames", "alerts"})
    for (const auto* age : {"59min", "1s", "-1s"})
      CHECK(wrong(std::string{"retention."} + name, age) == std::string{"retention."} + name +
                                                                " must be at least 1h, or 0, not \"" + age +
                                                                "\": 0 keeps the rows for ever");
}

TEST_CASE("settings table: the peers' answers come before a request gives up") {
  for (const auto& row : all_settings())
    if (row.full_name() == "cluster.answer-timeout") {
      settings scratch;
      CHECK(problem_in(read_value(row, row.option(scratch), std::string{row.details.most})) == "");
      CHECK(scratch.cluster.answer_timeout == answer_timeouts::longest_of_peers);
    }
}

TEST_CASE("settings table: texts of a form of their own are refused in any other") {
  const auto wrong = [](std::string_view name, const std::string& value) {
    settings scratch;
    for (const auto& row : all_settings())
      if (row.full_name() == name)
        return problem_in(read_value(row, row.option(scratch), value));
    return std::string{"no such setting"};
  };
  CHECK(wrong("storage.url", "mysql://x") == " must begin with sqlite: or postgres://");
  CHECK(wrong("storage.url", "sqlite:") == " names no file: write sqlite:PATH");
  CHECK(wrong("storage.url", "postgresql://h/d") == "");
  CHECK(wrong("storage.directory", "") == " must name a folder");
  CHECK(wrong("storage.node", "") == " must be a name of 1 to 64 characters");
  CHECK(wrong("storage.node", std::string(65, 'n')) == " must be a name of 1 to 64 characters");
  CHECK(wrong("cluster.listen", "10.0.0.3") == " must have the form HOST:PORT, not \"10.0.0.3\"");
  CHECK(wrong("cluster.peers", "10.0.0.2:7100, 10.0.0.3") ==
        " must be HOST:PORT entries separated by commas, not \"10.0.0.3\"");
  CHECK(wrong("log.level", "loud") == " must be debug, info, warn or error, not \"loud\"");
  for (const auto* url :
       {"hooks.example.com/x", "ftp://h/x", "https://", "https:///x", "https://u:p@h/x", "https://h/a b",
        "http://:80/x", "https://h:0/x", "https://h:65536/x", "https://::1/x"})
    CHECK(wrong("alerts.webhook-url", url).starts_with(" must have the form https://HOST"));
}

TEST_CASE("settings table: a secret has a variable, and what it holds is never shown") {
  for (const auto& row : all_settings()) {
    if (!row.is_secret())
      continue;
    CAPTURE(row.full_name());
    CHECK_FALSE(row.details.variable.empty());
    settings all;
    all.http.api_key = all.storage.url = all.alerts.webhook_url = secret{"hunter2"};
    all.http.drains = {{"hunter2", "hunter2", secret{"hunter2"}}};
    CHECK(shown_value(row.option(all)) == "");
  }
}

TEST_CASE("settings table: what is opened at the start is not taken up again") {
  for (const auto& row : all_settings())
    if (row.section == "storage" || row.section == "journal" || row.section == "receiver" ||
        row.section == "parser")
      CHECK_MESSAGE(!row.details.can_reload, row.full_name());
}

} // namespace table_test
