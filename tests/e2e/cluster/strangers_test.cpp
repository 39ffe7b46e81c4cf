// Connections that do not belong at the cluster's port: garbage, silence, peers with wrong certificates or
// none, nodes that the others do not list, and a node that uses another node's name.
#include <algorithm>
#include <functional>
#include <list>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <openssl/ssl.h>
#include <sys/resource.h>

#include "tests/bench/process_use.hpp"
#include "tests/e2e/cluster/certificates.hpp"
#include "tests/e2e/cluster/cluster.hpp"
#include "tests/e2e/cluster/nothing_lost.hpp"
#include "tests/e2e/stored.hpp"
#include "tests/e2e/tested_program.hpp"
#include "tests/e2e/traffic_jam.hpp"
#include "tests/support/balancer.hpp"
#include "tests/support/http_connection.hpp"
#include "tests/support/postgres_server.hpp"

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;

namespace {

// Megabytes of freed memory that the program keeps: the address sanitizer's quarantine, with its margins.
double kept_when_freed() {
  return is_sanitized() ? 2 * 256 : 0;
}

std::string random_bytes(std::mt19937_64& random, std::size_t count) {
  std::string result(count, '\0');
  for (auto& byte : result)
    byte = static_cast<char>(random());
  return result;
}

// A header of CAF's protocol that announces two gigabytes.
std::string huge_header() {
  std::string result(36, '\0');
  result[4] = '\x7F';
  result.replace(5, 3, "\xFF\xFF\xFF");
  return result;
}

// The beginning of a TLS handshake, followed by random bytes.
std::string false_hello(std::mt19937_64& random) {
  return std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03", 11) + random_bytes(random, 505);
}

// Sends all kinds of garbage; some connections stay open until the end.
class vandals {
public:
  explicit vandals(std::uint16_t port) : port_(port) {}

  void strike(std::mt19937_64& random) {
    for (const auto& bytes :
         {random_bytes(random, 200), random_bytes(random, 100'000), std::string(50'000, '\0'),
          std::string("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"), huge_header(), false_hello(random),
          std::string{}}) {
      auto connection = std::make_unique<http_connection>(port_);
      connection->send(bytes); // may be refused half-way
      if (random() % 2 == 0)
        staying_.push_back(std::move(connection));
    }
  }

private:
  std::uint16_t port_;
  std::vector<std::unique_ptr<http_connection>> staying_;
};

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t result = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++result;
  return result;
}

// Whether the log of any node contains the text, or will soon.
bool somebody_says(cluster& nodes, const std::string& text) {
  return eventually([&] {
    for (std::size_t i = 0; i < nodes.size(); ++i)
      if (count_of(nodes.node(i).program().standard_error(), text) > 0)
        return true;
    return false;
  });
}

std::vector<std::string> answered(cluster& nodes, std::size_t index) {
  return nodes.metrics(index).at("cluster").at("answered");
}

// Does a TLS handshake as a client and then sends nothing. Returns how many bytes the other side sends until
// there are `enough` or it hangs up.
std::size_t bytes_by_tls(std::uint16_t port, const certificates* proofs, std::size_t enough) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_client_method()),
                                                                  SSL_CTX_free};
  if (proofs != nullptr) {
    REQUIRE(SSL_CTX_use_certificate_file(context.get(), proofs->certificate("x").c_str(), SSL_FILETYPE_PEM) ==
            1);
    REQUIRE(SSL_CTX_use_PrivateKey_file(context.get(), proofs->key("x").c_str(), SSL_FILETYPE_PEM) == 1);
  }
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> connection{BIO_new_ssl_connect(context.get()),
                                                                 BIO_free_all};
  BIO_set_conn_hostname(connection.get(), ("127.0.0.1:" + std::to_string(port)).c_str());
  std::size_t result = 0;
  char part[256];
  for (int size = 0; result < enough && (size = BIO_read(connection.get(), part, sizeof part)) > 0;)
    result += static_cast<std::size_t>(size);
  return result;
}

} // namespace

TEST_CASE("strangers: garbage on the cluster's port costs neither memory nor peers nor traffic") {
  postgres_server server;
  const auto url = server.create_database();
  cluster nodes{url, plain_nodes(2)};
  REQUIRE(nodes.wait_until_joined());
  const balancer front{nodes.backends(), 1};
  traffic_jam jam{front.port(), {.drains = 4, .pause = 20ms}};
  REQUIRE(jam.wait_for_each());
  const auto memory = [&] { return bench::use_of(nodes.node(0).program().pid()).memory_mb; };
  const auto losses = [&] {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i)
      sum += count_of(nodes.node(i).program().standard_error(), "a peer cannot be reached");
    return sum;
  };
  const auto memory_before = memory();
  const auto losses_before = losses();
  std::mt19937_64 random{1};
  {
    vandals crowd{nodes.cluster_port(0)};
    for (int i = 0; i < 100; ++i)
      crowd.strike(random);
    REQUIRE(jam.wait_for(200));
    CHECK(nodes.wait_until_joined());
    CHECK(memory() < memory_before + kept_when_freed() + 100);
  }
  REQUIRE(jam.wait_for_each());
  CHECK(losses() == losses_before);
  jam.finish();
  CHECK(jam.retries() == 0);
  check_nothing_lost(nodes, stored::in_postgres(url), jam);
}

