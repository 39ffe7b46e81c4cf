// The connection server over real sockets: it stays in step, keeps limits, and refuses malformed requests.
#include "http/connections/connection_server.hpp"

#include <future>
#include <list>

#include <sys/resource.h>

#include "tests/support/problem_in.hpp"
#include "tests/unit/http/running_server.hpp"

namespace connection_server_test {

using namespace parseflow;
using namespace parseflow::test;
using http::connection_limits;

namespace {

void allow_descriptors(rlim_t wanted) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < wanted) {
    limit.rlim_cur = std::min(wanted, limit.rlim_max);
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

} // namespace

TEST_CASE("connection server: one connection carries as many requests as the client likes") {
  running_server running;
  auto conn = running.connect();
  for (int i = 0; i < 1500; ++i) {
    const auto text = std::to_string(i);
    const auto answer = ask(conn, post(text));
    REQUIRE(answer.status == 200);
    REQUIRE(answer.body == text);
  }
}

TEST_CASE("connection server: a request may be cut at every byte") {
  running_server running;
  auto conn = running.connect();
  for (const auto* body : {"hello", "hello\r\n\r\nworld"}) {
    const auto request = post(body);
    for (std::size_t cut = 1; cut < request.size(); ++cut) {
      REQUIRE(conn.send(request.substr(0, cut)));
      CHECK_FALSE(conn.receive(1ms));
      REQUIRE(ask(conn, request.substr(cut)).body == body);
    }
  }
}

TEST_CASE("connection server: a body larger than all buffers arrives whole, and so does the answer") {
  running_server running;
  auto conn = running.connect();
  std::string body;
  for (int i = 0; body.size() < 5'000'000; ++i)
    body += std::to_string(i);
  std::thread sender{[&] { conn.send(post(body)); }};
  const auto answer = conn.receive();
  sender.join();
  REQUIRE(answer);
  CHECK((answer->body == body));
}

TEST_CASE("connection server: requests sent without waiting are answered in order") {
  running_server running;
  auto conn = running.connect();
  std::string all;
  for (int i = 0; i < 100; ++i)
    all += post(std::to_string(i) + std::string(200, 'x'));
  REQUIRE(conn.send(all));
  for (int i = 0; i < 100; ++i) {
    const auto answer = conn.receive();
    REQUIRE(answer);
    REQUIRE(answer->body == std::to_string(i) + std::string(200, 'x'));
  }
}

TEST_CASE("connection server: empty lines between requests are skipped") {
  running_server running;
  auto conn = running.connect();
  CHECK(ask(conn, "\r\n\r\n" + post("a") + "\r\n").body == "a");
  CHECK(ask(conn, post("b")).body == "b");
}

TEST_CASE("connection server: what a handler leaves unread does not become a request") {
  running_server running{{}, answer_with([](http::exchange& current) { current.response.status = 204; }, 0)};
  auto conn = running.connect();
  for (const std::size_t size : {0u, 1u, 5000u, 300'000u}) {
    const auto body = std::string("GET /evil HTTP/1.1\r\n\r\n").append(size, 'x');
    CHECK(ask(conn, post(body)).status == 204);
  }
  CHECK(ask(conn, post("end")).status == 204);
  CHECK_FALSE(conn.receive(20ms));
}

TEST_CASE("connection server: a body beyond the second bound ends the connection behind its answer") {
  connection_limits limits;
  limits.max_discarded_bytes = 100'000;
  running_server running{limits,
                         answer_with([](http::exchange& current) { current.response.status = 413; }, 0)};
  auto conn = running.connect();
  const auto answer = ask(conn, post(std::string(150'000, 'x')));
  CHECK(answer.status == 413);
  CHECK(answer.header("Connection") == "close");
  CHECK(conn.is_closed(10s));
}

TEST_CASE("connection server: an answer is in one piece with its length, and not chunked") {
  running_server running{{}, [](http::exchange& current) { current.response.status = 204; }};
  auto conn = running.connect();
  CHECK(ask(conn, post("x")).head == "HTTP/1.1 204 No Content");
}

TEST_CASE("connection server: 100 Continue comes before the body is waited for") {
  running_server running;
  auto conn = running.connect();
  REQUIRE(conn.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"));
  const auto first = conn.receive();
  REQUIRE(first);
  CHECK(first->status == 100);
  CHECK(ask(conn, "hi").body == "hi");
}

TEST_CASE("connection server: Connection: close is honoured, in any case of letters") {
  running_server running;
  for (const auto* header : {"Connection: close\r\n", "connection: Close\r\n", "Connection: TE, close\r\n"}) {
    auto conn = running.connect();
    const auto answer = ask(conn, post("x", header));
    CHECK(answer.body == "x");
    CHECK(answer.header("Connection") == "close");
    CHECK(conn.is_closed(5s));
  }
}

TEST_CASE("connection server: an HTTP/1.0 client is answered and let go") {
  running_server running;
  auto conn = running.connect();
  CHECK(ask(conn, "GET /x HTTP/1.0\r\n\r\n").status == 200);
  CHECK(conn.is_closed(5s));
}

TEST_CASE("connection server: malformed requests are answered and end the connection") {
  running_server running;
  const std::pair<std::string, int> cases[] = {
      {"garbage\r\n\r\n", 400},
      {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\r\n\r\n", 14), 400}, // TLS
      {"FOO /x HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"GET /x HTTP/3.0\r\n\r\n", 505},
      {"GET /" + std::string(9000, 'x') + " HTTP/1.1\r\n\r\n", 414},
      {"GET /x HTTP/1.1\r\nHost: a\r\nA: " + std::string(9000, 'x') + "\r\n\r\n", 431},
      {"GET /x HTTP/1.1\r\n" + std::string(40'000, 'x'), 431},
  };
  for (const auto& each : cases) {
    auto conn = running.connect();
    const auto answer = ask(conn, each.first);
    CHECK_MESSAGE(answer.status == each.second, each.first.substr(0, 40));
    CHECK(answer.body.starts_with("{\"error\":\""));
    CHECK(answer.header("Connection") == "close");
    CHECK(conn.is_closed(5s));
  }
}

TEST_CASE("connection server: Range is ignored, whatever it says") {
  running_server running;
  auto conn = running.connect();
  std::string many = "Range: bytes=-";
  for (int i = 0; i < 4000; ++i)
    many += ",-";
  for (const auto& header : {std::string("Range: bytes=0-1"), std::string("Range: bytes=0-0,0-0,1-1,2-2"),
                             std::string("range: bytes=z"), std::string("Range: x\r\nRange: y"), many})
    CHECK(ask(conn, post("hello", header + "\r\n")).body == "hello");
  CHECK(ask(conn, post("Range: x\r\n", "Range: x\r\n") + post("y")).body == "Range: x\r\n");
  CHECK(conn.receive()->body == "y");
}

TEST_CASE("connection server: an answer is compressed by its handler or not at all") {
  running_server running{{}, [](http::exchange& current) {
                           current.response.status = 200;
                           current.response.set_content(std::string(5000, current.takes_gzip() ? 'g' : 'x'),
                                                        "text/plain");
                         }};
  auto conn = running.connect();
  CHECK(ask(conn, "GET /x HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\n\r\n").body ==
        std::string(5000, 'x'));
  CHECK(ask(conn, "GET /x HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br, gzip\r\n\r\n").body ==
        std::string(5000, 'g'));
}

TEST_CASE("connection server: chunks are read, in order with what follows, "
          "and end the connection if they are not") {
  auto handlers = answer_with([](http::exchange& current) {
    if (current.request.path == "/x")
      return echo(current);
    current.response.status = 204;
  });
  handlers.plan = [](const http::request_head& asked) {
    return http::request_plan{http::request_plan::way::pool, asked.path == "/x" ? 1'000'000U : 0U};
  };
  running_server running{{}, handlers};
  auto conn = running.connect();
  const std::string head = " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                    chunks = "5\r\nhello\r\n0\r\n\r\n";
  REQUIRE(conn.send("POST /x" + head + chunks + "POST /x" + head + chunks + post("y")));
  CHECK(conn.receive()->body == "hello");
  CHECK(conn.receive()->body == "hello");
  CHECK(conn.receive()->body == "y");
  const auto unread = ask(conn, "POST /unread" + head + chunks + post("z"));
  CHECK(unread.status == 204);
  CHECK(unread.header("Connection") == "close");
  CHECK(conn.is_closed(5s));
}

TEST_CASE("connection server: a client that sends nothing but empty lines is let go") {
  running_server running;
  auto conn = running.connect();
  std::string lines;
  for (int i = 0; i < 1000; ++i)
    lines += "\r\n";
  conn.send(lines);
  CHECK(conn.is_closed(5s));
}

TEST_CASE("connection server: a handler that throws is a 500 that tells nothing, and the connection lives") {
  bool is_first = true;
  running_server running{{}, [&](http::exchange& current) {
                           if (std::exchange(is_first, false)) {
                             current.response.set_content("half an answer", "text/plain");
                             throw std::runtime_error("secret");
                           }
                           echo(current);
                         }};
  auto conn = running.connect();
  const auto answer = ask(conn, post("x"));
  CHECK(answer.status == 500);
  CHECK(answer.body.starts_with("{\"error\":\"internal_error\""));
  CHECK(answer.body.find("secret") == std::string::npos);
  CHECK(ask(conn, post("y")).body == "y");
}

TEST_CASE("connection server: a body that ends early is answered if the client still listens") {
  running_server running;
  auto conn = running.connect();
  REQUIRE(conn.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"));
  conn.end_sending();
  const auto answer = conn.receive();
  REQUIRE(answer);
  CHECK(answer->status == 400);
}

TEST_CASE("connection server: a client that has said all it will say is answered") {
  running_server running;
  auto conn = running.connect();
  REQUIRE(conn.send(post("x") + post("y")));
  conn.end_sending();
  CHECK(conn.receive()->body == "x");
  CHECK(conn.receive()->body == "y");
  CHECK(conn.is_closed(5s));
}

TEST_CASE("connection server: requests beyond the threads of the pool wait, and hold up nobody else") {
  constexpr int many = 60, threads = 4;
  connection_limits limits;
  limits.pool_threads = threads;
  counter entered;
  std::promise<void> go;
  const auto gone = go.get_future().share();
  running_server running{limits, [&](http::exchange& current) {
                           entered.raise();
                           gone.wait();
                           echo(current);
                         }};
  std::list<http_connection> conns;
  for (int i = 0; i < many; ++i)
    REQUIRE(conns.emplace_back(running.server.port()).send(post("x")));
  CHECK(entered.reaches(threads));
  auto other = running.connect();
  CHECK(ask(other, "GARBAGE\r\n\r\n").status == 400); // the loops answer without the pool
  go.set_value();
  for (auto& conn : conns)
    CHECK(conn.receive()->body == "x");
}

TEST_CASE("connection server: of 600 clients 512 are served, and the others as soon as there is room") {
  allow_descriptors(2000);
  running_server running{{}, trusting_echo};
  std::list<http_connection> served, waiting;
  for (int i = 0; i < 512; ++i) {
    auto& conn = served.emplace_back(running.server.port());
    REQUIRE(ask(conn, post("x")).body == "x");
  }
  for (int i = 0; i < 88; ++i)
    REQUIRE(waiting.emplace_back(running.server.port()).send(post("y")));
  CHECK_FALSE(waiting.front().receive(50ms));
  CHECK(ask(served.front(), post("z")).body == "z");
  for (int i = 0; i < 88; ++i)
    served.pop_front();
  for (auto& conn : waiting) {
    const auto answer = conn.receive();
    REQUIRE(answer);
    CHECK(answer->body == "y");
  }
}

TEST_CASE("connection server: a place that becomes free is given to one client, at once") {
  connection_limits limits;
  limits.max_connections = 3;
  running_server running{limits, trusting_echo};
  std::list<http_connection> served, waiting;
  for (int i = 0; i < 3; ++i)
    CHECK(ask(served.emplace_back(running.server.port()), post("x")).body == "x");
  for (int i = 0; i < 10; ++i)
    REQUIRE(waiting.emplace_back(running.server.port()).send(post("y")));
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 5; ++i) {
    served.pop_front();
    const auto answer = waiting.front().receive();
    REQUIRE(answer);
    CHECK(answer->body == "y");
    served.splice(served.end(), waiting, waiting.begin());
    CHECK_FALSE(waiting.front().receive(50ms));
  }
  CHECK(std::chrono::steady_clock::now() - start < 3s); // not only at the next tick of the timer
}

TEST_CASE("connection server: slow senders of headers hold up nobody, and are told when their time is over") {
  connection_limits limits;
  limits.max_connections = 100;
  limits.read_timeout = 1s;
  running_server running{limits};
  std::list<http_connection> slow;
  for (int i = 0; i < 90; ++i)
    REQUIRE(slow.emplace_back(running.server.port()).send("POST /x HT"));
  auto conn = running.connect();
  for (int i = 0; i < 100; ++i)
    CHECK(ask(conn, post("fast")).body == "fast");
  const auto deadline = std::chrono::steady_clock::now() + 5s;
  // A client that continues to send gains no time.
  while (std::chrono::steady_clock::now() < deadline && slow.front().send("T"))
    if (slow.front().receive(50ms))
      break;
  CHECK(std::chrono::steady_clock::now() < deadline);
  slow.pop_front();
  for (auto& late : slow) {
    const auto answer = late.receive();
    REQUIRE(answer);
    CHECK(answer->status == 408);
    CHECK(late.is_closed(5s));
  }
}

TEST_CASE("connection server: a body that drips in is cut off at the deadline of the request") {
  connection_limits limits;
  limits.read_timeout = 300ms;
  running_server running{limits};
  auto conn = running.connect();
  REQUIRE(conn.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"));
  std::optional<http_answer> answer;
  const auto deadline = std::chrono::steady_clock::now() + 5s;
  while (!answer && std::chrono::steady_clock::now() < deadline) {
    conn.send("x");
    answer = conn.receive(20ms);
  }
  REQUIRE(answer);
  CHECK(answer->status == 408);
}

TEST_CASE("connection server: an idle client is kept after good credentials, a stranger a short time") {
  connection_limits limits;
  limits.keep_alive = 600s;
  limits.stranger_keep_alive = 300ms;
  running_server running{limits, [](http::exchange& current) {
                           if (current.request.has_header("Authorization"))
                             current.trust();
                           echo(current);
                         }};
  auto sender = running.connect(), stranger = running.connect();
  CHECK(ask(sender, post("x", "Authorization: good\r\n")).body == "x");
  CHECK(ask(stranger, post("x")).body == "x");
  CHECK(stranger.is_closed(5s));
  CHECK_FALSE(sender.is_closed(500ms));
  CHECK(ask(sender, post("y")).body == "y"); // from now on also without credentials
}

TEST_CASE("connection server: 512 idle strangers shut nobody out, and the longest idle leave first") {
  allow_descriptors(4000);
  running_server running{{}, [](http::exchange& current) {
                           if (current.request.has_header("Authorization"))
                             current.trust();
                           echo(current);
                         }};
  std::list<http_connection> strangers;
  auto sender = running.connect();
  CHECK(ask(sender, post("first", "Authorization: good\r\n")).body == "first");
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 512; ++i) { // some send nothing, some get an answer, some send half a request
      auto& conn = strangers.emplace_back(running.server.port());
      if (i % 3 == 0)
        CHECK(ask(conn, post("x")).body == "x");
      else if (i % 3 == 1)
        REQUIRE(conn.send("POST /x HT"));
    }
    for (int i = 0; i < 20; ++i) {
      auto fresh = running.connect();
      CHECK(ask(fresh, post("fresh", "Authorization: good\r\n")).body == "fresh");
    }
    CHECK(ask(sender, post("again")).body == "again"); // a connection with credentials never leaves
  }
  CHECK(strangers.front().is_closed(5s));
  const auto counts = running.server.connections();
  CHECK(counts.open <= 512);
  CHECK(counts.closed_for_others >= 1024);
  CHECK(counts.longest_round > 0ns);
}

TEST_CASE("connection server: strangers whose bodies never end give their places away") {
  connection_limits limits;
  limits.max_connections = 8;
  running_server running{limits,
                         answer_with([](http::exchange& current) { current.response.status = 401; }, 0)};
  std::list<http_connection> slow;
  for (int i = 0; i < 8; ++i)
    REQUIRE(slow.emplace_back(running.server.port())
                .send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nx"));
  for (auto& conn : slow)
    CHECK(conn.receive()->status == 401);
  auto fresh = running.connect();
  CHECK(ask(fresh, post("y")).status == 401);
}

TEST_CASE("connection server: threads that cannot be made do not end it") {
  int calls = 0;
  const auto maker = [&](std::function<void()> work) {
    if (++calls % 2 == 0) // the second loop, and the second thread of the pool
      throw std::system_error{EAGAIN, std::generic_category()};
    return std::thread{std::move(work)};
  };
  http::connection_server server{{}, answer_with(echo), nullptr, nullptr, maker};
  REQUIRE(problem_in(server.start("127.0.0.1", 0)) == "");
  std::list<http_connection> conns;
  for (int i = 0; i < 50; ++i)
    REQUIRE(conns.emplace_back(server.port()).send(post("x")));
  for (auto& conn : conns)
    CHECK(conn.receive()->body == "x");
  http::connection_server none{
      {}, answer_with(echo), nullptr, nullptr, [](std::function<void()>) -> std::thread {
        throw std::system_error{EAGAIN, std::generic_category()};
      }};
  const auto problem = problem_in(none.start("127.0.0.1", 0));
  CHECK(problem.find("thread") != std::string::npos);
}

TEST_CASE("connection server: a drain request that fails because of a bug costs one connection or answer") {
  struct failing_way : http::drain_way {
    http::drain_step begin(const http::drain_arrival&, http::drain_request&, httplib::Response&,
                           bool&) override {
      return http::drain_step::goes_on;
    }
    void check(const std::string&) override {}
    std::uint64_t max_body_bytes() const override { return 10'000'000; }
    void refuse_body(http::body_end, const http::drain_request&, httplib::Response&) override {}
    bool prepare(http::drain_request&, httplib::Response&) override { throw std::runtime_error("secret"); }
    void answer(std::optional<verdict>, httplib::Response&) override {}
  };
  failing_way way;
  auto handlers = answer_with(echo);
  handlers.drain = &way;
  handlers.plan = [](const http::request_head& asked) {
    const auto through = asked.path == "/x" ? http::request_plan::way::pool : http::request_plan::way::drain;
    return http::request_plan{through, 1'000'000};
  };
  running_server running{{}, handlers};
  const auto drain = [](std::size_t bytes) {
    return "POST /drain HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n" +
           std::string(bytes, 'x');
  };
  auto small = running.connect(), large = running.connect();
  REQUIRE(small.send(drain(10)));
  CHECK(small.is_closed(5s));
  const auto answer = ask(large, drain(1'000'000)); // the pool's
  CHECK(answer.status == 500);
  CHECK(answer.body.find("secret") == std::string::npos);
  CHECK(ask(large, post("y")).body == "y");
}

TEST_CASE("connection server: silent clients are let go, idle ones later") {
  connection_limits limits;
  limits.read_timeout = 200ms;
  limits.keep_alive = 1s;
  running_server running{limits};
  auto silent = running.connect(), idle = running.connect();
  CHECK(ask(idle, post("x")).body == "x");
  const auto start = std::chrono::steady_clock::now();
  CHECK(silent.is_closed(5s));
  CHECK(ask(idle, post("y")).body == "y");
  CHECK(idle.is_closed(5s));
  CHECK(std::chrono::steady_clock::now() - start >= 1s);
}

TEST_CASE("connection server: a busy port is a sentence that says what to do") {
  running_server first;
  http::connection_server second{{}, answer_with(echo)};
  const auto problem = problem_in(second.start("127.0.0.1", first.server.port()));
  CHECK(problem.find(std::to_string(first.server.port())) != std::string::npos);
  CHECK(problem.find("http.port") != std::string::npos);
}

TEST_CASE("connection server: an address of another machine and a name of none are sentences") {
  for (const auto* host : {"192.0.2.1", "no such host"}) {
    http::connection_server server{{}, answer_with(echo)};
    const auto problem = problem_in(server.start(host, 0));
    CHECK(problem.find("http.host") != std::string::npos);
  }
}

} // namespace connection_server_test
