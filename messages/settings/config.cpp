// The list of all settings, and where their values come from.
#include "messages/settings/config.hpp"

#include <algorithm>
#include <fstream>
#include <thread>

#include <caf/all.hpp>
#include <fmt/format.h>

#include "messages/cluster_interfaces.hpp"
#include "messages/nearest_name.hpp"

namespace parseflow {

namespace {

struct environment_name {
  const char* name;
  const char* option;
};

constexpr environment_name environment_names[] = {
    {"PORT", "http.port"},
    {"DATABASE_URL", "storage.url"},
    {"METRICS_API_KEY", "http.api-key"},
    {"PARSEFLOW_DRAINS", "http.drains"},
    {"PARSEFLOW_WEBHOOK_URL", "alerts.webhook-url"},
};

bool is_secret(std::string_view name) {
  return name == "storage.url" || name == "http.api-key" || name == "http.drains" ||
         name == "alerts.webhook-url";
}

std::string text_of(caf::string_view view) {
  return {view.data(), view.size()};
}

std::string full_name(const caf::config_option& option) {
  return text_of(option.category()) + "." + text_of(option.long_name());
}

// What a person may write for a CAF type name.
std::string_view form_of(caf::string_view type) {
  if (type == "string")
    return "text";
  if (type == "boolean")
    return "true or false";
  if (type == "timespan")
    return "a duration such as 20ms, 4s, 5min, 24h or 30d";
  if (type == "real64")
    return "a number";
  if (type == "uint16_t" || type == "uint16")
    return "a whole number up to 65535";
  return "a whole number";
}

// A duration as CAF reads it: it shows days, but knows only their hours, and wants a unit behind 0.
std::string duration_text(const std::string& value) {
  if (value == "0")
    return "0s";
  const auto digits = value.find_first_not_of("0123456789");
  constexpr std::size_t most_digits = 5; // CAF counts in nanoseconds: 292 years
  if (digits == 0 || digits > most_digits || value.substr(digits) != "d")
    return value;
  return std::to_string(std::stoul(value) * 24) + "h";
}

// The entries of a list that is written with commas.
std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> entries;
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    auto entry = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (!entry.empty() && entry.front() == ' ')
      entry.remove_prefix(1);
    while (!entry.empty() && entry.back() == ' ')
      entry.remove_suffix(1);
    if (!entry.empty())
      entries.emplace_back(entry);
  }
  return entries;
}

void collect_names(const caf::settings& node, const std::string& prefix, std::vector<std::string>& names) {
  for (const auto& [key, value] : node) {
    const std::string name = prefix.empty() ? key : prefix + "." + key;
    if (const auto* inner = caf::get_if<caf::config_value::dictionary>(&value))
      collect_names(*inner, name, names);
    else
      names.push_back(name);
  }
}

template <class Duration>
Duration as(caf::timespan span) {
  return std::chrono::duration_cast<Duration>(span);
}

} // namespace

