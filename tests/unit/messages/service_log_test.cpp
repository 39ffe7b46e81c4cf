// What is written to standard error.
#include <cstdio>
#include <string>

#include <fcntl.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "messages/service_log.hpp"

namespace service_log_test {

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

TEST_CASE("service log: what does not show, or changes how other text shows, is written as bytes") {
  const auto written = [](const std::string& value) {
    const auto text = captured([&] { log(log_level::info, "x", "m", {{"user", value}}); });
    const auto start = text.find("user=") + 5;
    return text.substr(start, text.size() - 1 - start);
  };
  CHECK(written("a\x1b[31m") == R"("a\x1b[31m")");
  CHECK(written("a\u202eb") == R"("a\xe2\x80\xaeb")"); // changes the text direction to right to left
  CHECK(written("a\u0085b") == R"("a\xc2\x85b")");     // C1
  CHECK(written("a\x9b"
                "b") == R"("a\x9bb")"); // invalid UTF-8
  CHECK(written("a\u200bb\ufeff") == R"("a\xe2\x80\x8bb\xef\xbb\xbf")");
  CHECK(written("a\U000e0041") == R"("a\xf3\xa0\x81\x81")");
  CHECK(written("m\u00fcller \u65e5\u672c \U0001f600") == "\"m\u00fcller \u65e5\u672c \U0001f600\"");
}

TEST_CASE("service log: lines below the level are not written") {
  set_log_level("error");
  CHECK(captured([] { log(log_level::warn, "x", "m"); }).empty());
  CHECK_FALSE(captured([] { log(log_level::error, "x", "m"); }).empty());
  set_log_level("info");
}

} // namespace service_log_test
