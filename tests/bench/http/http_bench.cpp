// Measures the cost of a drain request before it reaches the pipeline: our connection server beside plain
// httplib. Usage:
//   http_bench [connections] [body bytes] [requests per connection]
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <httplib.h>
#include <sys/resource.h>

#include "http/connections/connection_server.hpp"
#include "tests/support/http_connection.hpp"

namespace {

using namespace parseflow;
using clock_type = std::chrono::steady_clock;

struct load {
  std::size_t connections, body_bytes, requests;
};

double cpu_seconds() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  return static_cast<double>(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
         static_cast<double>(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

// Client and server run in this process, so the CPU times are those of both.
void run(const char* name, std::uint16_t port, const load& work) {
  const auto request = drain_request(std::string(work.body_bytes, 'x'), 200, "0123456789ABCDEF");
  std::atomic<std::size_t> wrong = 0;
  const auto cpu_before = cpu_seconds();
  const auto before = clock_type::now();
  std::vector<std::thread> clients;
  for (std::size_t i = 0; i < work.connections; ++i)
    clients.emplace_back([&] {
      http_connection conn{port};
      for (std::size_t n = 0; n < work.requests; ++n) {
        conn.send(request);
        const auto answer = conn.receive();
        if (!answer || answer->status != 204)
          ++wrong;
      }
    });
  for (auto& client : clients)
    client.join();
  const auto seconds = std::chrono::duration<double>(clock_type::now() - before).count();
  const auto total = static_cast<double>(work.connections * work.requests);
  fmt::print(
      "{:<16} {:>8.0f} requests/s  {:>6.1f} us each  {:>6.1f} us CPU each, client included  {} wrong\n", name,
      total / seconds, 1e6 * seconds / total, 1e6 * (cpu_seconds() - cpu_before) / total, wrong.load());
}

void bench_plain(const load& work) {
  httplib::Server server;
  server.new_task_queue = [] { return new httplib::ThreadPool(64); };
  server.set_keep_alive_max_count(SIZE_MAX);
  server.set_tcp_nodelay(true);
  server.Post("/logdrains",
              [](const httplib::Request&, httplib::Response& response, const httplib::ContentReader& read) {
                std::string body;
                read([&](const char* bytes, std::size_t size) {
                  body.append(bytes, size);
                  return true;
                });
                response.status = 204;
              });
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread listening{[&] { server.listen_after_bind(); }};
  run("plain httplib", static_cast<std::uint16_t>(port), work);
  server.stop();
  listening.join();
}

void bench_ours(const load& work) {
  http::request_handlers handlers;
  handlers.plan = [](const http::request_head&) {
    return http::request_plan{http::request_plan::way::pool, 100'000'000};
  };
  handlers.answer = [](http::exchange& current) { current.response.status = 204; };
  http::connection_server server{{}, std::move(handlers)};
  if (const auto started = server.start("127.0.0.1", 0); !started) {
    fmt::print("{}\n", started.error().sentence);
    return;
  }
  run("connection_server", server.port(), work);
  server.stop();
}

} // namespace

int main(int argc, char** argv) {
  const auto number = [&](int index, std::size_t otherwise) {
    return argc > index ? std::strtoull(argv[index], nullptr, 10) : otherwise;
  };
  const load work{number(1, 8), number(2, 55'000), number(3, 5'000)};
  bench_plain(work);
  bench_ours(work);
}
