// Strangers attack the built program while a good sender posts: it loses nothing and never waits a second.
#include <array>
#include <fstream>
#include <functional>
#include <list>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/attacks/good_sender.hpp"
#include "tests/e2e/service.hpp"
#include "tests/e2e/tested_program.hpp"
#include "tests/support/temp_dir.hpp"

namespace attacks_test {

using namespace parseflow;
using namespace parseflow::e2e;
using namespace std::chrono_literals;

namespace {

const std::string credentials = "Basic dTpw"; // u:p

struct data_in_memory {
  temp_dir data{memory_folder()};
};

// Keeps its data in memory: the sender must wait for attackers only, and not for a disk that other tests use.
class attacked_service : data_in_memory, public service {
public:
  explicit attacked_service(std::vector<std::string> arguments = {}, std::vector<std::string> launcher = {})
      : service({with_data(std::move(arguments)),
                 {{"PARSEFLOW_DRAINS", "shop:u:p"}, {"METRICS_API_KEY", "a-key-of-some-length"}},
                 std::move(launcher)}) {
    // The first batch makes the journal's files.
    REQUIRE(eventually([this] { return attacks::good_sender{port(), credentials}.finish(1).taken > 0; }));
  }

private:
  std::vector<std::string> with_data(std::vector<std::string> arguments) {
    arguments.push_back("--storage.directory=" + data.path().string());
    return arguments;
  }
};

// A value of /proc/PID/status, such as VmRSS in KB.
std::uint64_t status_of(service& running, const std::string& name) {
  std::ifstream file{"/proc/" + std::to_string(running.program().pid()) + "/status"};
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name + ":"))
      return std::stoull(line.substr(name.size() + 1));
  return 0;
}

struct attacked {
  std::string name;
  std::uint64_t max_mb = 100; // of the whole process
  std::uint64_t batches = 20; // that the sender posts meanwhile
};

// Runs `attack` while a good sender posts, and checks what this costs it.
void check(service& running, const attacked& expected, const std::function<void()>& attack) {
  attacks::good_sender sender{running.port(), credentials};
  attack();
  const auto seen = sender.finish(expected.batches);
  const auto mb = status_of(running, "VmHWM") / 1024;
  fmt::print("{:<40} sender: {} of {} taken, p99 {} ms; process: {} MB at most, {} threads\n", expected.name,
             seen.taken, seen.sent, seen.p99.count(), mb, status_of(running, "Threads"));
  CHECK(seen.taken == seen.sent);
  CHECK(seen.p99 < 1s);
  if (!is_sanitized())
    CHECK(mb < expected.max_mb);
}

std::string head(const std::string& lines) {
  return "GET /healthz HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n";
}

} // namespace

TEST_CASE("attacks: connections that only exist shut nobody out") {
  attacked_service running{{"--http.max-connections=256"}};
  for (const auto& [name, sends] : {std::pair<std::string, std::string>{"idle after a request", head({})},
                                    {"silent", ""},
                                    {"half a head", "POST /logdrains HT"},
                                    {"a body that never ends", "POST /logdrains HTTP/1.1\r\nHost: h\r\n"
                                                               "Content-Length: 10000000\r\n\r\nx"}}) {
    std::list<http_connection> strangers;
    check(running, {name}, [&, &sends = sends] { // clang 14 captures no bindings
      for (int i = 0; i < 512; ++i) {
        auto& conn = strangers.emplace_back(running.port());
        if (!sends.empty())
          conn.send(sends);
      }
    });
  }
}

TEST_CASE("attacks: a Range header costs nothing, however many ranges it has") {
  attacked_service running{{}, {"/usr/bin/prlimit", "--stack=1048576:1048576"}};
  std::string ranges = "Range: bytes=";
  for (int i = 0; i < 4000; ++i)
    ranges += "-,";
  ranges.resize(8000);
  check(running, {"Range"}, [&] {
    for (int i = 0; i < 200; ++i) {
      http_connection conn{running.port()};
      REQUIRE(conn.send(head(ranges + "\r\n")));
      CHECK(conn.receive());
    }
  });
}

