// The connection server over TLS: requests, renewed certificates, and clients that do not finish the handshake.
#include <csignal>
#include <filesystem>
#include <list>

#include <doctest/doctest.h>
#include <httplib.h>

#include "tests/support/self_signed.hpp"
#include "tests/unit/http/running_server.hpp"

namespace tls_test {

using namespace parseflow;
using namespace parseflow::test;

namespace {

struct tls_server {
  explicit tls_server(const http::tls_certificate& certificate)
      : server({}, answer_with(echo), nullptr, &certificate) {
    std::signal(SIGPIPE, SIG_IGN); // as the program does: OpenSSL writes without MSG_NOSIGNAL
    REQUIRE(problem_in(server.start("127.0.0.1", 0)) == "");
  }

  http::connection_server server;
};

// Trusts only this certificate.
std::unique_ptr<httplib::SSLClient> client_of(const tls_server& running, const std::string& authority) {
  auto client = std::make_unique<httplib::SSLClient>("localhost", running.server.port());
  client->set_ca_cert_path(authority.c_str());
  client->enable_server_certificate_verification(true);
  client->set_keep_alive(true);
  client->set_address_family(AF_INET);
  return client;
}

// The body of the answer; empty if there is none.
std::string answer_to(httplib::SSLClient& client, const std::string& body) {
  const auto answer = client.Post("/x", body, "text/plain");
  return answer ? answer->body : "";
}

} // namespace

TEST_CASE("tls: requests large and small are answered on one connection") {
  const self_signed identity;
  http::tls_certificate certificate{identity.certificate_path, identity.key_path};
  REQUIRE(problem_in(certificate.load()) == "");
  tls_server running{certificate};
  auto client = client_of(running, identity.certificate_path);
  CHECK(answer_to(*client, "hello") == "hello");
  std::string large;
  for (int i = 0; large.size() < 5'000'000; ++i)
    large += std::to_string(i);
  CHECK((answer_to(*client, large) == large));
  for (int i = 0; i < 100; ++i)
    REQUIRE(answer_to(*client, std::to_string(i)) == std::to_string(i));
  const auto answer = client->Post("/x", "", "text/plain");
  REQUIRE(answer);
  CHECK(answer->get_header_value("Strict-Transport-Security") == "max-age=31536000");
  CHECK(running.server.connections().open == 1);
}

TEST_CASE("tls: a renewed certificate is for new connections, and the old ones go on") {
  const self_signed first, second;
  http::tls_certificate certificate{first.certificate_path, first.key_path};
  REQUIRE(problem_in(certificate.load()) == "");
  tls_server running{certificate};
  auto early = client_of(running, first.certificate_path);
  CHECK(answer_to(*early, "a") == "a");
  CHECK(certificate.refresh().value() == false);

  const auto replace = [](const std::string& from, const std::string& to) {
    std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::last_write_time(to, std::filesystem::last_write_time(to) + 1s);
  };
  const auto trusted = (first.folder / "first.pem").string();
  std::filesystem::copy_file(first.certificate_path, trusted);
  replace(second.certificate_path, first.certificate_path);
  CHECK(problem_in(certificate.refresh()).find("key") != std::string::npos); // half of a renewal
  CHECK(answer_to(*client_of(running, trusted), "b") == "b");
  replace(second.key_path, first.key_path);
  CHECK(certificate.refresh().value() == true);

  CHECK(answer_to(*early, "c") == "c");
  CHECK(running.server.connections().open == 1);
  CHECK(answer_to(*client_of(running, second.certificate_path), "d") == "d");
  CHECK(answer_to(*client_of(running, trusted), "e") == "");
}

TEST_CASE("tls: files that are none are sentences") {
  const self_signed identity, other;
  const auto problem_of = [](const std::string& chain, const std::string& key) {
    return problem_in(http::tls_certificate{chain, key}.load());
  };
  CHECK(problem_of("/nowhere.pem", identity.key_path).find("/nowhere.pem (http.tls-certificate)") !=
        std::string::npos);
  CHECK(problem_of(identity.certificate_path, identity.certificate_path).find("http.tls-key") !=
        std::string::npos);
  CHECK(problem_of(identity.certificate_path, other.key_path).find("http.tls-key") != std::string::npos);
}

TEST_CASE("tls: who speaks no TLS, or not to the end, is let go and holds up nobody") {
  const self_signed identity;
  http::tls_certificate certificate{identity.certificate_path, identity.key_path};
  REQUIRE(problem_in(certificate.load()) == "");
  tls_server running{certificate};
  http_connection plain{running.server.port()}, silent{running.server.port()}, half{running.server.port()};
  REQUIRE(plain.send(post("x")));
  REQUIRE(half.send(std::string("\x16\x03\x01\x02\x00\x01", 6)));
  CHECK(plain.is_closed(5s));
  auto client = client_of(running, identity.certificate_path);
  CHECK(answer_to(*client, "a") == "a");
  CHECK(silent.is_closed(10s)); // at the end of the time for a handshake
  CHECK(half.is_closed(10s));
  CHECK(answer_to(*client, "b") == "b");
}

TEST_CASE("tls: a stop answers what is under way and closes the rest") {
  const self_signed identity;
  http::tls_certificate certificate{identity.certificate_path, identity.key_path};
  REQUIRE(problem_in(certificate.load()) == "");
  tls_server running{certificate};
  auto client = client_of(running, identity.certificate_path);
  CHECK(answer_to(*client, "a") == "a");
  http_connection silent{running.server.port()};
  const auto start = std::chrono::steady_clock::now();
  running.server.stop();
  CHECK(std::chrono::steady_clock::now() - start < 900ms);
  CHECK(silent.is_closed(5s));
}

} // namespace tls_test
