// All settings. To add one, write a member in settings.hpp, with its default, and a row here. Everything else
// reads the row.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "messages/ip_address.hpp"
#include "messages/registry/drain_line.hpp"
#include "messages/settings/endpoint.hpp"
#include "messages/settings/setting.hpp"
#include "messages/settings/webhook_target.hpp"

namespace parseflow {

namespace {

expected<> check_database(std::string_view text) {
  if (text == "sqlite:")
    return problem{" names no file: write sqlite:PATH"};
  if (text.empty() || text.starts_with("sqlite:") || text.starts_with("postgres://") ||
      text.starts_with("postgresql://"))
    return {};
  return problem{" must begin with sqlite: or postgres://"};
}

expected<> check_webhook(std::string_view text) {
  if (text.empty() || webhook_target_from(text))
    return {};
  return problem{
      " must have the form https://HOST[:PORT]/PATH or http://HOST[:PORT]/PATH, without a user's name"};
}

expected<> check_url(std::string_view text) {
  return text.empty() ? expected<>{} : check_public_url(text);
}

expected<> check_folder(std::string_view text) {
  return text.empty() ? problem{" must name a folder"} : expected<>{};
}

expected<> check_node(std::string_view text) {
  constexpr std::size_t longest = 64;
  return text.empty() || text.size() > longest ? problem{" must be a name of 1 to 64 characters"}
                                               : expected<>{};
}

expected<> check_endpoint(std::string_view text) {
  return text.empty() || endpoint_from(text)
             ? expected<>{}
             : problem{fmt::format(" must have the form HOST:PORT, not \"{}\"", text)};
}

expected<> check_endpoints(std::string_view text) {
  for (const auto& entry : list_of(text))
    if (!endpoint_from(entry))
      return problem{fmt::format(" must be HOST:PORT entries separated by commas, not \"{}\"", entry)};
  return {};
}

expected<> check_networks(std::string_view text) {
  for (const auto& entry : list_of(text))
    if (!ip_network::from(entry))
      return problem{fmt::format(
          R"( must be addresses such as 10.1.2.3 and networks such as 10.0.0.0/8, separated by commas, not "{}")",
          entry)};
  return {};
}

// Headers by which clients or other settings say something else.
constexpr std::array claimed_headers{"authorization", "cookie",    "host",
                                     "origin",        "x-api-key", "x-forwarded-for"};

expected<> check_header(std::string_view text) {
  std::string lower;
  for (const char c : text) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    if (!is_upper && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
      return problem{fmt::format(" must be the name of a header: letters, digits and -, not \"{}\"", text)};
    lower += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (std::find(claimed_headers.begin(), claimed_headers.end(), lower) != claimed_headers.end())
    return problem{fmt::format(" cannot be {}, which means something else", text)};
  return {};
}

expected<> check_level(std::string_view text) {
  constexpr std::array levels{"debug", "info", "warn", "error"};
  return std::find(levels.begin(), levels.end(), text) != levels.end()
             ? expected<>{}
             : problem{fmt::format(" must be debug, info, warn or error, not \"{}\"", text)};
}

// For settings that say how long rows stay.
constexpr setting_details age{
    .least = "1h", .also = "0", .why = "0 keeps the rows for ever", .can_reload = true};

// Makes the rows of a section, whose settings are all members of `Struct`.
template <class Struct>
struct section {
  std::string_view name;
  Struct settings::*place;

  template <class Member>
  setting operator()(std::string_view setting_name, Member Struct::*member, std::string_view text,
                     const setting_details& details = {}) const {
    const auto find = [at = place, member](settings& all) -> void* { return &(all.*at.*member); };
    return {name, setting_name, {&form_of<Member>(), find}, text, details};
  }
};
template <class Struct>
section(std::string_view, Struct settings::*) -> section<Struct>;

std::vector<setting> make_table() {
  const section http{"http", &settings::http};
  const section receiver{"receiver", &settings::receiver};
  const section journal{"journal", &settings::journal};
  const section parser{"parser", &settings::parser};
  const section alerting{"alerts", &settings::alerts};
  const section tail{"tail", &settings::tail};
  const section storage{"storage", &settings::storage};
  const section retention{"retention", &settings::retention};
  const section redaction{"redaction", &settings::redaction};
  const section cluster{"cluster", &settings::cluster};
  const section logging{"log", &settings::log};
  return {
      http("host", &http_settings::host,
           "address to listen on; empty: every address if drains and API key are configured, else loopback"),
      http("port", &http_settings::port, "port to listen on; 0 lets the system pick one",
           {.variable = "PORT"}),
      http("private-listen", &http_settings::private_listen,
           "HOST:PORT of a second address for /healthz, /readyz and /metrics alone, without TLS; empty: none",
           {.check = check_endpoint}),
      http("drains", &http_settings::drains,
           "who may post: app:user:password entries, separated by commas or white space",
           {.variable = "PARSEFLOW_DRAINS"}),
      http("public-url", &http_settings::public_url,
           "how Heroku reaches the service, for the commands of parseflow drains: https://HOST",
           {.check = check_url}),
      http("api-key", &http_settings::api_key, "key that metrics, API and dashboard ask for",
           {.variable = "METRICS_API_KEY", .can_reload = true}),
      http("allow-anonymous-drains", &http_settings::allow_anonymous_drains,
           "accept any drain although the address is not loopback"),
      http("allow-anonymous-metrics", &http_settings::allow_anonymous_metrics,
           "answer metrics without a key although the address is not loopback"),
      http("tls-certificate", &http_settings::tls_certificate,
           "PEM file: the certificate and those that lead to its authority; with it clients must speak TLS"),
      http("tls-key", &http_settings::tls_key, "PEM file: the key of the certificate"),
      http("max-body-bytes", &http_settings::max_body_bytes, "a larger body is answered 413",
           {.least = "1024", .most = "1073741824"}),
      http("max-pending-body-bytes", &http_settings::max_pending_body_bytes,
           "bytes of all bodies that are being read or wait for their answer; beyond it reading waits"),
      http("max-connections", &http_settings::max_connections,
           "open connections; beyond it a new one takes the place of an idle one without credentials",
           {.least = "1", .most = "65536"}),
      http(
          "max-strangers-per-address", &http_settings::max_strangers_per_address,
          "open connections without credentials from one address, or one /64 of IPv6; beyond it new ones are "
          "closed; 0: no limit"),
      http("trusted-proxies", &http_settings::trusted_proxies,
           "addresses and networks of proxies, separated by commas: their X-Forwarded-For names the client",
           {.check = check_networks}),
      http(
          "user-header", &http_settings::user_header,
          "header in which a trusted proxy names the user whom it has let in, as X-Forwarded-User; empty: none",
          {.check = check_header}),
      http("admin-users", &http_settings::admin_users,
           "users of that header who may change drains and keys, separated by commas; others only read"),
      http("proxy-protocol", &http_settings::proxy_protocol,
           "connections of trusted proxies begin with a PROXY header, version 1 or 2"),
      http(
          "keep-alive", &http_settings::keep_alive,
          "how long an idle connection is kept after good credentials, others 10s; Logplex wants 6min or more",
          {.least = "1s", .can_reload = true}),
      http("read-timeout", &http_settings::read_timeout, "how long a request may take to arrive completely",
           {.least = "1s", .can_reload = true}),
      http("requests-per-minute", &http_settings::requests_per_minute,
           "API requests a minute for each key, or address without a key; 0: no limit", {.can_reload = true}),
      http("max-streams-per-reader", &http_settings::max_streams_per_reader,
           "answers that do not end (tails) for each key or session, or address without a key; 0: no limit"),
      http("cors-origin", &http_settings::cors_origin,
           "Access-Control-Allow-Origin of the API; empty: no such header", {.can_reload = true}),

      receiver("parsing-budget-bytes", &receiver_settings::parsing_budget_bytes,
               "bytes of frames with the parsers"),
      receiver("unstored-budget-bytes", &receiver_settings::unstored_budget_bytes,
               "bytes of bodies and their records with the DB writer; beyond it frames wait in the journal"),
      receiver("hold", &receiver_settings::hold,
               "how long a request waits to become durable before it is answered 503",
               {.least = "100ms", .most = "4500ms", .why = "Logplex gives up after 5s"}),
      receiver("remembered-frames", &receiver_settings::remembered_frames,
               "frame ids kept to recognise duplicates", {.least = "1", .most = "4294967295"}),
      receiver("max-unstored-frames", &receiver_settings::max_unstored_frames,
               "frames in the journal and not yet in the database; beyond it requests wait", {.least = "1"}),

      journal("directory", &journal_settings::directory,
              "folder of the journal; empty: journal in storage.directory"),
      journal("segment-bytes", &journal_settings::segment_bytes, "size of a segment file",
              {.least = "4096", .most = "2147483648"}),
      journal("quota-bytes", &journal_settings::quota_bytes,
              "bytes that all segments may take; when they are used up, requests wait for the database"),
      journal(
          "keep-stored", &journal_settings::keep_stored,
          "how long the bytes of stored frames stay, for a database that falls back to an older state; 0: not at all",
          {.least = "0", .most = "24h"}),
      journal("id-age", &journal_settings::id_age,
              "how long frame ids are remembered, to recognise late retries",
              {.least = "1h", .why = "retries come late"}),
      journal("compress", &journal_settings::compress, "compress bodies in the journal by LZ4"),

      parser("count", &parser_settings::count, "parsers side by side; 0: one per core", {.most = "256"}),
      parser("country-database", &parser_settings::country_database,
             "path of a MaxMind country database (GeoLite2-Country.mmdb); empty: no countries"),

      alerting(
          "rules", &alert_settings::rules,
          "alert rules, separated by semicolons: see docs/alerts.md; empty: the defaults there; none: no alerts",
          {.can_reload = true}),
      alerting("webhook-url", &alert_settings::webhook_url,
               "http:// or https:// URL that alerts are posted to; empty: no alert is posted",
               {.check = check_webhook, .variable = "PARSEFLOW_WEBHOOK_URL"}),
      alerting("allow-plain-webhook", &alert_settings::allow_plain_webhook,
               "post to an http:// URL although it is not on loopback"),

      tail("memory-bytes", &tail_settings::memory_bytes,
           "bytes of the last lines that a live tail can begin with"),

      storage("directory", &storage_settings::directory,
              "folder for everything ParseFlow keeps itself; made if missing", {.check = check_folder}),
      storage("url", &storage_settings::url,
              "sqlite:PATH or postgres://…; empty: parseflow.db in storage.directory",
              {.check = check_database, .variable = "DATABASE_URL"}),
      storage("batch-lines", &storage_settings::batch_lines,
              "lines that start a transaction without further waiting", {.least = "1"}),
      storage("batch-interval", &storage_settings::batch_interval,
              "the longest a batch waits for company before its transaction",
              {.least = "0ms", .most = "3s", .why = "a crash replays what waits for it"}),
      storage("node", &storage_settings::node, "name of this node in the rollup table",
              {.check = check_node}),

      retention("requests", &retention_settings::requests,
                "how long router lines stay in the database; 0: for ever", age),
      retention("log-lines", &retention_settings::log_lines, "how long all other lines stay; 0: for ever",
                age),
      retention("samples", &retention_settings::samples,
                "how long the numbers drawn from lines stay; 0: for ever", age),
      retention("rollups", &retention_settings::rollups,
                "how long the counters of a minute stay; 0: for ever", age),
      retention("rejected-frames", &retention_settings::rejected_frames,
                "how long frames that the database refused stay; 0: for ever", age),
      retention("frames", &retention_settings::frames,
                "how long frame keys stay, which keep a retry from being stored twice; 0: for ever", age),
      retention("alerts", &retention_settings::alerts, "how long resolved alerts stay; 0: for ever", age),

      redaction("email-addresses", &logplex::redaction_settings::email_addresses,
                "hide e-mail addresses in lines before they reach the disk", {.can_reload = true}),
      redaction("query-values", &logplex::redaction_settings::query_values, "hide what follows ? in paths",
                {.can_reload = true}),
      redaction("keys", &logplex::redaction_settings::keys,
                "hide the values of these keys, separated by commas: password,token", {.can_reload = true}),

      cluster("listen", &cluster_settings::listen,
              "HOST:PORT on which the other nodes reach this one; empty: no cluster",
              {.check = check_endpoint}),
      cluster("peers", &cluster_settings::peers,
              "HOST:PORT of all nodes, this one too, separated by commas; the same on every node",
              {.check = check_endpoints}),
      cluster("certificate", &cluster_settings::certificate,
              "PEM file: this node's certificate; it names the node's host in cluster.peers"),
      cluster("key", &cluster_settings::key, "PEM file: the key of this node's certificate"),
      cluster("authority", &cluster_settings::authority,
              "PEM file: the authority that signed the certificates of all nodes"),
      cluster("peer-timeout", &cluster_settings::peer_timeout,
              "a peer that was silent for longer than this is down", {.least = "500ms", .most = "1min"}),
      cluster("answer-timeout", &cluster_settings::answer_timeout,
              "how long a question to all nodes waits for the answers of all",
              {.least = "50ms", .most = "800ms", .why = "a request waits 1s for all answers"}),
      cluster("forward-budget-bytes", &cluster_settings::forward_budget_bytes,
              "bytes of frames that may be under way to one peer", {.least = "1024"}),

      logging("level", &log_settings::level, "debug, info, warn or error",
              {.check = check_level, .can_reload = true}),
  };
}

} // namespace

const std::vector<setting>& all_settings() {
  static const std::vector<setting> table = make_table();
  return table;
}

} // namespace parseflow
