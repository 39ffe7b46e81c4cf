// What reaches standard error.
#include <cstdio>
#include <string>

#include <fcntl.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "messages/service_log.hpp"

using namespace parseflow;

namespace {

// Everything that `action` writes to standard error.
template <class Action>
std::string captured(Action action) {
  char path[] = "/tmp/parseflow_log_XXXXXX";
  const int file = mkstemp(path);
  const int original = dup(STDERR_FILENO);
  dup2(file, STDERR_FILENO);
  action();
  dup2(original, STDERR_FILENO);
  std::string text(4096, '\0');
  text.resize(static_cast<std::size_t>(pread(file, text.data(), text.size(), 0)));
  close(original);
  close(file);
  unlink(path);
  return text;
}

} // namespace

TEST_CASE("service log: a line has time, level, actor, sentence and fields") {
  const auto text = captured([] {
    log(log_level::warn, "receiver", "two words", {{"drain", "shop"}, {"n", "1"}});
  });
  CHECK(text.find("at=20") == 0);
  CHECK(text.find(" level=warn actor=receiver msg=\"two words\" drain=shop n=1\n") != std::string::npos);
}

TEST_CASE("service log: a value cannot forge a second line or field") {
  const auto text = captured([] { log(log_level::info, "x", "m", {{"drain", "a\nlevel=error msg=\"b\""}}); });
  CHECK(text.find("drain=\"a\\x0alevel=error msg=\\\"b\\\"\"\n") != std::string::npos);
  CHECK(text.find('\n') == text.size() - 1);
}

TEST_CASE("service log: lines below the level are not written") {
  set_log_level("error");
  CHECK(captured([] { log(log_level::warn, "x", "m"); }).empty());
  CHECK_FALSE(captured([] { log(log_level::error, "x", "m"); }).empty());
  set_log_level("info");
}
