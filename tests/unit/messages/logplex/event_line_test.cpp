// Events that the platform reports.
#include "messages/logplex/event_line.hpp"

#include <doctest/doctest.h>

#include <string>

namespace parseflow::logplex {
namespace {

log_record event(void (*read)(log_record&), std::string_view text) {
  log_record line;
  line.text = text;
  read(line);
  return line;
}

log_record dyno(std::string_view text) {
  return event(read_dyno_event, text);
}
log_record api(std::string_view text) {
  return event(read_api_event, text);
}
log_record logging(std::string_view text) {
  return event(read_logging_event, text);
}

TEST_CASE("dyno event: states") {
  CHECK(dyno("State changed from starting to crashed").kind == line_kind::state_change);
  CHECK(dyno("State changed from starting to crashed").subject == "crashed");
  CHECK(dyno("State changed from starting to crashed").level == severity::error);
  CHECK(dyno("State changed from up to something new").subject == "something new");
  CHECK(dyno("State changed from up").subject.empty());
}

TEST_CASE("dyno event: commands, also with backticks, with a user, and in the old form") {
  CHECK(dyno("Starting process with command `bin/worker`").subject == "bin/worker");
  CHECK(dyno("Starting process with command `echo `date``").subject == "echo `date`");
  CHECK(dyno("Starting process with command `bash` by user dev@example.com").subject == "bash");
  CHECK(dyno("Starting process with command: `bin/web`").subject == "bin/web");
  CHECK(dyno("Starting process with command").subject.empty());
  CHECK(dyno("Starting process with command `").kind == line_kind::process_start);
}

TEST_CASE("dyno event: exits with and without a status") {
  CHECK(dyno("Process exited with status 0").number == 0);
  CHECK(dyno("Process exited with status 143").number == 143);
  CHECK(dyno("Process exited").kind == line_kind::process_exit);
  CHECK(dyno("Process exited").number == log_record::no_number);
  CHECK(dyno("Process exited with status x").number == log_record::no_number);
}

TEST_CASE("dyno event: signals and memory, in both units") {
  CHECK(dyno("Stopping all processes with SIGTERM").subject == "SIGTERM");
  CHECK(dyno("Stopping process with SIGKILL").subject == "SIGKILL");
  CHECK(dyno("Process running mem=1028MB(103.3%)").number == 1028);
  CHECK(dyno("Process running mem=547M(106.8%)").number == 547);
  CHECK(dyno("Process running mem=547M(106.8%)").kind == line_kind::memory_use);
}

TEST_CASE("dyno event: R codes are read by digits") {
  for (const std::string_view text :
       {"Error R10 (Boot timeout) -> Web process failed to bind", "Error R10 (Boot timeout)"}) {
    CHECK(dyno(text).kind == line_kind::dyno_error);
    CHECK(dyno(text).code == "R10");
    CHECK(dyno(text).subject == "Boot timeout");
    CHECK(dyno(text).level == severity::error);
  }
  CHECK(dyno("Error R7 (x)").code == "R7");
  CHECK(dyno("Error R107").code == "R107");
  CHECK(dyno("Error R").kind == line_kind::dyno_other);
  CHECK(dyno("Error Rx").kind == line_kind::dyno_other);
  CHECK(dyno("Error X10").kind == line_kind::dyno_other);
}

TEST_CASE("dyno event: anything else is kept as such") {
  for (const std::string_view text : {"", "Cycling", "Idling", "Awaiting client"})
    CHECK(dyno(text).kind == line_kind::dyno_other);
}

TEST_CASE("API event: kinds and subjects") {
  const auto check = [](std::string_view text, line_kind kind, std::string_view subject) {
    CAPTURE(text);
    CHECK(api(text).kind == kind);
    CHECK(api(text).subject == subject);
  };
  check("Release v87 created by user dev@example.com", line_kind::release, "v87");
  check("Running release v87 commands by user dev@example.com", line_kind::api_other, "");
  check("Deploy 4c1e9ab2 by user dev@example.com", line_kind::deploy, "4c1e9ab2");
  check("Build started by user dev@example.com", line_kind::build, "started");
  check("Build succeeded", line_kind::build, "succeeded");
  check("Build failed", line_kind::build, "failed");
  check("Scaled to web@3:Standard-2X worker@1:Standard-1X by user dev@example.com", line_kind::scale,
        "web@3:Standard-2X worker@1:Standard-1X");
  check("Set A, B config vars by user dev@example.com", line_kind::config, "A, B");
  check("Remove A config vars by user dev@example.com", line_kind::config, "A");
  check("Attach DATABASE (@ref:postgresql-x-1) by user dev@example.com", line_kind::addon_change, "DATABASE");
  check("@ref:postgresql-x-1 completed provisioning, setting DATABASE_URL.", line_kind::addon_change,
        "postgresql-x-1");
  check("Set something else", line_kind::api_other, "");
  check("Enable Logplex by user dev@example.com", line_kind::api_other, "");
  check("", line_kind::api_other, "");
  CHECK(api("Build failed").level == severity::error);
}

TEST_CASE("API event: one change is one release, however many lines report it") {
  for (const std::string_view text :
       {"Rollback to v7 by user dev@example.com", "Enable Logplex by user dev@example.com",
        "Initial release by user dev@example.com", "Release v9 failed", "Release command executing",
        "Set A config vars by user dev@example.com"}) {
    CAPTURE(text);
    CHECK(api(text).kind != line_kind::release);
  }
  CHECK(api("Rollback to v7 by user dev@example.com").subject == "v7");
  CHECK(api("Release v9 created by user dev@example.com").kind == line_kind::release);
}

TEST_CASE("API event: the older forms, without the word user") {
  CHECK(api("Release v9 created by dev@example.com").kind == line_kind::release);
  CHECK(api("Deploy ea2d751 by dev@example.com").subject == "ea2d751");
  CHECK(api("Scale to web=2 by dev@example.com").kind == line_kind::scale);
  CHECK(api("Scale to web=2 by dev@example.com").subject == "web=2");
}

TEST_CASE("API event: changes of add-ons, also as the add-on reports them") {
  CHECK(api("Detach TEAL (@ref:postgresql-x-1) by user dev@example.com").subject == "TEAL");
  CHECK(event(read_addon_event, "Update DATABASE by user dev@example.com").kind == line_kind::addon_change);
  CHECK(event(read_addon_event, "Update DATABASE by user dev@example.com").subject == "DATABASE");
  CHECK(event(read_addon_event, "Maintenance begins").kind == line_kind::text);
}

TEST_CASE("events: blanks around the text change nothing") {
  for (const std::string_view end : {" ", "  ", "\t", "\r", " \r"}) {
    const std::string crashed = "State changed from up to crashed" + std::string(end);
    CHECK(dyno(crashed).subject == "crashed");
    CHECK(dyno(crashed).level == severity::error);
    CHECK(dyno(" " + crashed).kind == line_kind::state_change);
    const std::string exited = "Process exited with status 137" + std::string(end);
    CHECK(dyno(exited).number == 137);
    const std::string stopped = "Stopping all processes with SIGTERM" + std::string(end);
    CHECK(dyno(stopped).subject == "SIGTERM");
    const std::string build = "Build failed" + std::string(end);
    CHECK(api(build).level == severity::error);
    const std::string lost = "Error L12: 222 messages" + std::string(end);
    CHECK(logging(lost).number == 222);
  }
}

TEST_CASE("logging event: losses in all wordings") {
  const auto check = [](std::string_view text, std::string_view code, std::int64_t lost) {
    CAPTURE(text);
    CHECK(logging(text).kind == line_kind::loss);
    CHECK(logging(text).code == code);
    CHECK(logging(text).number == lost);
    CHECK(logging(text).level == severity::warning);
  };
  check("Error L10 (output buffer overflow): 317 messages dropped since 2026-03-02T14:06:58+00:00.", "L10",
        317);
  check("Error L10 (output buffer overflow): drain 'd.1234' dropped 12 messages since "
        "2026-03-02T14:06:58.5+00:00",
        "L10", 12);
  check("Error L11 (Tail buffer overflow) -> This tail session dropped 5 messages since "
        "2026-03-02T14:06:58+00:00.",
        "L11", 5);
  check("Error L12: 222 messages dropped since 2026-03-02T14:06:58.125756+00:00", "L12", 222);
  check("Error L10 (output buffer overflow): drain 'd.437d5ca9' dropped 7 messages", "L10", 7);
  check("Error L13: 1 messages lost since 2026-03-02T14:06:58+00:00", "L13", 1);
}

TEST_CASE("logging event: other codes, and no code") {
  CHECK(logging("Error L14 (certificate validation): error=\"x\" uri=\"y\"").kind ==
        line_kind::logging_error);
  CHECK(logging("Error L14 (certificate validation): error=\"x\"").subject == "certificate validation");
  CHECK(logging("Error L10 (output buffer overflow): many messages dropped").kind ==
        line_kind::logging_error);
  CHECK(logging("Error L10").number == log_record::no_number);
  CHECK(logging("hello").kind == line_kind::text);
}

} // namespace
} // namespace parseflow::logplex
