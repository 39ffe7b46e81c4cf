// One frame of each kind that Heroku sends, written for the catalogue of its formats. Hosts, ids and
// addresses are invented.
#pragma once

#include <string_view>

namespace parseflow::logplex::samples {

inline constexpr std::string_view text_in_ascii =
    R"(78 <190>1 2026-03-02T14:07:31.118204+00:00 host app web.1 - cache warmed in 41ms)"
    "\n";

inline constexpr std::string_view text_in_utf8 =
    R"(84 <190>1 2026-03-02T14:07:31.200000+00:00 host app worker.2 - Grüße aus Zürich ☕)"
    "\n";

inline constexpr std::string_view text_beginning_with_dash =
    R"(68 <190>1 2026-03-02T14:07:31.640001+00:00 host app web.1 - - item one)"
    "\n";

inline constexpr std::string_view log_shuttle_nil_structured_data =
    R"(80 <190>1 2026-03-02T14:07:31.640001+00:00 shuttle token web.1 - - started request)"
    "\n";

inline constexpr std::string_view router_legacy =
    R"(262 <158>1 2026-03-02T14:07:31.482915+00:00 host heroku router - at=info method=GET )"
    R"(path="/items?page=2" host=shop.example.com request_id=5b0e7a4c-0c1f-4d2e-9a77-6f1d0c3b8e11 )"
    R"(fwd="203.0.113.9" dyno=web.2 connect=0ms service=37ms status=200 bytes=5120 protocol=https)"
    "\n";

inline constexpr std::string_view router_2_0 =
    R"(279 <158>1 2026-03-02T14:07:31.482915+00:00 host heroku router - at=info method=GET path="/" )"
    R"(host=shop.example.com request_id=0f7c2d9e-3b41-8a6d-77aa-1c2e3d4f5a6b fwd="198.51.100.23" )"
    R"(dyno=web.1 connect=1ms service=12ms status=304 bytes=0 protocol=http2.0 tls=true )"
    R"(tls_version=tls1.3)"
    "\n";

inline constexpr std::string_view router_h12 =
    R"(290 <158>1 2026-03-02T14:07:31.482915+00:00 host heroku router - at=error code=H12 )"
    R"(desc="Request timeout" method=POST path="/export" host=shop.example.com )"
    R"(request_id=77c1b8e2-91d4-4e0b-8f3a-2b6d5e9c0a14 fwd="203.0.113.9" dyno=web.3 connect=1ms )"
    R"(service=30001ms status=503 bytes=0 protocol=https)"
    "\n";

inline constexpr std::string_view router_h10 =
    R"(263 <158>1 2026-03-02T14:07:31.482915+00:00 host heroku router - at=error code=H10 desc="App )"
    R"(crashed" method=GET path="/" host=shop.example.com )"
    R"(request_id=c4a9d1f0-5e27-4b6c-9d38-a7e1f2b3c4d5 fwd="203.0.113.9" dyno= connect= service= )"
    R"(status=503 bytes= protocol=https)"
    "\n";

inline constexpr std::string_view router_h27 =
    R"(324 <158>1 2026-03-02T14:07:31.482915+00:00 host heroku router - sock=client at=warning )"
    R"(code=H27 desc="Client Request Interrupted" method=PUT path="/cart" host=shop.example.com )"
    R"(request_id=1e2d3c4b-5a69-4788-96a5-b4c3d2e1f009 fwd="203.0.113.9, 198.51.100.4" dyno=web.1 )"
    R"(connect=0ms service=214ms status=499 bytes=0 protocol=https)"
    "\n";

inline constexpr std::string_view router_h26 =
    R"(300 <158>1 2026-03-02T14:07:31.482915+00:00 host heroku router - at=error code=H26 )"
    R"(desc="Request Error" cause="bad chunk" method=POST path="/upload" host=shop.example.com )"
    R"(request_id=9a8b7c6d-5e4f-4321-8765-0fedcba98765 fwd="203.0.113.9" dyno=web.1 connect=1 )"
    R"(service=0 status=400 bytes=537 protocol=https)"
    "\n";

