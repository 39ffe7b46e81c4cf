// Settings that change while the service runs: which are taken up, and what is said of the others.
#include "messages/settings/reload.hpp"

#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "messages/settings/config.hpp"
#include "tests/support/problem_in.hpp"
#include "tests/support/temp_dir.hpp"

namespace reload_test {

using namespace parseflow;
using namespace std::chrono_literals;

namespace {

using names = std::vector<std::string>;

void write(const std::string& path, const std::string& text) {
  std::ofstream{path} << text;
}

} // namespace

TEST_CASE("reload: what can be reloaded is taken up, of the rest the names are given") {
  settings in_use, fresh;
  fresh.http.keep_alive = 700s;
  fresh.redaction.keys = {"token"};
  fresh.http.port = 6000;
  fresh.http.api_key = secret{"another key"};
  fresh.http.requests_per_minute = 7;
  fresh.http.cors_origin = "https://example.com";
  fresh.http.drains = *parse_drains("a:b:c");
  fresh.alerts.rules.emplace_back();
  fresh.retention.samples = 48h;
  const auto change = take_up(in_use, fresh);
  CHECK(change.taken_up == names{"http.api-key", "http.keep-alive", "http.requests-per-minute",
                                 "http.cors-origin", "alerts.rules", "retention.samples", "redaction.keys"});
  CHECK(change.need_restart == names{"http.port", "http.drains"});
  CHECK(in_use.http.keep_alive == 700s);
  CHECK(in_use.redaction.keys == names{"token"});
  CHECK(in_use.http.port == 5000);
  CHECK(in_use.http.api_key == secret{"another key"});
  CHECK(in_use.retention.samples == 48h);
}

TEST_CASE("reload: settings that are the same change nothing") {
  settings in_use;
  const auto change = take_up(in_use, settings{});
  CHECK(change.taken_up.empty());
  CHECK(change.need_restart.empty());
}

TEST_CASE("reload: files are read again, and a mistake in them changes nothing") {
  const temp_dir folder;
  const auto path = (folder / "parseflow.conf").string();
  write(path, "[http]\nread-timeout = 30s\nport = 5001\n");
  config all;
  REQUIRE(problem_in(all.read({"--config=" + path, "--log.level=error"}, {})) == "");
  write(path, "[http]\nread-timeout = 40s\nport = 5002\n");
  settings fresh;
  const auto take = [&fresh](const settings& in_use) { fresh = in_use; };
  all.read_again(take);
  CHECK(fresh.http.read_timeout == 40s);
  CHECK(fresh.http.port == 5001);
  write(path, "[http]\nread-timeout = 0s\n");
  all.read_again(take);
  CHECK(fresh.http.read_timeout == 40s);
  write(path, "");
  all.read_again(take);
  CHECK(fresh.http.read_timeout == 20s);
  CHECK(all.values().http.read_timeout == 30s); // what the service started with
}

TEST_CASE("reload: what is taken up must go with what is not") {
  const temp_dir folder;
  const auto path = (folder / "parseflow.conf").string();
  write(path,
        "[journal]\nid-age = 72h\n[http]\napi-key = a-key-of-some-length\ndrains = a:b:a-long-password-x\n");
  config all;
  REQUIRE(problem_in(all.read({"--config=" + path, "--log.level=error"}, {})) == "");
  settings fresh;
  const auto take = [&fresh](const settings& in_use) { fresh = in_use; };
  // As a start these would be right: of drains alone, on loopback, and of a journal that remembers less.
  write(path, "[journal]\nid-age = 72h\n[http]\napi-key = short\n");
  all.read_again(take);
  CHECK(fresh.http.api_key == secret{"a-key-of-some-length"}); // it listens on every address
  write(path,
        "[journal]\nid-age = 1h\n[http]\napi-key = another-key-of-some-length\n[retention]\nframes = 2h\n");
  all.read_again(take);
  CHECK(fresh.retention.frames == 7 * 24h);
  CHECK(fresh.http.api_key == secret{"a-key-of-some-length"});
  write(path, "[http]\napi-key = another-key-of-some-length\n[retention]\nframes = 96h\n");
  all.read_again(take);
  CHECK(fresh.retention.frames == 96h);
  CHECK(fresh.http.api_key == secret{"another-key-of-some-length"});
  CHECK(fresh.http.host.empty());
}

} // namespace reload_test