config::config() {
  add_message_types<caf::id_block::parseflow>();
  add_message_types<caf::id_block::parseflow_cluster>();
  add_error_category(caf::atom("parseflow"),
                     [](std::uint8_t code, caf::atom_value, const caf::message& context) {
                       std::string text{to_string(static_cast<ec>(code))};
                       if (context.match_elements<std::string>())
                         text += ": " + context.get_as<std::string>(0);
                       return text;
                     });
  // Work stealing polls; sharing idles at zero wake-ups and answers server threads four times as fast.
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", static_cast<std::size_t>(std::max(2U, std::thread::hardware_concurrency())));

  keep_alive_ = values_.http.keep_alive;
  read_timeout_ = values_.http.read_timeout;
  hold_ = values_.receiver.hold;
  keep_stored_ = values_.journal.keep_stored;
  journal_id_age_ = values_.journal.id_age;
  batch_interval_ = values_.storage.batch_interval;
  silence_ = values_.cluster.silence;
  answer_deadline_ = values_.cluster.answer_deadline;
  retention_ = {values_.retention.requests, values_.retention.log_lines,       values_.retention.samples,
                values_.retention.rollups,  values_.retention.rejected_frames, values_.retention.frames,
                values_.retention.alerts};

  opt_group{options_, "http"}
      .add(values_.http.host, "host",
           "address to listen on; empty: every address if drains and API key are configured, else loopback")
      .add(values_.http.port, "port", "port to listen on; 0 lets the system pick one [PORT]")
      .add(drains_, "drains",
           "who may post: app:user:password entries, separated by commas [PARSEFLOW_DRAINS]")
      .add(api_key_, "api-key", "key that metrics, API and dashboard ask for [METRICS_API_KEY]")
      .add(values_.http.allow_anonymous_drains, "allow-anonymous-drains",
           "accept any drain although the address is not loopback")
      .add(values_.http.allow_anonymous_metrics, "allow-anonymous-metrics",
           "answer metrics without a key although the address is not loopback")
      .add(values_.http.max_body_bytes, "max-body-bytes", "a larger body is answered 413")
      .add(values_.http.max_pending_body_bytes, "max-pending-body-bytes",
           "bytes of all bodies that are being read or wait for their answer; beyond it reading waits")
      .add(values_.http.max_connections, "max-connections",
           "open connections; beyond it new ones are not accepted")
      .add(keep_alive_, "keep-alive",
           "how long an idle connection is kept after good credentials, others 10s; "
           "Logplex wants 6min or more")
      .add(read_timeout_, "read-timeout", "how long a request may take to arrive completely")
      .add(values_.http.requests_per_minute, "requests-per-minute",
           "API requests a minute for each key, or address without a key; 0: no limit")
      .add(values_.http.cors_origin, "cors-origin",
           "Access-Control-Allow-Origin of the API; empty: no such header");
  opt_group{options_, "receiver"}
      .add(values_.receiver.parsing_budget_bytes, "parsing-budget-bytes", "bytes of frames with the parsers")
      .add(values_.receiver.unstored_budget_bytes, "unstored-budget-bytes",
           "bytes of bodies and their records with the DB writer; beyond it frames wait in the journal")
      .add(hold_, "hold", "how long a request waits to become durable before it is answered 503; below 5s")
      .add(values_.receiver.remembered_frames, "remembered-frames", "frame ids kept to recognise duplicates")
      .add(values_.receiver.max_unstored_frames, "max-unstored-frames",
           "frames in the journal and not yet in the database; beyond it requests wait");
  opt_group{options_, "journal"}
      .add(values_.journal.directory, "directory",
           "folder of the journal; empty: journal in storage.directory")
      .add(values_.journal.segment_bytes, "segment-bytes", "size of a segment file")
      .add(values_.journal.quota_bytes, "quota-bytes",
           "bytes that all segments may take; when they are used up, requests wait for the database")
      .add(keep_stored_, "keep-stored",
           "how long the bytes of stored frames stay, for a database that falls back to an older state; 0: "
           "not at all")
      .add(journal_id_age_, "id-age", "how long frame ids are remembered, to recognise late retries")
      .add(values_.journal.compress, "compress", "compress bodies in the journal by LZ4");
  opt_group{options_, "parser"}
      .add(values_.parser.count, "count", "parsers side by side; 0: one per core")
      .add(values_.parser.country_database, "country-database",
           "path of a MaxMind country database (GeoLite2-Country.mmdb); empty: no countries");
  opt_group{options_, "alerts"}
      .add(alert_rules_, "rules",
           "alert rules, separated by semicolons: see docs/alerts.md; "
           "empty: the defaults there; none: no alerts")
      .add(
          webhook_url_, "webhook-url",
          "http:// or https:// URL that alerts are posted to; empty: nobody is told [PARSEFLOW_WEBHOOK_URL]");
  opt_group{options_, "storage"}
      .add(values_.storage.directory, "directory",
           "folder for everything ParseFlow keeps itself; made if missing")
      .add(url_, "url",
           "sqlite:PATH or postgres://…; empty: parseflow.db in storage.directory [DATABASE_URL]")
      .add(values_.storage.batch_lines, "batch-lines",
           "lines that start a transaction without further waiting")
      .add(batch_interval_, "batch-interval", "the longest a batch waits for company before its transaction")
      .add(values_.storage.node, "node", "name of this node in the rollup table");
  opt_group{options_, "retention"}
      .add(retention_.requests, "requests", "how long router lines stay in the database; 0: for ever")
      .add(retention_.log_lines, "log-lines", "how long all other lines stay; 0: for ever")
      .add(retention_.samples, "samples", "how long the numbers drawn from lines stay; 0: for ever")
      .add(retention_.rollups, "rollups", "how long the counters of a minute stay; 0: for ever")
      .add(retention_.rejected_frames, "rejected-frames",
           "how long frames that the database refused stay; 0: for ever")
      .add(retention_.frames, "frames",
           "how long frame keys stay, which keep a retry from being stored twice; 0: for ever")
      .add(retention_.alerts, "alerts", "how long resolved alerts stay; 0: for ever");
  opt_group{options_, "redaction"}
      .add(values_.redaction.email_addresses, "email-addresses",
           "hide e-mail addresses in lines before they reach the disk")
      .add(values_.redaction.query_values, "query-values", "hide the values behind ? in paths")
      .add(redacted_keys_, "keys", "hide the values of these keys, separated by commas: password,token");
  opt_group{options_, "cluster"}
      .add(values_.cluster.listen, "listen",
           "HOST:PORT on which the other nodes reach this one; empty: no cluster")
      .add(peers_, "peers",
           "HOST:PORT of all nodes, this one too, separated by commas; the same on every node")
      .add(values_.cluster.certificate, "certificate",
           "PEM file: this node's certificate; needed unless all nodes are on loopback")
      .add(values_.cluster.key, "key", "PEM file: the key of this node's certificate")
      .add(values_.cluster.authority, "authority",
           "PEM file: the authority that signed the certificates of all nodes")
      .add(silence_, "silence", "a peer that was silent for so long is down")
      .add(answer_deadline_, "answer-deadline",
           "how long a question to all nodes waits for the answers of all")
      .add(values_.cluster.forward_budget_bytes, "forward-budget-bytes",
           "bytes of frames that may be under way to one peer");
  opt_group{options_, "log"}.add(values_.log.level, "level", "debug, info, warn or error");
}