inline constexpr std::string_view router_h80 =
    R"(267 <158>1 2026-03-02T14:07:31.482915+00:00 host heroku router - at=info code=H80 )"
    R"(desc="Maintenance mode" method=GET path="/" host=shop.example.com )"
    R"(request_id=aa11bb22-cc33-4d44-8e55-ff6677889900 fwd="203.0.113.9" dyno= connect= service= )"
    R"(status=503 bytes= protocol=https)"
    "\n";

inline constexpr std::string_view router_h31 =
    R"(316 <158>1 2026-03-02T14:07:31.482915+00:00 host heroku router - at=error code=H31 )"
    R"(desc="Misdirected Request" method=GET path="/" host=old.example.net )"
    R"(request_id=bb22cc33-dd44-4e55-9f66-001122334455 fwd="203.0.113.77" dyno= connect= service= )"
    R"-(status=421 bytes= protocol=http agent="ExampleBot/2.1 (+https://bot.example)")-"
    "\n";

inline constexpr std::string_view process_start =
    R"(121 <45>1 2026-03-02T14:07:31.611002+00:00 host heroku worker.1 - Starting process with )"
    R"(command `bin/worker --queue mailers`)"
    "\n";

inline constexpr std::string_view state_change =
    R"(93 <45>1 2026-03-02T14:07:31.504411+00:00 host heroku web.1 - State changed from starting to up)"
    "\n";

inline constexpr std::string_view process_stop =
    R"(95 <45>1 2026-03-02T14:07:31.655120+00:00 host heroku web.2 - Stopping all processes with )"
    R"(SIGTERM)"
    "\n";

inline constexpr std::string_view process_exit =
    R"(90 <45>1 2026-03-02T14:07:31.702338+00:00 host heroku web.2 - Process exited with status 143)"
    "\n";

inline constexpr std::string_view memory_use =
    R"(95 <45>1 2026-03-02T14:07:31.810000+00:00 host heroku worker.1 - Process running )"
    R"(mem=547M(106.8%))"
    "\n";

inline constexpr std::string_view r14 =
    R"(96 <45>1 2026-03-02T14:07:31.811932+00:00 host heroku worker.1 - Error R14 (Memory quota )"
    R"(exceeded))"
    "\n";

inline constexpr std::string_view r10 =
    R"(151 <45>1 2026-03-02T14:07:31.900001+00:00 host heroku web.1 - Error R10 (Boot timeout) -> Web )"
    R"(process failed to bind to $PORT within 60 seconds of launch)"
    "\n";

inline constexpr std::string_view r12 =
    R"(155 <45>1 2026-03-02T14:07:31.900102+00:00 host heroku worker.1 - Error R12 (Exit timeout) -> )"
    R"(At least one process failed to exit within 30 seconds of SIGTERM)"
    "\n";

inline constexpr std::string_view scheduler_complete =
    R"(102 <45>1 2026-03-02T14:07:31.115000+00:00 host heroku scheduler.4410 - State changed from up )"
    R"(to complete)"
    "\n";

inline constexpr std::string_view deploy =
    R"(95 <190>1 2026-03-02T14:07:31.020405+00:00 host app api - Deploy 4c1e9ab2 by user )"
    R"(dev@example.com)"
    "\n";

inline constexpr std::string_view release =
    R"(99 <190>1 2026-03-02T14:07:31.020405+00:00 host app api - Release v87 created by user )"
    R"(dev@example.com)"
    "\n";

inline constexpr std::string_view scale =
    R"(128 <190>1 2026-03-02T14:07:31.311870+00:00 host app api - Scaled to web@3:Standard-2X )"
    R"(worker@1:Standard-1X by user dev@example.com)"
    "\n";

inline constexpr std::string_view config =
    R"(108 <190>1 2026-03-02T14:07:31.414243+00:00 host app api - Set FEATURE_FLAG config vars by )"
    R"(user dev@example.com)"
    "\n";

inline constexpr std::string_view runtime_load =
    R"(204 <45>1 2026-03-02T14:07:31.330517+00:00 host heroku web.1 - source=web.1 )"
    R"(dyno=heroku.190283746.0c7f1e52-9d3b-4a86-b1e4-5f6a7b8c9d0e sample#load_avg_1m=0.41 )"
    R"(sample#load_avg_5m=0.37 sample#load_avg_15m=0.29)"
    "\n";

inline constexpr std::string_view runtime_memory =
    R"(336 <45>1 2026-03-02T14:07:31.330702+00:00 host heroku web.1 - source=web.1 )"
    R"(dyno=heroku.190283746.0c7f1e52-9d3b-4a86-b1e4-5f6a7b8c9d0e sample#memory_total=318.44MB )"
    R"(sample#memory_rss=301.12MB sample#memory_cache=17.32MB sample#memory_swap=0.00MB )"
    R"(sample#memory_pgpgin=151220pages sample#memory_pgpgout=69681pages sample#memory_quota=512.00MB)"
    "\n";

inline constexpr std::string_view postgres_metrics =
    R"(870 <134>1 2026-03-02T14:07:31+00:00 host app heroku-postgres - source=DATABASE )"
    R"(addon=postgresql-angular-40817 sample#current_transaction=4817263 )"
    R"(sample#db_size=7340032512bytes sample#db-size-percentage-used=0.10938 sample#tables=61 )"
    R"(sample#active-connections=23 sample#waiting-connections=0 sample#max-connections=200 )"
    R"(sample#connections-percentage-used=0.115 sample#index-cache-hit-rate=0.99871 )"
    R"(sample#table-cache-hit-rate=0.98412 sample#load-avg-1m=0.21 sample#load-avg-5m=0.18 )"
    R"(sample#load-avg-15m=0.175 sample#read-iops=0.4918 sample#write-iops=31.262 )"
    R"(sample#max-iops=3000 sample#iops-percentage-used=0.01058 sample#tmp-disk-used=543600640 )"
    R"(sample#tmp-disk-available=72435191808 sample#memory-total=8036340kB )"
    R"(sample#memory-free=311204kB sample#memory-percentage-used=0.96128 )"
    R"(sample#memory-cached=7012880kB sample#memory-postgres=201336kB )"
    R"(sample#wal-percentage-used=0.06502)"
    "\n";

inline constexpr std::string_view postgres_follower =
    R"(260 <134>1 2026-03-02T14:07:31+00:00 host app heroku-postgres - source=HEROKU_POSTGRESQL_TEAL )"
    R"(addon=postgresql-round-55310 sample#current_transaction=4817255 sample#db_size=7340031488bytes )"
    R"(sample#tables=61 sample#active-connections=4 sample#follower-lag-commits=8)"
    "\n";

inline constexpr std::string_view postgres_log =
    R"(170 <134>1 2026-03-02T14:07:31+00:00 host app postgres.204817 - [DATABASE] [18-1]  )"
    R"(sql_error_code = 00000 LOG:  duration: 2143.552 ms  statement: SELECT count(*) FROM orders)"
    "\n";

inline constexpr std::string_view pgbouncer_metrics =
    R"(286 <134>1 2026-03-02T14:07:31+00:00 host app heroku-pgbouncer - source=pgbouncer )"
    R"(addon=postgresql-angular-40817 sample#client_active=12 sample#client_waiting=0 )"
    R"(sample#server_active=3 sample#server_idle=17 sample#max_wait=0 sample#avg_query=1840 )"
    R"(sample#avg_recv=20431 sample#avg_sent=88120)"
    "\n";

inline constexpr std::string_view redis_metrics =
    R"(580 <134>1 2026-03-02T14:07:31+00:00 host app heroku-redis - source=REDIS )"
    R"(addon=redis-elliptical-77201 sample#active-connections=14 sample#max-connections=38 )"
    R"(sample#connection-percentage-used=0.36842 sample#load-avg-1m=0.12 sample#load-avg-5m=0.105 )"
    R"(sample#load-avg-15m=0.11 sample#read-iops=0 sample#write-iops=3.4426 sample#max-iops=3000 )"
    R"(sample#iops-percentage-used=0.00115 sample#memory-total=16071000kB )"
    R"(sample#memory-free=10811004kB sample#memory-percentage-used=0.41354 )"
    R"(sample#memory-cached=2480044kB sample#memory-redis=1904416bytes sample#hit-rate=0.87013 )"
    R"(sample#evicted-keys=0)"
    "\n";

inline constexpr std::string_view app_json =
    R"(132 <190>1 2026-03-02T14:07:31.900500+00:00 host app web.1 - {"level":"error","msg":"charge )"
    R"(failed","order":8812,"err":"card_declined"})"
    "\n";

