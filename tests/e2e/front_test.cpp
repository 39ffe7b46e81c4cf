// What senders other than Logplex post, and certificates that are renewed while the program serves.
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <httplib.h>

#include "http/body/gzip.hpp"
#include "tests/e2e/service.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/self_signed.hpp"
#include "tests/support/temp_dir.hpp"

namespace front_test {

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;

namespace {

std::string line(int number) {
  const auto text = fmt::format("<190>1 2026-03-02T14:07:31+00:00 host app web.1 - line {}\n", number);
  return fmt::format("{} {}", text.size(), text);
}

// A batch as log-shuttle sends it: gzip in chunks, with an id that any proxy might have made.
std::string shuttle_request(const std::string& lines, const std::string& id) {
  const auto packed = http::deflate_gzip(lines, 6);
  std::string body;
  for (std::size_t i = 0; i < packed.size(); i += 100) {
    const auto chunk = packed.substr(i, 100);
    body += fmt::format("{:x}\r\n{}\r\n", chunk.size(), chunk);
  }
  return "POST /logdrains HTTP/1.1\r\nHost: h\r\nUser-Agent: log-shuttle/0.18.0\r\nX-Request-Id: " + id +
         "\r\nContent-Type: application/logplex-1\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n"
         "Logplex-Msg-Count: 50\r\nAuthorization: Basic dTpw\r\n\r\n" + // u:p
         body +
         "0\r\n\r\n";
}

void replace_file(const std::string& with, const std::string& target) {
  std::filesystem::copy_file(with, target + ".new", std::filesystem::copy_options::overwrite_existing);
  std::filesystem::rename(target + ".new", target);
}

// Posts one line after another over one connection until it is told to end.
class tls_sender {
public:
  tls_sender(std::uint16_t port, bool keeps_connection)
      : client_("localhost", port), thread_([this, keeps_connection] { post(keeps_connection); }) {}
  ~tls_sender() {
    if (thread_.joinable())
      finish();
  }

  int taken() const { return taken_; }
  int finish() {
    is_ending_ = true;
    thread_.join();
    return refused_;
  }

private:
  void post(bool keeps_connection) {
    client_.set_address_family(AF_INET);
    client_.set_keep_alive(keeps_connection);
    client_.enable_server_certificate_verification(false); // which is looked at apart
    while (!is_ending_) {
      const auto answer = client_.Post("/logdrains?app=shop", line(taken_), "application/logplex-1");
      (answer && answer->status == 204 ? taken_ : refused_) += 1;
    }
  }

