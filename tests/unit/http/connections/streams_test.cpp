// Answers that are streams, over real sockets: back-pressure, readers who are slow or go, and the stop.
#include <algorithm>
#include <csignal>
#include <list>
#include <map>

#include <httplib.h>

#include "http/connections/message_listener.hpp"
#include "tests/support/self_signed.hpp"
#include "tests/unit/http/running_server.hpp"

namespace streams_test {

using namespace parseflow;
using namespace parseflow::test;

namespace {

constexpr std::string_view get = "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n";

// Sends its streams as much of a text as their readers take, as a box would; on the threads of the loops.
class text_producer {
public:
  text_producer(caf::actor_system& system, std::string text, std::size_t part_bytes, bool ends = true)
      : text_(std::move(text)), part_bytes_(part_bytes), ends_(ends) {
    listener_.listen(system,
                     [this](const caf::message& content) { take(content.get_as<stream_reports>(0)); });
  }

  void begin(const stream_slot& slot) {
    const std::lock_guard guard{mutex_};
    streams_[slot.stream].slot = slot;
    go_on(streams_[slot.stream]);
  }

  // Sends more to every stream than it may.
  void send_too_much() {
    const std::lock_guard guard{mutex_};
    const auto text = std::make_shared<const std::string>(stream_window_bytes + 1, 'x');
    for (auto& [number, one] : streams_)
      send(one, {number, text, false});
  }

  void send_to_all(const std::string& text) {
    const std::lock_guard guard{mutex_};
    for (auto& [number, one] : streams_)
      send(one, {number, std::make_shared<const std::string>(text), false});
  }

  std::size_t most_waiting() {
    const std::lock_guard guard{mutex_};
    return most_waiting_;
  }
  std::size_t sent() {
    const std::lock_guard guard{mutex_};
    std::size_t sum = 0;
    for (const auto& [number, one] : streams_)
      sum += one.sent;
    return sum;
  }

  counter over;

private:
  struct stream {
    stream_slot slot;
    std::size_t sent = 0, taken = 0;
    bool has_ended = false;
  };

  void take(const stream_reports& news) {
    const std::lock_guard guard{mutex_};
    for (const auto& [number, bytes, now] : news.all) {
      auto& one = streams_[number];
      one.taken += bytes;
      if (now == stream_reports::state::over) {
        one.has_ended = true;
        over.raise();
      } else if (now == stream_reports::state::ending && ends_ && !one.has_ended) {
        one.has_ended = true;
        send(one, {number, {}, true});
      } else {
        go_on(one);
      }
    }
  }

  void go_on(stream& one) {
    while (!one.has_ended) {
      const auto part = text_.substr(one.sent, part_bytes_);
      if (part.empty() && !ends_)
        return;
      if (one.sent - one.taken + part.size() > stream_window_bytes)
        return;
      one.sent += part.size();
      one.has_ended = ends_ && one.sent == text_.size();
      most_waiting_ = std::max(most_waiting_, one.sent - one.taken);
      send(one, {one.slot.stream, std::make_shared<const std::string>(part), one.has_ended});
    }
  }

  void send(stream& one, const stream_parts::part& part) {
    caf::anon_send(one.slot.sink, stream_parts{listener_.handle(), {part}});
  }

  const std::string text_;
  const std::size_t part_bytes_;
  const bool ends_;
  std::mutex mutex_; // guards what follows
  std::map<std::uint64_t, stream> streams_;
  std::size_t most_waiting_ = 0;
  http::message_listener<stream_producer_actor, stream_reports> listener_;
};

std::string numbers(std::size_t bytes) {
  std::string text;
  for (int i = 0; text.size() < bytes; ++i)
    text += std::to_string(i) + '\n';
  return text;
}

// A server that answers every GET with a stream of `text`.
struct stream_server {
  explicit stream_server(std::string text, std::size_t part_bytes = 1000, bool ends = true,
                         http::connection_limits limits = {},
                         const http::tls_certificate* certificate = nullptr)
      : producer(system, std::move(text), part_bytes, ends),
        server(std::move(limits), answer_with([this](http::exchange& current) { answer(current); }), &system,
               certificate) {
    REQUIRE(problem_in(server.start("127.0.0.1", 0)) == "");
  }
  ~stream_server() { server.stop(); }