std::string config::unknown(const std::string& name) const {
  std::vector<std::string> names;
  for (const auto& option : options_)
    names.push_back(full_name(option));
  const auto nearest = nearest_name(name, names);
  return fmt::format("unknown setting {}{}; parseflow --help lists all settings", name,
                     nearest.empty() ? "" : fmt::format(" (did you mean {}?)", nearest));
}

std::optional<std::string> config::set_option(const std::string& name, const std::string& value,
                                              const std::string& shown_as) {
  const auto* option = options_.qualified_name_lookup(name);
  if (option == nullptr)
    return unknown(name);
  // CAF skips the quotes that its file format needs; plain text needs none here.
  const auto parsed = option->parse(option->type_name() == "timespan" ? duration_text(value) : value);
  if (!parsed)
    return fmt::format("{} must be {}{}", shown_as, form_of(option->type_name()),
                       is_secret(name) ? "" : fmt::format(", not \"{}\"", value));
  option->store(*parsed);
  return std::nullopt;
}

std::optional<std::string> config::read_file(const std::string& path) {
  std::ifstream file{path};
  if (!file)
    return fmt::format("cannot read the config file {}: check the path and its permissions", path);
  auto parsed = parse_config(file);
  if (!parsed)
    return fmt::format("the config file {} is malformed: {}; lines look like [http] and port = 5000", path,
                       render(parsed.error()));
  std::vector<std::string> names;
  collect_names(*parsed, "", names);
  for (const auto& name : names) {
    const auto* option = options_.qualified_name_lookup(name);
    if (option == nullptr)
      return unknown(name) + fmt::format(" (in {})", path);
    const auto* value = caf::get_if(&*parsed, name);
    if (value == nullptr)
      continue;
    // A text where CAF expects a number or a duration reads as on the command line.
    const auto* text = caf::get_if<std::string>(value);
    if (auto problem = set_option(name, text ? *text : caf::deep_to_string(*value), name))
      return *problem + fmt::format(" (in {})", path);
  }
  return std::nullopt;
}

