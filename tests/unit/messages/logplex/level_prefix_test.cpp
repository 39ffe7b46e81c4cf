// Where frameworks write their levels, and where the name of a level is not one.
#include "messages/logplex/level_prefix.hpp"

#include <doctest/doctest.h>

#include <string>

namespace parseflow::logplex {
namespace {

struct sample {
  std::string_view framework;
  std::string_view text;
};

void check_all(severity expected, std::initializer_list<sample> samples) {
  for (const auto& each : samples) {
    CAPTURE(each.framework);
    CAPTURE(each.text);
    CHECK(leading_severity(each.text) == expected);
  }
}

TEST_CASE("level prefix: every framework's way to write an error") {
  check_all(
      severity::error,
      {
          {"the first word", "ERROR cannot connect"},
          {"the first word, marked", "error: cannot connect"},
          {"the first word, in brackets", "[error] cannot connect"},
          {"behind blanks", "  \tERROR cannot connect"},
          {"Rails", "E, [2026-11-26T19:30:00.123456 #7] ERROR -- : cannot connect"},
          {"semantic_logger", "2026-11-26 19:30:00.123456 [7:puma] ERROR Name -- cannot connect"},
          {"Sidekiq", "2026-11-26T19:30:00.123Z 4 TID-ox3 ERROR: cannot connect"},
          {"Sidekiq 6", "2026-11-26T19:30:00.123Z pid=4 tid=ox3 class=Billing::Worker ERROR: fail"},
          {"WEBrick", "[2026-11-26 19:30:00] ERROR cannot connect"},
          {"Hanami", "[app] [ERROR] [2026-11-26 19:30:00 +0000] cannot connect"},
          {"Python", "ERROR:root:cannot connect"},
          {"Python, asctime", "2026-11-26 19:30:00,123 ERROR name: cannot connect"},
          {"Python, asctime and name", "2026-11-26 19:30:00,123 - app - ERROR - cannot connect"},
          {"Python, name first", "2026-11-26 19:30:00,123 django.request ERROR cannot connect"},
          {"Flask", "[2026-11-26 19:30:00,123] ERROR in app: Exception on / [GET]"},
          {"Django", "[26/Nov/2026 19:30:00] ERROR [django.request:248] Internal Server Error"},
          {"gunicorn", "[2026-11-26 19:30:00 +0000] [7] [ERROR] cannot connect"},
          {"uvicorn", "ERROR:    Exception in ASGI application"},
          {"Celery", "[2026-11-26 19:30:00,123: ERROR/MainProcess] cannot connect"},
          {"Scrapy", "2026-11-26 19:30:00 [scrapy.core.engine] ERROR: cannot connect"},
          {"loguru", "2026-11-26 19:30:00.123 | ERROR    | app.main:run:12 - cannot connect"},
          {"Airflow", "[2026-11-26T19:30:00.123+0000] {taskinstance.py:12} ERROR - cannot connect"},
          {"Tornado", "[E 261126 19:30:00 web:12] cannot connect"},
          {"Odoo", "2026-11-26 19:30:00,123 7 ERROR db odoo.http: cannot connect"},
          {"Elixir", "19:30:00.123 [error] cannot connect"},
          {"Phoenix", "19:30:00.123 request_id=FzQ remote_ip=203.0.113.9 [error] cannot connect"},
          {"RabbitMQ", "2026-11-26 19:30:00.123456+00:00 [error] <0.1.0> cannot connect"},
          {"Erlang", "=ERROR REPORT==== 26-Nov-2026::19:30:00 ==="},
          {"Spring", "2026-11-26 19:30:00.123 ERROR 4 --- [nio-8080-exec-1] c.e.App : cannot connect"},
          {"Spring 3", "2026-11-26T19:30:00.123Z ERROR 4 --- [app] [           main] c.e.App : cannot"},
          {"log4j", "2026-11-26 19:30:00,123 [main] ERROR com.example.App - cannot connect"},
          {"log4j, TTCC", "0 [main] ERROR com.example.App - cannot connect"},
          {"Logback", "19:30:00.123 [main] ERROR com.example.App - cannot connect"},
          {"Logback's own", "19:30:00,123 |-ERROR in ch.qos.logback.core: cannot connect"},
          {"slf4j-simple", "[main] ERROR com.example.App - cannot connect"},
          {"Dropwizard", "ERROR [2026-11-26 19:30:00,123] com.example.App: cannot connect"},
          {"Quarkus", "2026-11-26 19:30:00,123 ERROR [com.exa.App] (main) cannot connect"},
          {"java.util.logging", "SEVERE: cannot connect"},
          {"Tomcat", "26-Nov-2026 19:30:00.123 SEVERE [main] org.apache.catalina.Startup cannot connect"},
          {"Play", "[error] a.a.Actor - cannot connect"},
          {"Akka", "[ERROR] [11/26/2026 19:30:00.123] [main] [akka://app] cannot connect"},
          {"glog and klog", "E1126 19:30:00.123456       7 file.go:12] cannot connect"},
          {"slog", "2026/11/26 19:30:00 ERROR cannot connect err=refused"},
          {"hclog", "2026-11-26T19:30:00.123Z [ERROR] app: cannot connect"},
          {"logrus", "ERRO[0000] cannot connect"},
          {"log15", "EROR[11-26|19:30:00] cannot connect"},
          {"zap's console", "2026-11-26T19:30:00.123Z\tERROR\tapp/main.go:12\tcannot connect"},
          {"zap's console, small", "2026-11-26T19:30:00.123+0000\terror\tapp/main.go:12\tcannot connect"},
          {"zap's console, Unix time", "1.795721400123e+09\terror\tapp/main.go:12\tcannot connect"},
          {"zerolog's console", "7:30PM ERR cannot connect"},
          {"env_logger", "[2026-11-26T19:30:00Z ERROR app] cannot connect"},
          {"tracing", "2026-11-26T19:30:00.123456Z ERROR app::db: cannot connect"},
          {"Vapor", "[ ERROR ] cannot connect [request-id: 5b0e7a4c]"},
          {"Laravel", "[2026-11-26 19:30:00] production.ERROR: cannot connect {\"a\":1}"},
          {"Monolog", "[2026-11-26T19:30:00.123456+00:00] app.ERROR: cannot connect [] []"},
          {"Monolog without time", "request.ERROR: cannot connect"},
          {"PHP", "PHP Parse error:  syntax error, unexpected end of file"},
          {"winston", "2026-11-26T19:30:00.123Z [error]: cannot connect"},
          {"winston, plain", "2026-11-26T19:30:00.123Z error: cannot connect"},
          {"winston, coloured", "\x1b[31merror\x1b[39m: cannot connect"},
          {"pino-pretty", "[19:30:00.123] ERROR (7): cannot connect"},
          {"Bunyan's CLI", "[2026-11-26T19:30:00.123Z] ERROR: app/7 on host: cannot connect"},
          {"Nest", "[Nest] 7  - 11/26/2026, 7:30:00 PM   ERROR [ExceptionsHandler] cannot connect"},
          {"Nest, coloured", "\x1b[31m[Nest] 7  - \x1b[39m11/26/2026, 7:30:00 PM \x1b[31m  ERROR\x1b[39m x"},
          {"npm", "npm ERR! code ELIFECYCLE"},
          {"npm 10", "npm error code ELIFECYCLE"},
          {".NET", "fail: Microsoft.AspNetCore.Server.Kestrel[13]"},
          {".NET, coloured", "\x1b[41m\x1b[30mfail\x1b[39m\x1b[22m\x1b[49m: Microsoft.AspNetCore"},
          {"Serilog", "[19:30:00 ERR] cannot connect"},
          {"Serilog's file", "2026-11-26 19:30:00.123 +00:00 [ERR] cannot connect"},
          {"NLog", "2026-11-26 19:30:00.1234|ERROR|Name|cannot connect"},
          {"nginx", "2026/11/26 19:30:00 [error] 7#7: *1 cannot connect"},
          {"Apache", "[Thu Nov 26 19:30:00.123456 2026] [core:error] [pid 7:tid 140] cannot connect"},
          {"Passenger", "[ E 2026-11-26 19:30:00.1234 7/T1 age/Wat/Main.cpp:1373 ]: cannot connect"},
          {"Log4perl", "2026/11/26 19:30:00 ERROR> file.pl:12 main:: - cannot connect"},
          {"katip", "[2026-11-26 19:30:00][App][Error][host][PID 7] cannot connect"},
          {"foreman", "19:30:00 web.1   | ERROR cannot connect"},
          {"a time zone", "2026-11-26 19:30:00 UTC ERROR: cannot connect"},
          {"colour codes", "\x1b[31mERROR\x1b[0m failed"},
      });
}

TEST_CASE("level prefix: the other levels") {
  check_all(severity::fatal, {{"PHP", "[26-Nov-2026 19:30:00 UTC] PHP Fatal error:  Uncaught Exception"},
                              {"Go", "fatal error: all goroutines are asleep - deadlock!"},
                              {"Go", "panic: runtime error: index out of range"},
                              {"Ruby", "F, [2026-11-26T19:30:00 #7] FATAL -- : x"},
                              {"Python", "2026-11-26 19:30:00,123 CRITICAL name: x"},
                              {"syslog", "<emerg> x"},
                              {"Monolog", "[2026-11-26 19:30:00] production.EMERGENCY: x"},
                              {"zerolog", "7:30PM FTL x"}});
  check_all(severity::warning, {{"Ruby", "W, [2026-11-26T19:30:00 #7]  WARN -- : x"},
                                {"PHP", "PHP Warning:  Undefined variable $x"},
                                {"Node", "(node:7) Warning: x"},
                                {"klog", "W1126 19:30:00.123456 7 file.go:12] x"},
                                {"npm", "npm WARN deprecated x"},
                                {"Celery", "[2026-11-26 19:30:00,123: WARNING/ForkPoolWorker-1] x"},
                                {"Serilog", "[19:30:00 WRN] x"}});
  check_all(severity::info, {{"Spring, padded", "2026-11-26 19:30:00.123  INFO 4 --- [main] c.e.App : x"},
                             {"Logback, padded", "19:30:00.123 [main] INFO  c.e.App - an ERROR follows"},
                             {"gunicorn", "[2026-11-26 19:30:00 +0000] [7] [INFO] Listening at: x"},
                             {"PHP", "PHP Notice:  x"},
                             {".NET", "info: Microsoft.Hosting.Lifetime[14]"},
                             {"Serilog", "[19:30:00 INF] ERROR is a word"}});
  check_all(severity::debug, {{"Ruby", "D, [2026-11-26T19:30:00 #7] DEBUG -- : x"},
                              {"Elixir", "19:30:00.123 [debug] x"},
                              {"tracing", "2026-11-26T19:30:00.123456Z TRACE app: x"},
                              {".NET", "dbug: x"},
                              {"java.util.logging", "FINEST: x"}});
}

TEST_CASE("level prefix: a sentence that holds a level's name has no level") {
  for (const std::string_view text :
       {"",
        " ",
        "[",
        "Error handling was improved",
        "ERRORS: 5",
        "Information about x",
        "[warn slow",
        "I, robot",
        "the job ended with ERROR: x",
        "2026-11-26 19:30:00 The ERROR was seen",
        "2026-11-26 19:30:00,123 user clicked - error - twice",
        "19:30:00 a line with [error] in it",
        "[app] user clicked the ERROR button",
        "12 ERROR pages",
        "5 errors: x",
        "Started GET \"/error\" for 203.0.113.9",
        "203.0.113.9 - - [26/Nov/2026:19:30:00 +0000] \"GET /ERROR HTTP/1.1\" 500 12",
        "- ERROR: a list",
        "2026/11/26 19:30:00 http: TLS handshake error from 203.0.113.9:51000: EOF",
        "<div>ERROR</div>",
        "[\"ERROR\", \"x\"] ERROR",
        "-----> ERROR",
        "Error::NotFound",
        "http: x",
        "{error: 1}",
        "Nov 26 ERROR",
        "PHP ",
        "PHP",
        "npm ",
        "E",
        "E1126",
        "=ERROR",
        "[E 2",
        "2026-11-26",
        "19:30:00 ",
        "\x1b[31m",
        "a@b.example ERROR"}) {
    CAPTURE(text);
    CHECK(leading_severity(text) == severity::none);
  }
}

TEST_CASE("level prefix: only the beginning of a text is looked at") {
  const std::string brackets = "[2026-11-26 19:30:00] [" + std::string(140, 'x') + "] ";
  CHECK(leading_severity(brackets + "ERROR x") == severity::none);
  CHECK(leading_severity("ERROR " + std::string(1'000'000, '[')) == severity::error);
  CHECK(leading_severity(std::string(1'000'000, '[')) == severity::none);
}

} // namespace
} // namespace parseflow::logplex