  httplib::SSLClient client_;
  std::atomic<int> taken_ = 0, refused_ = 0;
  std::atomic<bool> is_ending_ = false;
  std::thread thread_;
};

// True if a new connection to `port` shows a certificate that `authority` vouches for.
bool is_vouched_for(std::uint16_t port, const std::string& authority) {
  httplib::SSLClient client{"localhost", port};
  client.set_address_family(AF_INET);
  client.set_ca_cert_path(authority.c_str());
  client.enable_server_certificate_verification(true);
  return static_cast<bool>(client.Get("/healthz"));
}

} // namespace

TEST_CASE("front: log-shuttle's batches are stored once each, also when it sends them again after a crash") {
  service running{{{}, {{"PARSEFLOW_DRAINS", "shield:u:p"}}}};
  const auto post = [&](int batch) {
    std::string lines;
    for (int i = 0; i < 50; ++i)
      lines += line(50 * batch + i);
    http_connection conn{running.port()};
    REQUIRE(conn.send(shuttle_request(lines, fmt::format("0e3a2c5e-0000-4000-8000-{:012}", batch))));
    const auto answer = conn.receive();
    REQUIRE(answer);
    CHECK(answer->status == 204);
  };
  for (int batch = 0; batch < 10; ++batch)
    post(batch);
  running.kill();
  running.start();
  for (int batch = 5; batch < 15; ++batch)
    post(batch);
  REQUIRE(running.wait_until_stored());
  CHECK(running.metrics().at("apps") == nlohmann::json{"shield"});
  CHECK(stored::in_sqlite(running.database()).count("log_line") == 15 * 50);
}

TEST_CASE("front: settings are taken up while it serves, and the log says which need a restart") {
  const temp_dir folder;
  const auto file = (folder / "parseflow.conf").string();
  const auto write = [&](const std::string& text) { std::ofstream{file} << text; };
  write("[http]\nkeep-alive = 10min\n");
  service running{{{"--config=" + file}, {}}};
  http_connection conn{running.port()};
  const auto post = [&](const std::string& text) {
    const auto request = fmt::format("<190>1 2026-03-02T14:07:31+00:00 host app web.1 - {}\n", text);
    REQUIRE(conn.send(drain_request(fmt::format("{} {}", request.size(), request), 1, text, "")));
    const auto answer = conn.receive();
    REQUIRE(answer);
    CHECK(answer->status == 204);
  };
  post("token=before");

  write("[http]\nkeep-alive = 1s\n[redaction]\nkeys = token\n[parser]\ncount = 3\n");
  running.program().send_signal(SIGHUP);
  CHECK(running.program().wait_for_error_text("msg=\"taken up\" settings=\"http.keep-alive,redaction.keys\"",
                                              timeout));
  CHECK(running.program().wait_for_error_text("settings=parser.count", timeout));
  post("token=after");
  CHECK(conn.is_closed(10s)); // after a second without a request

  write("[http]\nkeep-alive = 1x\n");
  running.program().send_signal(SIGHUP);
  CHECK(running.program().wait_for_error_text("line 2: http.keep-alive", timeout));
  REQUIRE(running.wait_until_stored());
  const auto database = stored::in_sqlite(running.database());
  CHECK(database.count("log_line", "text = 'token=before'") == 1);
  CHECK(database.count("log_line", "text LIKE 'token=%' AND text NOT LIKE '%after%'") == 2);
}

TEST_CASE("front: certificates are renewed while senders post, and no connection ends") {
  const self_signed first, second, third, in_use;
  const auto use = [&in_use](const self_signed& next) {
    replace_file(next.certificate_path, in_use.certificate_path);
    replace_file(next.key_path, in_use.key_path);
  };
  use(first);
  const auto private_port = free_port();
  service running{{{"--http.tls-certificate=" + in_use.certificate_path, "--http.tls-key=" + in_use.key_path,
                    fmt::format("--http.private-listen=127.0.0.1:{}", private_port)},
                   {}}};
  tls_sender steady{running.port(), true}, restless{running.port(), false};
  const auto both_go_on = [&] {
    const int a = steady.taken() + 20, b = restless.taken() + 20;
    return eventually([&] { return steady.taken() > a && restless.taken() > b; });
  };
  CHECK(both_go_on());
  CHECK(is_vouched_for(running.port(), first.certificate_path));

  use(second);
  running.program().send_signal(SIGHUP);
  CHECK(eventually([&] { return is_vouched_for(running.port(), second.certificate_path); }));
  CHECK_FALSE(is_vouched_for(running.port(), first.certificate_path));
  CHECK(both_go_on());

  use(third); // without a signal
  CHECK(eventually([&] { return is_vouched_for(running.port(), third.certificate_path); }));
  CHECK(both_go_on());

  replace_file(first.certificate_path, in_use.certificate_path); // whose key is another one
  running.program().send_signal(SIGHUP);
  CHECK(running.program().wait_for_error_text("certificate", timeout));
  CHECK(is_vouched_for(running.port(), third.certificate_path));
  CHECK(both_go_on());

  CHECK(steady.finish() == 0);
  CHECK(restless.finish() == 0);
  const auto total = static_cast<std::uint64_t>(steady.taken() + restless.taken());
  CHECK(eventually([&] {
    const auto answer = http_request(private_port, "GET", "/metrics");
    return answer.status == 200 &&
           nlohmann::json::parse(answer.body).at("database").at("stored_lines") == total;
  }));
}

} // namespace front_test
