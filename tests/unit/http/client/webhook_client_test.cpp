// Posts alerts to real sockets, plain and TLS, also to those that answer what they like for as long as they like.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <future>
#include <thread>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

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

std::string post_to(const std::string& url, const webhook_limits& limits = {}) {
  return problem_in(webhook_client{secret{url}, limits}.post(some_alert()));
}

// A receiver that answers one request with `begin`, and then with `more` again and again, after a pause each
// time, until the client has closed the connection.
class endless_receiver {
public:
  endless_receiver(std::string begin, std::string more, std::chrono::milliseconds pause = 0ms)
      : begin_(std::move(begin)), more_(std::move(more)), pause_(pause) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    REQUIRE(listen(listener_, 1) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this] { serve(); }};
  }
  ~endless_receiver() {
    shutdown(listener_, SHUT_RDWR); // ends accept
    thread_.join();
    close(listener_);
  }
  endless_receiver(const endless_receiver&) = delete;
  endless_receiver& operator=(const endless_receiver&) = delete;

  std::string url(const std::string& scheme = "http") const {
    return scheme + "://127.0.0.1:" + std::to_string(port_) + "/hook";
  }
  // How much of the answer the client and the sockets took; known when the connection is closed.
  std::size_t sent_bytes() {
    shutdown(listener_, SHUT_RDWR);
    closed_.get_future().wait();
    return sent_;
  }

private:
  void serve() {
    const int peer = accept(listener_, nullptr, nullptr);
    std::array<char, 4096> request{};
    const bool is_asked = peer != -1 && recv(peer, request.data(), request.size(), 0) > 0;
    // What is not taken at once is not sent: who only waits does not notice that the client has closed.
    for (std::string part = begin_; is_asked; part = more_) {
      if (!part.empty()) {
        const auto taken = send(peer, part.data(), part.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (taken < 0 && errno != EAGAIN)
          break;
        sent_ += static_cast<std::size_t>(std::max<ssize_t>(taken, 0));
      }
      pollfd state{peer, POLLRDHUP, 0};
      const auto pause = more_.empty() ? -1 : static_cast<int>(pause_.count());
      if (poll(&state, 1, pause) > 0)
        break;
    }
    if (peer != -1)
      close(peer);
    closed_.set_value();
  }

  std::string begin_, more_;
  std::chrono::milliseconds pause_;
  int listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t port_ = 0;
  std::size_t sent_ = 0;
  std::promise<void> closed_;
  std::thread thread_;
};

// For receivers that keep a client waiting.
constexpr webhook_limits short_limits{.connection = 400ms, .exchange = 400ms};

// Sets a variable of the environment for the life of the object.
struct environment_variable {
  environment_variable(const char* variable, const std::string& value) : name(variable) {
    REQUIRE(setenv(name, value.c_str(), 1) == 0);
  }
  ~environment_variable() { unsetenv(name); }
  environment_variable(const environment_variable&) = delete;
  environment_variable& operator=(const environment_variable&) = delete;

  const char* name;
};

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

TEST_CASE("webhook client: a redirect is not followed, wherever it leads") {
  scripted_server other{{fine}};
  scripted_server server{{"HTTP/1.1 307 x\r\nLocation: " + url_of(other) + "\r\nContent-Length: 0\r\n\r\n"}};
  CHECK(post_to(url_of(server)) == "answered 307");
  CHECK(other.requests().empty());
}

