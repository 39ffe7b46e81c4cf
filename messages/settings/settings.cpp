// What a set of settings has to fulfil, and the form of drain entries.
#include "messages/settings/settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "messages/settings/webhook_target.hpp"

namespace parseflow {

namespace {

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.rfind("127.", 0) == 0;
}

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.rfind(prefix, 0) == 0;
}

std::optional<std::string> validate_http(const http_settings& http) {
  const auto address = listen_address(http);
  if (!is_loopback(address)) {
    if (http.drains.empty() && !http.allow_anonymous_drains)
      return fmt::format(
          "refusing to accept anonymous drains on {}: set PARSEFLOW_DRAINS=app:user:password, or "
          "--http.allow-anonymous-drains, or listen on 127.0.0.1",
          address);
    if (http.api_key.empty() && !http.allow_anonymous_metrics)
      return fmt::format("refusing to show metrics to anyone on {}: set METRICS_API_KEY, or "
                         "--http.allow-anonymous-metrics, or listen on 127.0.0.1",
                         address);
  }
  if (http.max_body_bytes < 1024 || http.max_body_bytes > (1U << 30))
    return "http.max-body-bytes must be between 1024 and 1073741824";
  if (http.max_pending_body_bytes < http.max_body_bytes)
    return "http.max-pending-body-bytes must be at least http.max-body-bytes, or "
           "no large body could ever be read";
  if (http.max_connections < 1 || http.max_connections > 65536)
    return "http.max-connections must be between 1 and 65536";
  if (http.keep_alive < std::chrono::seconds{1})
    return "http.keep-alive must be at least 1s";
  if (http.read_timeout < std::chrono::seconds{1})
    return "http.read-timeout must be at least 1s";
  return std::nullopt;
}

std::optional<std::string> validate_receiver(const receiver_settings& receiver, const http_settings& http) {
  if (receiver.parsing_budget_bytes < http.max_body_bytes)
    return "receiver.parsing-budget-bytes must be at least http.max-body-bytes, or "
           "a large frame could never be parsed";
  if (receiver.unstored_budget_bytes < receiver.parsing_budget_bytes)
    return "receiver.unstored-budget-bytes must be at least receiver.parsing-budget-bytes";
  if (receiver.hold < std::chrono::milliseconds{100} || receiver.hold > std::chrono::milliseconds{4500})
    return "receiver.hold must be between 100ms and 4500ms: Logplex gives up after 5s";
  if (receiver.remembered_frames < 1)
    return "receiver.remembered-frames must be at least 1";
  if (receiver.max_unstored_frames < 1)
    return "receiver.max-unstored-frames must be at least 1";
  return std::nullopt;
}

std::optional<std::string> validate_journal(const journal_settings& journal, const http_settings& http) {
  if (journal.segment_bytes < 4096 || journal.segment_bytes > (1ULL << 31))
    return "journal.segment-bytes must be between 4096 and 2147483648";
  if (journal.segment_bytes < http.max_body_bytes + 1024)
    return fmt::format(
        "journal.segment-bytes must be at least http.max-body-bytes and 1024 more ({}), so that "
        "the largest body fits into a segment",
        http.max_body_bytes + 1024);
  if (journal.quota_bytes < 2 * journal.segment_bytes)
    return "journal.quota-bytes must be at least twice journal.segment-bytes";
  if (journal.keep_stored < std::chrono::seconds{0} || journal.keep_stored > std::chrono::hours{24})
    return "journal.keep-stored must be between 0 and 24h";
  if (journal.id_age < std::chrono::hours{1})
    return "journal.id-age must be at least 1h: retries come late";
  return std::nullopt;
}

std::optional<std::string> validate_storage(const storage_settings& storage) {
  const auto& url = storage.url.reveal();
  if (!url.empty() && !starts_with(url, "sqlite:") && !starts_with(url, "postgres://") &&
      !starts_with(url, "postgresql://"))
    return "storage.url (DATABASE_URL) must begin with sqlite: or postgres://";
  if (url == "sqlite:")
    return "storage.url (DATABASE_URL) names no file: write sqlite:PATH";
  if (storage.directory.empty())
    return "storage.directory must name a folder";
  if (storage.batch_lines < 1)
    return "storage.batch-lines must be at least 1";
  if (storage.batch_interval < std::chrono::milliseconds{0} ||
      storage.batch_interval > std::chrono::milliseconds{3000})
    return "storage.batch-interval must be between 0ms and 3s: a crash replays what waits for it";
  if (storage.node.empty() || storage.node.size() > 64)
    return "storage.node must be a name of 1 to 64 characters";
  return std::nullopt;
}

std::optional<std::string> validate_retention(const retention_settings& retention,
                                              const journal_settings& journal) {
  using std::chrono::seconds;
  const std::pair<const char*, seconds> ages[] = {{"requests", retention.requests},
                                                  {"log-lines", retention.log_lines},
                                                  {"samples", retention.samples},
                                                  {"rollups", retention.rollups},
                                                  {"rejected-frames", retention.rejected_frames},
                                                  {"frames", retention.frames},
                                                  {"alerts", retention.alerts}};
  for (const auto& [name, age] : ages)
    if (age != seconds::zero() && age < std::chrono::hours{1})
      return fmt::format("retention.{} must be at least 1h, or 0 to keep the rows for ever", name);
  if (retention.frames != seconds::zero() && retention.frames < journal.id_age)
    return fmt::format("retention.frames must be at least journal.id-age ({}h), or 0: without its key a late "
                       "retry would be stored twice",
                       journal.id_age.count());
  return std::nullopt;
}