inline constexpr std::string_view app_logfmt =
    R"(121 <190>1 2026-03-02T14:07:31.900500+00:00 host app web.1 - level=warn msg="slow upstream" )"
    R"(upstream=payments elapsed=1820ms)"
    "\n";

inline constexpr std::string_view app_rack_timeout =
    R"(171 <190>1 2026-03-02T14:07:31.501300+00:00 host app web.1 - source=rack-timeout )"
    R"(id=5b0e7a4c-0c1f-4d2e-9a77-6f1d0c3b8e11 wait=4ms timeout=15000ms service=37ms state=completed)"
    "\n";

inline constexpr std::string_view app_l2met =
    R"(169 <190>1 2026-03-02T14:07:31.771200+00:00 host app web.1 - source=checkout )"
    R"(measure#db.query=12.4ms count#orders.placed=1 sample#queue.depth=42jobs unique#buyers=user-8812)"
    "\n";

inline constexpr std::string_view l10 =
    R"(144 <172>1 2026-03-02T14:07:31+00:00 host heroku logplex - Error L10 (output buffer overflow): )"
    R"(317 messages dropped since 2026-03-02T14:06:58+00:00.)";

inline constexpr std::string_view l12 =
    R"(140 <172>1 2026-03-02T14:07:31.125756+00:00 heroku token log-shuttle - - Error L12: 222 )"
    R"(messages dropped since 2026-03-02T14:06:58.125756+00:00)"
    "\n";