TEST_CASE("webhook client: of an answer only so much is read as anyone needs") {
  struct {
    const char* name;
    std::string begin, more, problem;
  } const answers[] = {
      {"a long status line", "HTTP/1.1 200 " + std::string(40'000, 'x') + "\r\n\r\n", "",
       "the head of the answer is too large"},
      {"an endless status line", "HTTP/1.1 200 ", std::string(10'000, 'x'),
       "the head of the answer is too large"},
      {"endless headers", "HTTP/1.1 200 OK\r\n", "X-Header: value\r\n",
       "the head of the answer is too large"},
      {"one endless header", "HTTP/1.1 200 OK\r\nX-Header: ", std::string(10'000, 'x'),
       "the head of the answer is too large"},
      {"endless heads", "", "HTTP/1.1 100 Continue\r\n\r\n", "the head of the answer is too large"},
      {"an endless body", "HTTP/1.1 200 OK\r\n\r\n", std::string(10'000, 'x'), ""},
      {"an endless body of an error", "HTTP/1.1 500 x\r\n\r\n", std::string(10'000, 'x'), "answered 500"},
      {"an endless chunked body", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nxxxxx\r\n",
       ""},
      {"endless trailers", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X-Trailer: x\r\n",
       ""},
      {"no HTTP", "SSH-2.0-OpenSSH\r\n", "\r\n", "the answer is not HTTP"},
  };
  for (const auto& each : answers) {
    CAPTURE(each.name);
    endless_receiver receiver{each.begin, each.more};
    // These are cut off by their size, long before the time is over.
    CHECK(post_to(receiver.url(), {.connection = 60s, .exchange = 60s}) == each.problem);
    // What the sockets hold counts, too.
    CHECK(receiver.sent_bytes() < 32u << 20);
  }
}

TEST_CASE("webhook client: the whole exchange has one deadline, however often something arrives") {
  struct {
    const char* name;
    std::string begin, more, problem;
  } const answers[] = {
      {"nothing", "", "", "no whole answer in time"},
      {"a slow status line", "HTTP/1.1 200 ", "x", "no whole answer in time"},
      {"a slow header", "HTTP/1.1 200 OK\r\nX-Header: ", "x", "no whole answer in time"},
      {"a slow body", "HTTP/1.1 200 OK\r\n\r\n", "x", ""},
      {"a slow body of an error", "HTTP/1.1 500 x\r\n\r\n", "x", "answered 500"},
  };
  for (const auto& each : answers) {
    CAPTURE(each.name);
    endless_receiver receiver{each.begin, each.more, 20ms};
    const auto begin = std::chrono::steady_clock::now();
    CHECK(post_to(receiver.url(), short_limits) == each.problem);
    CHECK(std::chrono::steady_clock::now() - begin < 10s);
  }
  endless_receiver receiver{"", ""};
  CHECK(post_to(receiver.url("https"), short_limits) == "no connection in time");
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
  const environment_variable authorities{"SSL_CERT_FILE", identity.certificate_path};
  CHECK(post_to(receiver.url()) == "");
  CHECK(receiver.body == webhook_body(some_alert()));
  // The authority is right, but the name is wrong.
  auto other_name = receiver.url();
  other_name.replace(other_name.find("localhost"), 9, "127.0.0.1");
  CHECK(post_to(other_name) == "the server's certificate is not trusted");
}

TEST_CASE("webhook client: a file of authorities that does not exist is named") {
  const temp_dir folder;
  endless_receiver receiver{"", ""};
  const environment_variable authorities{"SSL_CERT_FILE", folder / "missing.pem"};
  CHECK(post_to(receiver.url("https")) ==
        "the file of trusted authorities cannot be read: install ca-certificates, or set SSL_CERT_FILE");
}

TEST_CASE("webhook client: a proxy of the environment gets a tunnel, and nothing that is on loopback") {
  scripted_server proxy{{"HTTP/1.1 407 x\r\nContent-Length: 0\r\n\r\n"}};
  scripted_server local{{fine}};
  const auto address = "http://127.0.0.1:" + std::to_string(proxy.port());
  const environment_variable secure{"https_proxy", address}, plain{"http_proxy", address};
  CHECK(post_to(url_of(local)) == "");
  CHECK(proxy.requests().empty());
  CHECK(post_to("https://hooks.invalid/hidden") == "the proxy answered 407");
  REQUIRE(proxy.requests().size() == 1);
  CHECK(proxy.requests()[0].starts_with("CONNECT hooks.invalid:443 HTTP/1.1\r\n"));
  CHECK(proxy.requests()[0].find("hidden") == std::string::npos);
}

} // namespace webhook_client_test