std::optional<std::string> validate_alerts(const alert_settings& alerts) {
  if (!alerts.webhook_url.empty() && !webhook_target_from(alerts.webhook_url.reveal()))
    return "alerts.webhook-url (PARSEFLOW_WEBHOOK_URL) must have the form https://HOST[:PORT]/PATH or "
           "http://HOST[:PORT]/PATH, without a user's name";
  return std::nullopt;
}

std::optional<std::string> validate_cluster(const cluster_settings& cluster,
                                            const storage_settings& storage) {
  if (!cluster.is_on())
    return cluster.peers.empty()
               ? std::nullopt
               : std::optional<std::string>{"cluster.peers needs cluster.listen: HOST:PORT on which the "
                                            "other nodes reach this one"};
  const auto own = endpoint_from(cluster.listen);
  if (!own)
    return fmt::format("cluster.listen must have the form HOST:PORT, not \"{}\"", cluster.listen);
  bool is_local = is_loopback(own->host);
  for (const auto& peer : cluster.peers) {
    const auto address = endpoint_from(peer);
    if (!address)
      return fmt::format("cluster.peers must be HOST:PORT entries separated by commas, not \"{}\"", peer);
    is_local = is_local && is_loopback(address->host);
  }
  if (!starts_with(storage.url.reveal(), "postgres"))
    return "a cluster needs storage.url (DATABASE_URL) to name a PostgreSQL that all nodes share: it keeps a "
           "batch single when a node fails";
  if (cluster.certificate.empty() != cluster.key.empty() ||
      cluster.certificate.empty() != cluster.authority.empty())
    return "cluster.certificate, cluster.key and cluster.authority belong together: set all three or none";
  if (!cluster.is_encrypted() && !is_local)
    return "refusing to talk to other nodes without TLS beyond loopback: set cluster.certificate, "
           "cluster.key and cluster.authority (deploy/make-certificates.sh makes them)";
  if (cluster.silence < std::chrono::milliseconds{500} || cluster.silence > std::chrono::seconds{60})
    return "cluster.silence must be between 500ms and 1min";
  if (cluster.answer_deadline < std::chrono::milliseconds{50} ||
      cluster.answer_deadline > std::chrono::milliseconds{4000})
    return "cluster.answer-deadline must be between 50ms and 4s";
  if (cluster.forward_budget_bytes < 1024)
    return "cluster.forward-budget-bytes must be at least 1024";
  return std::nullopt;
}

} // namespace

std::optional<endpoint> endpoint_from(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  auto host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    return std::nullopt;
  const auto digits = text.substr(colon + 1);
  endpoint result{std::string{host}, 0};
  const auto* const end = digits.data() + digits.size();
  const auto [stopped, problem] = std::from_chars(digits.data(), end, result.port);
  if (host.empty() || problem != std::errc{} || stopped != end || result.port == 0)
    return std::nullopt;
  return result;
}

parsed_drains parse_drains(std::string_view text) {
  constexpr std::string_view separators = ", \t\r\n";
  parsed_drains result;
  std::size_t number = 0;
  while (true) {
    const auto begin = text.find_first_not_of(separators);
    if (begin == std::string_view::npos)
      return result;
    text.remove_prefix(begin);
    const auto entry = text.substr(0, text.find_first_of(separators));
    text.remove_prefix(entry.size());
    ++number;
    const auto first = entry.find(':');
    const auto second = first == std::string_view::npos ? first : entry.find(':', first + 1);
    if (second == std::string_view::npos || first == 0 || second == first + 1 || second + 1 == entry.size()) {
      result.drains.clear();
      result.problem = fmt::format(
          "entry {} of http.drains (PARSEFLOW_DRAINS) must have the form app:user:password", number);
      return result;
    }
    result.drains.push_back({std::string{entry.substr(0, first)},
                             std::string{entry.substr(first + 1, second - first - 1)},
                             secret{std::string{entry.substr(second + 1)}}});
  }
}

std::string listen_address(const http_settings& http) {
  if (!http.host.empty())
    return http.host;
  return !http.drains.empty() && !http.api_key.empty() ? "0.0.0.0" : "127.0.0.1";
}

std::optional<std::string> validate(const settings& candidate) {
  if (auto problem = validate_http(candidate.http))
    return problem;
  if (auto problem = validate_receiver(candidate.receiver, candidate.http))
    return problem;
  if (auto problem = validate_journal(candidate.journal, candidate.http))
    return problem;
  if (candidate.parser.count > 256)
    return "parser.count must be at most 256";
  if (auto problem = validate_alerts(candidate.alerts))
    return problem;
  if (auto problem = validate_storage(candidate.storage))
    return problem;
  if (auto problem = validate_retention(candidate.retention, candidate.journal))
    return problem;
  if (auto problem = validate_cluster(candidate.cluster, candidate.storage))
    return problem;
  constexpr std::array levels{"debug", "info", "warn", "error"};
  if (std::find(levels.begin(), levels.end(), candidate.log.level) == levels.end())
    return "log.level must be debug, info, warn or error";
  return std::nullopt;
}

} // namespace parseflow
