// Which settings are refused, and with which sentence.
#include <doctest/doctest.h>

#include "messages/settings/endpoint.hpp"
#include "messages/settings/reachability.hpp"
#include "messages/settings/settings.hpp"
#include "messages/settings/webhook_target.hpp"
#include "tests/support/problem_in.hpp"

namespace settings_test {

using namespace parseflow;

TEST_CASE("settings: the defaults are valid and listen on loopback") {
  const settings defaults;
  CHECK(problem_in(validate(defaults)) == "");
  CHECK(listen_address(defaults.http) == "127.0.0.1");
}

TEST_CASE("settings: drain entries are app, user and a password that may hold colons") {
  const auto parsed = parse_drains("shop:u1:p:with:colons, blog:u2:p2\tapi:u3:p3");
  REQUIRE(problem_in(parsed) == "");
  REQUIRE(parsed->size() == 3);
  CHECK(parsed->at(0).app == "shop");
  CHECK(parsed->at(0).user == "u1");
  CHECK(parsed->at(0).password.reveal() == "p:with:colons");
  CHECK(parsed->at(2).app == "api");
}

TEST_CASE("settings: a malformed drain entry is named by its number and not shown") {
  for (const auto* text : {"shop:user:secret, blog:secret", "shop:user:secret ::secret", "a:b:c,d::secret"}) {
    const auto problem = problem_in(parse_drains(text));
    CHECK(problem.find("entry 2") != std::string::npos);
    CHECK(problem.find("secret") == std::string::npos);
  }
  CHECK(parse_drains("").value().empty());
  CHECK(parse_drains(" , ").value().empty());
}

TEST_CASE("settings: another address than loopback needs a key, or explicit permission") {
  http_settings http;
  CHECK(check_readers(http));
  CHECK(may_read_without_key(http));
  http.host = "0.0.0.0";
  CHECK(problem_in(check_readers(http))
            .find("0.0.0.0 while nobody is known who may read: set METRICS_API_KEY") != std::string::npos);
  CHECK_FALSE(may_read_without_key(http));
  http.api_key = secret{"a key of 16 char"};
  CHECK(check_readers(http));
  CHECK_FALSE(may_read_without_key(http));
  http.api_key = secret{};
  http.allow_anonymous_metrics = true;
  CHECK(check_readers(http));
  CHECK(may_read_without_key(http));
  http = {};
  http.user_header = "X-User";
  CHECK(check_readers(http));
  CHECK_FALSE(may_read_without_key(http));
}

TEST_CASE("settings: beyond loopback no secret is short enough to be guessed") {
  settings s;
  s.http.host = "0.0.0.0";
  s.http.drains = *parse_drains("a:b:c-of-16-letters! d:e:short-password!");
  s.http.api_key = secret{"a key of 16 char"};
  CHECK(
      problem_in(validate(s)) ==
      "refusing to listen on 0.0.0.0 with a secret that can be guessed: the password of the drain user e must have "
      "at least 16 characters (openssl rand -hex 16 makes one); or listen on 127.0.0.1");
  s.http.drains.pop_back();
  s.http.api_key = secret{"a key of 15 cha"};
  CHECK(problem_in(validate(s)).find("the API key must have") != std::string::npos);
  s.http.host = "127.0.0.1";
  CHECK(problem_in(validate(s)) == "");
}

TEST_CASE("settings: a private address shows metrics to nobody without a key either") {
  http_settings http;
  http.private_listen = "10.0.0.5:9000";
  CHECK(problem_in(check_readers(http)).find("10.0.0.5 while nobody is known") != std::string::npos);
  CHECK_FALSE(may_read_without_key(http));
  http.private_listen = "127.0.0.1:9000";
  CHECK(check_readers(http));
  CHECK(may_read_without_key(http));
}

TEST_CASE("settings: a PROXY header is expected of somebody") {
  settings s;
  s.http.proxy_protocol = true;
  CHECK(problem_in(validate(s)).starts_with("http.proxy-protocol needs http.trusted-proxies"));
  s.http.trusted_proxies = {"10.0.0.0/8"};
  CHECK(problem_in(validate(s)) == "");
}

TEST_CASE("settings: only trusted proxies can name users, and not those that pass on connections") {
  const auto problem_of = [](auto change) {
    settings s;
    s.http.host = "10.0.0.5";
    s.http.user_header = "X-Forwarded-User";
    s.http.trusted_proxies = {"10.0.0.0/8"};
    change(s.http);
    return problem_in(validate(s));
  };
  CHECK(problem_of([](http_settings&) {}) == "");
  CHECK(problem_of([](http_settings& http) {
          http.trusted_proxies.clear();
        }).starts_with("http.user-header needs http.trusted-proxies"));
  CHECK(problem_of([](http_settings& http) { http.proxy_protocol = true; }).find("exclude") !=
        std::string::npos);
  CHECK(problem_of([](http_settings& http) { http.allow_anonymous_metrics = true; }).find("exclude") !=
        std::string::npos);
  settings s;
  s.http.admin_users = {"ann"};
  CHECK(problem_in(validate(s)).starts_with("http.admin-users needs http.user-header"));
}

TEST_CASE("settings: with credentials and key and no host it listens on every address") {
  settings s;
  s.http.drains = *parse_drains("a:b:c");
  CHECK(listen_address(s.http) == "127.0.0.1");
  s.http.api_key = secret{"k"};
  CHECK(listen_address(s.http) == "0.0.0.0");
}

TEST_CASE("settings: budgets that a body would not fit into are refused by name") {
  const auto problem_of = [](auto change) {
    settings s;
    change(s);
    return problem_in(validate(s));
  };
  CHECK(problem_of([](settings& s) { s.http.max_pending_body_bytes = 1; }).starts_with("http.max-pending"));
  CHECK(problem_of([](settings& s) { s.receiver.parsing_budget_bytes = 1; }).starts_with("receiver.parsing"));
  CHECK(
      problem_of([](settings& s) { s.receiver.unstored_budget_bytes = 1; }).starts_with("receiver.unstored"));
}

TEST_CASE("settings: the largest body fits into a segment, and two segments into the quota") {
  settings s;
  s.http.max_body_bytes = 1 << 20;
  s.journal.segment_bytes = (1 << 20) + 1024;
  s.journal.quota_bytes = 2 * s.journal.segment_bytes;
  CHECK(problem_in(validate(s)) == "");
  --s.journal.quota_bytes;
  CHECK(problem_in(validate(s)) == "journal.quota-bytes must be at least twice journal.segment-bytes");
  --s.journal.segment_bytes;
  CHECK(problem_in(validate(s)) ==
        "journal.segment-bytes must be at least http.max-body-bytes and 1024 more (1049600), so that the "
        "largest body fits into a segment");
}

TEST_CASE("settings: frame keys stay as long as ids are remembered, or for ever") {
  using namespace std::chrono_literals;
  settings s;
  s.retention.frames = 23h;
  CHECK(problem_in(validate(s)) ==
        "retention.frames must be at least journal.id-age (24h), or 0: without its key a "
        "late retry would be stored twice");
  for (const auto age : {24h, 0h}) {
    s.retention.frames = age;
    CHECK(problem_in(validate(s)) == "");
  }
}

TEST_CASE("settings: a webhook's URL says whether the way is encrypted, and to which host it leads") {
  const auto check = [](std::string_view url, bool is_encrypted, std::string_view host) {
    const auto target = webhook_target_from(url);
    REQUIRE_MESSAGE(target, url);
    CHECK(target->is_encrypted == is_encrypted);
    CHECK(target->host == host);
  };
  check("https://hooks.example.com:8443/services/T0?k=v@w#part", true, "hooks.example.com");
  check("https://hooks.example.com/services/T0:80", true, "hooks.example.com");
  check("http://127.0.0.1", false, "127.0.0.1");
  check("http://[::1]:80?k=v", false, "::1");
  check("http://[::1]#part", false, "::1");
}

TEST_CASE("settings: alerts are posted in clear text on loopback only, unless that is allowed") {
  for (const auto* url : {"", "https://hooks.example.com/x", "http://127.0.0.1:8080/x", "http://[::1]/x",
                          "http://localhost/x"}) {
    settings s;
    s.alerts.webhook_url = secret{url};
    CHECK_MESSAGE(problem_in(validate(s)) == "", url);
  }
  for (const auto* url : {"http://hooks.example.com/hidden", "http://127.evil.example/hidden",
                          "http://localhost.evil.example/hidden", "http://10.0.0.1/hidden"}) {
    settings s;
    s.alerts.webhook_url = secret{url};
    CHECK_MESSAGE(
        problem_in(validate(s)) ==
            "refusing to post alerts without TLS beyond loopback: give alerts.webhook-url a URL that "
            "begins with https://, or set alerts.allow-plain-webhook",
        url);
    s.alerts.allow_plain_webhook = true;
    CHECK_MESSAGE(problem_in(validate(s)) == "", url);
  }
}

TEST_CASE("settings: names of this machine") {
  for (const auto* name : {"localhost", "LocalHost", "127.0.0.1", "127.1.2.3", "::1"})
    CHECK_MESSAGE(is_loopback_name(name), name);
  for (const auto* name : {"", "evil.example", "127.0.0.1.evil.example", "127.evil.example",
                           "localhost.evil.example", "10.0.0.1", "0.0.0.0", "127", "::2"})
    CHECK_MESSAGE(!is_loopback_name(name), name);
}

TEST_CASE("settings: an endpoint is a host and a port") {
  CHECK(endpoint_from("node-a:7100") == endpoint{"node-a", 7100});
  CHECK(endpoint_from("[::1]:7100") == endpoint{"::1", 7100});
  for (const auto* text :
       {"", "node-a", "node-a:", ":7100", "node-a:0", "node-a:65536", "node-a:71x", "::1:7100"})
    CHECK_FALSE(endpoint_from(text));
}

TEST_CASE("settings: a cluster shares a PostgreSQL, and its nodes have certificates") {
  settings s;
  s.cluster.peers = {"127.0.0.1:7101"};
  CHECK(problem_in(validate(s)).find("cluster.listen") != std::string::npos);
  s.cluster.listen = "127.0.0.1:7100";
  CHECK(problem_in(validate(s)).find("PostgreSQL") != std::string::npos);
  s.storage.url = secret{"postgres://u:p@127.0.0.1/db"};
  CHECK(problem_in(validate(s)).find("make-certificates.sh") != std::string::npos);
  s.cluster.certificate = "node.pem";
  CHECK(problem_in(validate(s)).find("cluster.key") != std::string::npos);
  s.cluster.key = "node.key";
  s.cluster.authority = "ca.pem";
  CHECK(problem_in(validate(s)) == "");
}

TEST_CASE("reachability: whoever wants to be reached and is not reads what to set") {
  http_settings http;
  CHECK_FALSE(reachability_warning(http, false, false));
  CHECK(reachability_warning(http, false, true).value().find("only this container") != std::string::npos);
  CHECK(reachability_warning(http, false, true).value().find("PARSEFLOW_DRAINS and METRICS_API_KEY") !=
        std::string::npos);
  http.api_key = secret{"k"};
  CHECK(reachability_warning(http, false, false).value().find("set PARSEFLOW_DRAINS to") !=
        std::string::npos);
  http.drains = {{"shop", "u", secret{"p"}}};
  CHECK_FALSE(reachability_warning(http, false, true));
  http.api_key = secret{};
  CHECK(reachability_warning(http, false, false).value().find("set METRICS_API_KEY to") != std::string::npos);
  CHECK(reachability_warning(http, true, false)->find("METRICS_API_KEY and http.host=0.0.0.0 to") !=
        std::string::npos);
  http = {};
  CHECK(reachability_warning(http, true, false)->find("METRICS_API_KEY and http.host=0.0.0.0 to") !=
        std::string::npos);
  http.api_key = secret{"k"};
  CHECK(reachability_warning(http, true, false)->find("set http.host=0.0.0.0 to") != std::string::npos);
  http.host = "127.0.0.1";
  CHECK_FALSE(reachability_warning(http, true, false));
}

} // namespace settings_test