TEST_CASE("attacks: a system that makes no more threads does not end it") {
  attacked_service running;
  check(running, {"nothing yet"}, [] {}); // after which all boxes have their threads
  const auto threads = status_of(running, "Threads");
  std::list<http_connection> strangers;
  check(running, {"many requests at once"}, [&] {
    for (int i = 0; i < 500; ++i)
      strangers.emplace_back(running.port())
          .send("POST /logdrains HTTP/1.1\r\nHost: h\r\n"
                "Content-Length: 9\r\n\r\n");
  });
  CHECK(status_of(running, "Threads") == threads);
}

TEST_CASE("attacks: nobody can make it compress by brotli, or the same again and again") {
  attacked_service running;
  check(running, {"Accept-Encoding"}, [&] {
    for (const auto* coding : {"br", "gzip"})
      for (int i = 0; i < 300; ++i) {
        http_connection conn{running.port()};
        REQUIRE(conn.send("GET /dashboard/uplot.js HTTP/1.1\r\nHost: h\r\nAccept-Encoding: " +
                          std::string{coding} + "\r\n\r\n"));
        const auto answer = conn.receive();
        REQUIRE(answer);
        CHECK(answer->header("Content-Encoding") == (std::string{coding} == "gzip" ? "gzip" : ""));
      }
  });
}

TEST_CASE("attacks: one tenant that announces much and sends little does not starve the others") {
  attacked_service running{{"--http.max-pending-body-bytes=67108864"}};
  std::list<http_connection> greedy;
  check(running, {"bodies announced and not sent"}, [&] {
    for (int i = 0; i < 60; ++i)
      greedy.emplace_back(running.port())
          .send("POST /logdrains HTTP/1.1\r\nHost: h\r\nAuthorization: " + credentials +
                "\r\nContent-Length: 10485760\r\n\r\nx");
  });
}

TEST_CASE("attacks: a head that could be read in two ways is refused, and what follows it is no request") {
  attacked_service running;
  check(running, {"lenient heads"}, [&] {
    for (const auto* lines : {"Content-Length: %31%31\r\n", "Name : value\r\n", "A: b\r\n folded\r\n",
                              "Transfer-Encoding\x0b: chunked\r\n", "Transfer-Encoding:\r\n",
                              "Host: other\r\n", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                              "Content-Length : 42\r\n", "A: b\nC: d\r\n"}) {
      http_connection conn{running.port()};
      REQUIRE(conn.send(head(lines) + head({})));
      const auto answer = conn.receive();
      REQUIRE(answer);
      CHECK_MESSAGE(answer->status == 400, lines);
      CHECK_FALSE(conn.receive(5s)); // the end of the connection, and no second answer
    }
  });
}

TEST_CASE("attacks: what is no request ends soon") {
  attacked_service running;
  check(running, {"TLS, empty lines, noise"}, [&] {
    for (const auto& bytes : {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 9), std::string(1000, '\r'),
                              std::string(100'000, '\n'), std::string(100'000, 'x')}) {
      http_connection conn{running.port()};
      conn.send(bytes);
      CHECK(conn.is_closed(5s));
    }
    http_connection empty_lines{running.port()};
    while (empty_lines.send("\r\n\r\n\r\n\r\n")) {
    }
  });
}

TEST_CASE("attacks: guesses and requests for nothing in great numbers cost the sender no batch") {
  attacked_service running;
  check(running, {"floods"}, [&] {
    for (const auto* request :
         {"POST /logdrains HTTP/1.1\r\nHost: h\r\nAuthorization: Basic eDp5\r\nContent-Length: 1\r\n\r\nx",
          "GET /metrics HTTP/1.1\r\nHost: h\r\nX-API-Key: guess\r\n\r\n",
          "GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n", "GET /readyz HTTP/1.1\r\nHost: h\r\n\r\n"}) {
      http_connection conn{running.port()};
      for (int i = 0; i < 500; ++i) {
        REQUIRE(conn.send(request));
        REQUIRE(conn.receive());
      }
    }
  });
}

TEST_CASE("attacks: clients that ask much and read nothing are let go") {
  attacked_service running;
  std::list<http_connection> deaf;
  check(running, {"answers that nobody reads", 150}, [&] {
    std::string many;
    for (int i = 0; i < 200; ++i)
      many += "GET /dashboard/uplot.js HTTP/1.1\r\nHost: h\r\n\r\n";
    for (int i = 0; i < 200; ++i)
      deaf.emplace_back(running.port()).send(many);
  });
}

} // namespace attacks_test