  void answer(http::exchange& current) {
    if (current.request.method == "POST")
      return echo(current);
    current.response.status = 200;
    current.response.set_header("Content-Type", "text/plain");
    current.stream([this](const stream_slot& slot) { producer.begin(slot); });
    if (current.request.path == "/throws")
      throw std::runtime_error("secret");
  }

  caf::actor_system_config configuration;
  caf::actor_system system{configuration};
  text_producer producer;
  http::connection_server server;
};

// Everything that comes until the last chunk. Fails the test if the stream is cut.
std::string read_all(http_connection& conn) {
  std::string all;
  for (;;) {
    const auto chunk = conn.receive_chunk();
    REQUIRE(chunk);
    if (chunk->empty())
      return all;
    all += *chunk;
  }
}

http_connection& open_stream(std::list<http_connection>& conns, stream_server& running) {
  auto& conn = conns.emplace_back(running.server.port());
  REQUIRE(conn.send(get));
  const auto head = conn.receive_head();
  REQUIRE(head);
  CHECK(head->status == 200);
  return conn;
}

} // namespace

TEST_CASE("streams: the head comes first, then the parts, the last chunk and the end") {
  stream_server running{"hello"};
  http_connection conn{running.server.port()};
  REQUIRE(conn.send(get));
  const auto head = conn.receive_head();
  REQUIRE(head);
  CHECK(head->status == 200);
  CHECK(head->header("Transfer-Encoding") == "chunked");
  CHECK(head->header("Connection") == "close");
  CHECK(head->header("Content-Length") == "");
  CHECK(read_all(conn) == "hello");
  CHECK(conn.is_closed(5s));
}

TEST_CASE("streams: HTTP/1.0 gets the bytes as they are, up to the end of the connection") {
  const auto text = numbers(300'000);
  stream_server running{text};
  http_connection conn{running.server.port()};
  REQUIRE(conn.send("GET /stream HTTP/1.0\r\n\r\n"));
  const auto head = conn.receive_head();
  REQUIRE(head);
  CHECK(head->header("Transfer-Encoding") == "");
  CHECK((conn.receive_rest() == text));
}

TEST_CASE("streams: thousands of parts arrive in order, and never wait in more than the window") {
  const auto text = numbers(20'000'000);
  stream_server running{text, 3'333};
  std::list<http_connection> conns;
  for (int i = 0; i < 3; ++i)
    open_stream(conns, running);
  for (auto& conn : conns)
    CHECK((read_all(conn) == text));
  CHECK(running.producer.most_waiting() <= stream_window_bytes);
}

TEST_CASE("streams: a slow reader holds its producer back, nobody else, and gets everything") {
  const auto text = numbers(30'000'000);
  stream_server running{text, 10'000};
  std::list<http_connection> conns;
  auto& slow = open_stream(conns, running);
  auto& fast = open_stream(conns, running);
  CHECK((read_all(fast) == text));
  CHECK(running.producer.sent() < 2 * text.size()); // what the kernel takes is less
  CHECK((read_all(slow) == text));
}

TEST_CASE("streams: they hold no thread") {
  http::connection_limits limits;
  limits.pool_threads = 1;
  stream_server running{"", 1, false, limits};
  std::list<http_connection> conns;
  for (int i = 0; i < 50; ++i)
    open_stream(conns, running);
  http_connection other{running.server.port()};
  CHECK(ask(other, post("x")).body == "x");
  running.producer.send_to_all("news");
  for (auto& conn : conns)
    CHECK(conn.receive_chunk() == "news");
}

TEST_CASE("streams: a producer is told that its reader has gone, also when it sends once more") {
  stream_server running{"first", 1000, false};
  std::list<http_connection> conns;
  CHECK(open_stream(conns, running).receive_chunk() == "first");
  conns.clear();
  REQUIRE(running.producer.over.reaches(1));
  running.producer.send_to_all("second");
  CHECK(running.producer.over.reaches(2));
  CHECK(running.server.connections().open == 0);
}

TEST_CASE("streams: a reader that takes nothing for a time is let go, one that waits for news is not") {
  http::connection_limits limits;
  limits.stream_patience = 300ms;
  limits.keep_alive = limits.stranger_keep_alive = 100ms;
  stream_server stuck{numbers(30'000'000), 10'000, true, limits}, quiet{"first", 1000, false, limits};
  std::list<http_connection> conns;
  auto& waiting = open_stream(conns, quiet);
  CHECK(waiting.receive_chunk() == "first");
  open_stream(conns, stuck);
  REQUIRE(stuck.producer.over.reaches(1));
  CHECK_FALSE(waiting.receive_chunk(600ms));
  quiet.producer.send_to_all("news");
  CHECK(waiting.receive_chunk() == "news");
}

TEST_CASE("streams: a producer that sends more than the window is cut") {
  stream_server running{"", 1, false};
  std::list<http_connection> conns;
  auto& conn = open_stream(conns, running);
  running.producer.send_too_much();
  CHECK(conn.is_closed(5s));
  CHECK(running.producer.over.reaches(1));
}

TEST_CASE("streams: there is a limit of them, and a place becomes free") {
  http::connection_limits limits;
  limits.max_streams = 2;
  stream_server running{"first", 1000, false, limits};
  std::list<http_connection> conns;
  open_stream(conns, running);
  open_stream(conns, running);
  http_connection third{running.server.port()};
  const auto refused = ask(third, get);
  CHECK(refused.status == 503);
  CHECK(refused.header("Retry-After") == "1");
  CHECK(ask(third, post("x")).body == "x"); // a refused one may ask on
  conns.pop_front();
  REQUIRE(running.producer.over.reaches(1));
  REQUIRE(third.send(get));
  CHECK(third.receive_head()->status == 200);
}

TEST_CASE("streams: strangers who want in do not push a reader out") {
  http::connection_limits limits;
  limits.max_connections = 3;
  stream_server running{"first", 1000, false, limits};
  std::list<http_connection> conns, strangers;
  auto& reader = open_stream(conns, running);
  CHECK(reader.receive_chunk() == "first");
  for (int i = 0; i < 20; ++i)
    CHECK(ask(strangers.emplace_back(running.server.port()), post("x")).body == "x");
  running.producer.send_to_all("news");
  CHECK(reader.receive_chunk() == "news");
}

TEST_CASE("streams: HEAD has none, and neither has a handler that fails") {
  stream_server running{"hello"};
  http_connection conn{running.server.port()};
  REQUIRE(conn.send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n"));
  CHECK(conn.receive_head()->header("Transfer-Encoding") == "chunked");
  CHECK(conn.receive_rest() == "");
  http_connection other{running.server.port()};
  const auto failed = ask(other, "GET /throws HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(failed.status == 500);
  CHECK(failed.body.find("secret") == std::string::npos);
}

TEST_CASE("streams: at a stop producers end their streams, and nobody waits") {
  stream_server running{numbers(30'000'000), 10'000};
  std::list<http_connection> conns;
  auto& conn = open_stream(conns, running);
  REQUIRE(conn.receive_chunk());
  std::thread reader{[&] { read_all(conn); }};
  const auto start = std::chrono::steady_clock::now();
  running.server.stop();
  CHECK(std::chrono::steady_clock::now() - start < 900ms);
  reader.join();
}

TEST_CASE("streams: one that does not end at a stop is cut, and its reader sees that") {
  stream_server running{"first", 1000, false};
  std::list<http_connection> conns;
  auto& conn = open_stream(conns, running);
  CHECK(conn.receive_chunk() == "first");
  const auto start = std::chrono::steady_clock::now();
  running.server.stop();
  CHECK(std::chrono::steady_clock::now() - start < 3s);
  CHECK(conn.receive_rest() == ""); // no last chunk
  CHECK(running.producer.over.reaches(1));
}

TEST_CASE("streams: over TLS too") {
  std::signal(SIGPIPE, SIG_IGN); // as the program does: OpenSSL writes without MSG_NOSIGNAL
  const self_signed identity;
  http::tls_certificate certificate{identity.certificate_path, identity.key_path};
  REQUIRE(problem_in(certificate.load()) == "");
  const auto text = numbers(20'000'000);
  stream_server running{text, 5'000, true, {}, &certificate};
  httplib::SSLClient client{"localhost", running.server.port()};
  client.set_ca_cert_path(identity.certificate_path.c_str());
  client.enable_server_certificate_verification(true);
  client.set_address_family(AF_INET);
  const auto answer = client.Get("/stream");
  REQUIRE(answer);
  CHECK((answer->body == text));
}

} // namespace streams_test