TEST_CASE("strangers: thousands of idle connections cost neither the processor nor the cluster") {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::max<rlim_t>(limit.rlim_cur, std::min<rlim_t>(limit.rlim_max, 4096));
  setrlimit(RLIMIT_NOFILE, &limit);
  postgres_server server;
  const auto url = server.create_database();
  cluster nodes{url, plain_nodes(2)};
  REQUIRE(nodes.wait_until_joined());
  const auto pid = nodes.node(0).program().pid();
  {
    std::list<http_connection> crowd;
    for (int i = 0; i < 2000; ++i)
      crowd.emplace_back(nodes.cluster_port(0));
    const auto cpu_before = bench::use_of(pid).cpu_seconds;
    const auto begin = std::chrono::steady_clock::now();
    CHECK(std::all_of(crowd.begin(), crowd.end(), [](auto& each) { return each.is_closed(10s); }));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    CHECK(bench::use_of(pid).cpu_seconds - cpu_before < 0.05 * std::max(took.count(), 1.0));
    CHECK(nodes.metrics(0).at("cluster").at("refused_callers").at("by_limit") > 1900);
    CHECK(somebody_says(nodes, "connections to the cluster's port are refused"));
  }
  const balancer front{nodes.backends(), 1};
  traffic_jam jam{front.port(), {.drains = 4, .pause = 20ms}};
  std::list<http_connection> others;
  for (int i = 0; i < 2000; ++i)
    others.emplace_back(nodes.cluster_port(0));
  REQUIRE(jam.wait_for(200));
  CHECK(nodes.wait_until_joined());
  jam.finish();
  CHECK(jam.retries() == 0);
  check_nothing_lost(nodes, stored::in_postgres(url), jam);
}

TEST_CASE("strangers: who has no certificate of the cluster's authority learns nothing and takes no part") {
  postgres_server server;
  const certificates others{{"c=127.0.0.1", "x=127.0.0.1"}};
  auto plans = plain_nodes(3);
  plans[2].arguments = others.arguments("c");
  cluster nodes{server.create_database(), plans};
  const std::vector<std::string> members{"a", "b"};
  REQUIRE(eventually([&] { return answered(nodes, 0) == members && answered(nodes, 1) == members; }));
  CHECK(somebody_says(nodes, "the certificates of both must come from one authority"));
  CHECK(answered(nodes, 2) == std::vector<std::string>{"c"});

  const auto port = nodes.cluster_port(0);
  nodes.proofs().add("x=127.0.0.1");
  CHECK(bytes_by_tls(port, &nodes.proofs(), 1) > 0); // a member is greeted
  CHECK(bytes_by_tls(port, &others, 1) == 0);
  CHECK(bytes_by_tls(port, nullptr, 1) == 0);
  CHECK(answered(nodes, 0) == members);
  CHECK(answered(nodes, 1) == members);
}

TEST_CASE("strangers: a node that the others do not list takes no part") {
  postgres_server server;
  cluster nodes{server.create_database(), plain_nodes(2)};
  REQUIRE(nodes.wait_until_joined());
  nodes.add({.name = "c", .cluster_host = "127.0.0.9"}); // its address is greater, so it calls
  CHECK(eventually([&] { return nodes.metrics(0).at("cluster").at("refused_callers").at("unlisted") > 0; }));
  CHECK(somebody_says(nodes, "its cluster.peers must list the host that this node's certificate names"));
  nodes.add({.name = "d"}); // on a listed host
  for (int i = 0; i < 20; ++i) {
    CHECK(answered(nodes, 0) == std::vector<std::string>{"a", "b"});
    CHECK(answered(nodes, 3) == std::vector<std::string>{"d"});
  }
}

TEST_CASE("strangers: two nodes of one name show in the log") {
  postgres_server server;
  cluster nodes{server.create_database(), {{.name = "a"}, {.name = "b"}, {.name = "a"}}};
  CHECK(somebody_says(nodes, "it is named a as this node is: give each its own storage.node"));
  CHECK(somebody_says(nodes, "two peers have one name: give each its own storage.node"));
  CHECK(eventually([&] { return answered(nodes, 1) == std::vector<std::string>{"a", "b"}; }));
}