/// All samples.
struct sample {
  std::string_view name;
  std::string_view frame;
};

inline constexpr sample all[] = {
    {"text_in_ascii", text_in_ascii},
    {"text_in_utf8", text_in_utf8},
    {"text_beginning_with_dash", text_beginning_with_dash},
    {"log_shuttle_nil_structured_data", log_shuttle_nil_structured_data},
    {"router_legacy", router_legacy},
    {"router_2_0", router_2_0},
    {"router_h12", router_h12},
    {"router_h10", router_h10},
    {"router_h27", router_h27},
    {"router_h26", router_h26},
    {"router_h80", router_h80},
    {"router_h31", router_h31},
    {"process_start", process_start},
    {"state_change", state_change},
    {"process_stop", process_stop},
    {"process_exit", process_exit},
    {"memory_use", memory_use},
    {"r14", r14},
    {"r10", r10},
    {"r12", r12},
    {"scheduler_complete", scheduler_complete},
    {"deploy", deploy},
    {"release", release},
    {"scale", scale},
    {"config", config},
    {"runtime_load", runtime_load},
    {"runtime_memory", runtime_memory},
    {"postgres_metrics", postgres_metrics},
    {"postgres_follower", postgres_follower},
    {"postgres_log", postgres_log},
    {"pgbouncer_metrics", pgbouncer_metrics},
    {"redis_metrics", redis_metrics},
    {"app_json", app_json},
    {"app_logfmt", app_logfmt},
    {"app_rack_timeout", app_rack_timeout},
    {"app_l2met", app_l2met},
    {"l10", l10},
    {"l12", l12},
};

} // namespace parseflow::logplex::samples
