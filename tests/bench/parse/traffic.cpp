#include "tests/bench/parse/traffic.hpp"

#include <cstdio>
#include <random>
#include <string_view>

namespace parseflow::bench {

namespace {

class composer {
public:
  explicit composer(std::uint64_t seed) : random_(seed) {}

  std::string body(traffic kind, std::size_t lines) {
    std::string out;
    for (std::size_t i = 0; i < lines; ++i) {
      now_us_ += below(4000);
      traffic line = kind;
      if (kind == traffic::mix) {
        const unsigned draw = below(100);
        line = draw < 80 ? traffic::router : draw < 95 ? traffic::app : traffic::samples;
      }
      const std::string message = line == traffic::router ? router()
                                  : line == traffic::app  ? app()
                                                          : samples();
      out += std::to_string(message.size()) + ' ' + message;
    }
    return out;
  }

private:
  unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }

  template <class T, std::size_t N>
  const T& one_of(const T (&list)[N]) {
    return list[below(static_cast<unsigned>(N))];
  }

  std::string hex(int digits) {
    std::string out;
    for (int i = 0; i < digits; ++i)
      out += "0123456789abcdef"[below(16)];
    return out;
  }

  std::string uuid() { return hex(8) + '-' + hex(4) + '-' + hex(4) + '-' + hex(4) + '-' + hex(12); }
  std::string number(unsigned n) { return std::to_string(below(n)); }
  std::string address() { return number(224) + '.' + number(256) + '.' + number(256) + '.' + number(256); }

  std::string header(std::string_view pri, std::string_view source, std::string_view proc) {
    char time[40];
    std::snprintf(time, sizeof time, "2026-03-02T14:%02u:%02u.%06u+00:00", now_us_ / 60'000'000 % 60,
                  now_us_ / 1'000'000 % 60, now_us_ % 1'000'000);
    std::string out = "<";
    out.append(pri)
        .append(">1 ")
        .append(time)
        .append(" host ")
        .append(source)
        .append(" ")
        .append(proc)
        .append(" - ");
    return out;
  }

  std::string path() {
    static constexpr std::string_view pages[] = {"/",       "/items", "/cart",         "/api/v2/orders",
                                                 "/search", "/users", "/assets/app.js"};
    std::string out(one_of(pages));
    if (below(3) == 0)
      out += '/' + number(100'000);
    if (below(3) == 0)
      out += "?page=" + number(50) + "&sort=price&q=" + hex(6);
    return out;
  }

  std::string router() {
    static constexpr std::string_view methods[] = {"GET", "GET", "GET", "GET", "POST", "PUT", "DELETE"};
    static constexpr std::string_view statuses[] = {"200", "200", "200", "200", "201",
                                                    "304", "302", "404", "500"};
    const bool is_timeout = below(100) < 2;
    std::string out = header("158", "heroku", "router");
    out += is_timeout ? "at=error code=H12 desc=\"Request timeout\" method=" : "at=info method=";
    out.append(one_of(methods))
        .append(" path=\"")
        .append(path())
        .append("\" host=shop.example.com request_id=");
    out += uuid() + " fwd=\"" + address() + (below(8) == 0 ? ", " + address() : "") + "\" dyno=web." +
           std::to_string(1 + below(12));
    out += " connect=" + number(4) +
           "ms service=" + (is_timeout ? "30000" : number(below(4) == 0 ? 2000 : 90)) + "ms status=";
    out.append(is_timeout ? "503" : one_of(statuses)).append(" bytes=").append(number(200'000));
    out += below(2) == 0 ? " protocol=https" : " protocol=http2.0 tls=true tls_version=tls1.3";
    return out + '\n';
  }

  std::string app() {
    std::string out = header("190", "app", "web." + std::to_string(1 + below(12)));
    switch (below(3)) {
    case 0:
      out += R"({"level":"info","msg":"charge accepted","order":)" + number(100'000) +
             R"(,"customer":{"id":")" + uuid() + R"("},"ms":)" + number(900) + "." + number(10) + "}";
      break;
    case 1:
      out += "level=warn msg=\"slow upstream\" upstream=payments elapsed=" + number(4000) +
             "ms request_id=" + uuid();
      break;
    default:
      out += "INFO Completed 200 OK in " + number(900) + "ms (Views: " + number(90) +
             ".1ms | ActiveRecord: " + number(40) + ".2ms)";
    }
    return out + '\n';
  }

  std::string samples() {
    if (below(12) == 0)
      return header("134", "app", "heroku-postgres") +
             "source=DATABASE addon=postgresql-angular-40817 sample#current_transaction=" +
             number(9'000'000) +
             " sample#db_size=7340032512bytes sample#db-size-percentage-used=0.10938 sample#tables=61"
             " sample#active-connections=" +
             number(100) +
             " sample#waiting-connections=0 sample#max-connections=200"
             " sample#connections-percentage-used=0.115 sample#index-cache-hit-rate=0.99871"
             " sample#table-cache-hit-rate=0.98412 sample#load-avg-1m=0.21 sample#load-avg-5m=0.18"
             " sample#load-avg-15m=0.175 sample#read-iops=0.4918 sample#write-iops=31.262 "
             "sample#max-iops=3000 sample#iops-percentage-used=0.01058 sample#tmp-disk-used=543600640"
             " sample#tmp-disk-available=72435191808 sample#memory-total=8036340kB "
             "sample#memory-free=311204kB"
             " sample#memory-percentage-used=0.96128 sample#memory-cached=7012880kB "
             "sample#memory-postgres=201336kB"
             " sample#wal-percentage-used=0.06502\n";
    const std::string dyno = "web." + std::to_string(1 + below(12));
    const std::string start =
        header("45", "heroku", dyno) + "source=" + dyno + " dyno=heroku.190283746." + uuid();
    if (below(2) == 0)
      return start + " sample#load_avg_1m=0." + number(100) +
             " sample#load_avg_5m=0.37 sample#load_avg_15m=0.29\n";
    return start + " sample#memory_total=318.44MB sample#memory_rss=" + number(500) +
           ".12MB sample#memory_cache=17.32MB sample#memory_swap=0.00MB sample#memory_pgpgin=" +
           number(900'000) + "pages sample#memory_pgpgout=69681pages sample#memory_quota=512.00MB\n";
  }

  std::mt19937_64 random_;
  unsigned now_us_ = 450'000'000;
};

} // namespace

std::vector<std::string> make_bodies(traffic kind, std::size_t count, std::size_t lines, std::uint64_t seed) {
  composer make(seed);
  std::vector<std::string> bodies;
  for (std::size_t i = 0; i < count; ++i)
    bodies.push_back(make.body(kind, lines));
  return bodies;
}

} // namespace parseflow::bench