std::optional<std::string> config::read(const std::vector<std::string>& arguments,
                                        const std::map<std::string, std::string>& environment) {
  std::vector<std::pair<std::string, std::string>> overrides;
  for (const auto& argument : arguments) {
    const auto equals = argument.find('=');
    if (argument.rfind("--", 0) != 0)
      return fmt::format("unexpected argument {}: settings are written --section.name=value", argument);
    auto name = argument.substr(2, equals == std::string::npos ? equals : equals - 2);
    std::string value = equals == std::string::npos ? "true" : argument.substr(equals + 1);
    if (name == "config") {
      if (equals == std::string::npos || value.empty())
        return "config needs a file: --config=FILE";
      if (auto problem = read_file(value))
        return problem;
      continue;
    }
    const auto* option = options_.qualified_name_lookup(name);
    if (option == nullptr)
      return unknown(name);
    if (equals == std::string::npos && !option->is_flag())
      return fmt::format("{} needs a value: --{}=… ({})", name, name, form_of(option->type_name()));
    overrides.emplace_back(std::move(name), std::move(value));
  }
  for (const auto& [variable, option] : environment_names) {
    const auto found = environment.find(variable);
    if (found == environment.end() || found->second.empty())
      continue;
    if (auto problem = set_option(option, found->second, variable))
      return problem;
  }
  for (const auto& [name, value] : overrides)
    if (auto problem = set_option(name, value, name))
      return problem;

  values_.http.keep_alive = as<std::chrono::seconds>(keep_alive_);
  values_.http.read_timeout = as<std::chrono::seconds>(read_timeout_);
  values_.receiver.hold = as<std::chrono::milliseconds>(hold_);
  values_.journal.keep_stored = as<std::chrono::seconds>(keep_stored_);
  values_.journal.id_age = as<std::chrono::hours>(journal_id_age_);
  values_.storage.batch_interval = as<std::chrono::milliseconds>(batch_interval_);
  values_.retention.requests = as<std::chrono::seconds>(retention_.requests);
  values_.retention.log_lines = as<std::chrono::seconds>(retention_.log_lines);
  values_.retention.samples = as<std::chrono::seconds>(retention_.samples);
  values_.retention.rollups = as<std::chrono::seconds>(retention_.rollups);
  values_.retention.rejected_frames = as<std::chrono::seconds>(retention_.rejected_frames);
  values_.retention.frames = as<std::chrono::seconds>(retention_.frames);
  values_.retention.alerts = as<std::chrono::seconds>(retention_.alerts);
  values_.cluster.silence = as<std::chrono::milliseconds>(silence_);
  values_.cluster.answer_deadline = as<std::chrono::milliseconds>(answer_deadline_);
  values_.cluster.peers = split(peers_);
  values_.storage.url = secret{url_};
  values_.http.api_key = secret{api_key_};
  values_.alerts.webhook_url = secret{webhook_url_};
  values_.redaction.keys = split(redacted_keys_);
  auto parsed = parse_drains(drains_);
  if (!parsed.problem.empty())
    return parsed.problem;
  values_.http.drains = std::move(parsed.drains);
  auto rules = alerts::parse_rules(alert_rules_);
  if (!rules.problem.empty())
    return fmt::format("alerts.rules: {} (see docs/alerts.md)", rules.problem);
  values_.alerts.rules = std::move(rules.rules);
  return validate(values_);
}

std::string config::help() const {
  std::string text;
  std::string section;
  for (const auto& option : options_) {
    const std::string category = text_of(option.category());
    const std::string name = full_name(option);
    if (category != section) {
      text += fmt::format("\n[{}]\n", category);
      section = category;
    }
    const auto current = option.get();
    std::string shown = current ? caf::deep_to_string(*current) : "";
    if (shown.size() >= 2 && shown.front() == '"')
      shown = shown.substr(1, shown.size() - 2);
    text += fmt::format("  --{}  (default: {})\n      {}\n", name, shown.empty() ? "empty" : shown,
                        text_of(option.description()));
  }
  return text;
}

} // namespace parseflow
