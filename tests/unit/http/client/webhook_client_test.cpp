// Posts alerts to real sockets, plain and TLS.
#include <cstdlib>
#include <future>
#include <thread>

#include <doctest/doctest.h>
#include <httplib.h>

#include "http/client/webhook_client.hpp"
#include "http/render/webhook_body.hpp"
#include "tests/support/problem_in.hpp"
#include "tests/support/scripted_server.hpp"
#include "tests/support/self_signed.hpp"
#include "tests/support/temp_dir.hpp"

namespace webhook_client_test {

using namespace parseflow;
using namespace parseflow::http;
using namespace std::chrono_literals;

namespace {

const std::string fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

std::string url_of(const scripted_server& server, const std::string& path = "/hook?k=v") {
  return "http://127.0.0.1:" + std::to_string(server.port()) + path;
}

alert some_alert() {
  alert result;
  result.type = "slow";
  return result;
}

std::string post_to(const std::string& url) {
  return problem_in(webhook_client{secret{url}}.post(some_alert()));
}

// An HTTPS receiver.
struct tls_receiver {
  explicit tls_receiver(const self_signed& identity)
      : server(identity.certificate_path.c_str(), identity.key_path.c_str()) {
    server.Post("/hook", [this](const httplib::Request& request, httplib::Response& answer) {
      body = request.body;
      answer.status = 204;
    });
    port = server.bind_to_any_port("127.0.0.1");
    thread = std::thread{[this] { server.listen_after_bind(); }};
  }
  ~tls_receiver() {
    server.stop();
    thread.join();
  }
  std::string url() const { return "https://localhost:" + std::to_string(port) + "/hook"; }

  httplib::SSLServer server;
  int port = 0;
  std::string body; // read after the post
  std::thread thread;
};

} // namespace

TEST_CASE("webhook client: posts JSON to the URL's path and query") {
  scripted_server server{{fine}};
  CHECK(post_to(url_of(server)) == "");
  REQUIRE(server.requests().size() == 1);
  const auto request = server.requests()[0];
  CHECK(request.starts_with("POST /hook?k=v HTTP/1.1\r\n"));
  CHECK(request.find("Content-Type: application/json\r\n") != std::string::npos);
  CHECK(request.ends_with("\r\n\r\n" + webhook_body(some_alert())));
}

TEST_CASE("webhook client: only a 2xx is success; the problem is named without the URL") {
  const auto answer = [](const std::string& status) {
    return "HTTP/1.1 " + status + "\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n";
  };
  for (const std::string status : {"500", "404", "429", "302"}) {
    scripted_server server{{answer(status + " x")}};
    CHECK(post_to(url_of(server, "/secret")) == "answered " + status);
    CHECK(server.requests().size() == 1);
  }
  scripted_server closing{{""}};
  const auto problem = post_to(url_of(closing, "/secret"));
  CHECK_FALSE(problem.empty());
  CHECK(problem.find("secret") == std::string::npos);
}

TEST_CASE("webhook client: after refused connections and failures the next post may succeed") {
  scripted_server server{{"HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n", fine}, false};
  webhook_client client{secret{url_of(server)}};
  CHECK(problem_in(client.post(some_alert())) == "no connection");
  server.open();
  CHECK(problem_in(client.post(some_alert())) == "answered 500");
  CHECK(problem_in(client.post(some_alert())) == "");
}

TEST_CASE("webhook client: more of an answer than anyone needs is not waited for") {
  scripted_server server{{"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + std::string(200'000, 'x')}};
  CHECK(post_to(url_of(server)) == "");
}

TEST_CASE("webhook client: a stop ends a post that waits for its answer") {
  httplib::Server silent;
  std::promise<void> asked, over;
  auto released = over.get_future().share();
  silent.Post("/hook", [&](const httplib::Request&, httplib::Response&) {
    asked.set_value();
    released.wait();
  });
  const int port = silent.bind_to_any_port("127.0.0.1");
  std::thread serving{[&] { silent.listen_after_bind(); }};
  webhook_client client{secret{"http://127.0.0.1:" + std::to_string(port) + "/hook"}};
  auto posted = std::async(std::launch::async, [&] { return client.post(some_alert()); });
  asked.get_future().wait();
  client.stop();
  CHECK_FALSE(posted.get());
  CHECK(problem_in(client.post(some_alert())) == "stopped");
  over.set_value();
  silent.stop();
  serving.join();
}

TEST_CASE(
    "webhook client: a certificate that nobody vouches for is refused, one of a known authority is not") {
  const self_signed identity;
  tls_receiver receiver{identity};
  CHECK(post_to(receiver.url()) == "the server's certificate is not trusted");
  CHECK(receiver.body.empty());
  REQUIRE(setenv("SSL_CERT_FILE", identity.certificate_path.c_str(), 1) == 0);
  CHECK(post_to(receiver.url()) == "");
  CHECK(receiver.body == webhook_body(some_alert()));
  // The authority is right, but the name is wrong.
  auto other_name = receiver.url();
  other_name.replace(other_name.find("localhost"), 9, "127.0.0.1");
  CHECK_FALSE(post_to(other_name).empty());
  unsetenv("SSL_CERT_FILE");
}

} // namespace webhook_client_test
