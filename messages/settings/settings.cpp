// The rules between settings. The rules for one setting alone are in its row of table.cpp.
#include "messages/settings/settings.hpp"

#include <fmt/format.h>

#include "messages/settings/endpoint.hpp"
#include "messages/settings/webhook_target.hpp"

namespace parseflow {

namespace {

std::string host_of(const std::string& address) {
  return endpoint_from(address).value_or(endpoint{}).host;
}

// Whoever may try as often as the service answers does not guess secrets of this length.
constexpr std::size_t min_secret_characters = 16;

expected<> validate_secrets(const http_settings& http, std::string_view address) {
  const auto refuse = [address](std::string_view what) {
    return problem{
        fmt::format("refusing to listen on {} with a secret that can be guessed: {} must have at least "
                    "{} characters (openssl rand -hex 16 makes one); or listen on 127.0.0.1",
                    address, what, min_secret_characters)};
  };
  for (const auto& drain : http.drains)
    if (drain.password.reveal().size() < min_secret_characters)
      return refuse(fmt::format("the password of the drain user {}", drain.user));
  if (!http.api_key.empty() && http.api_key.reveal().size() < min_secret_characters)
    return refuse("the API key");
  return {};
}

expected<> validate_users(const http_settings& http) {
  if (http.user_header.empty())
    return http.admin_users.empty()
               ? expected<>{}
               : problem{
                     "http.admin-users needs http.user-header: the header in which a proxy names the user"};
  if (http.trusted_proxies.empty())
    return problem{
        "http.user-header needs http.trusted-proxies: the addresses whose word it is. From anybody "
        "else the header is ignored"};
  if (http.proxy_protocol)
    return problem{"http.user-header and http.proxy-protocol exclude each other: behind a PROXY header the "
                   "headers of a request are the client's own"};
  if (http.allow_anonymous_metrics)
    return problem{
        "http.user-header and http.allow-anonymous-metrics exclude each other: either a proxy says "
        "who reads, or anyone does"};
  return {};
}

// The first address that others reach; empty if there is none.
std::string address_for_others(const http_settings& http) {
  if (auto address = listen_address(http); !is_loopback_name(address))
    return address;
  auto second = host_of(http.private_listen);
  return second.empty() || is_loopback_name(second) ? std::string{} : second;
}

expected<> validate_http(const http_settings& http) {
  const auto address = listen_address(http);
  // Without drains and keys of its own the service lets in only those of the registry.
  if (!is_loopback_name(address))
    if (auto valid = validate_secrets(http, address); !valid)
      return valid;
  if (http.tls_certificate.empty() != http.tls_key.empty())
    return problem{"http.tls-certificate and http.tls-key belong together: set both or none"};
  if (http.proxy_protocol && http.trusted_proxies.empty())
    return problem{"http.proxy-protocol needs http.trusted-proxies: the addresses that send a PROXY header"};
  if (auto valid = validate_users(http); !valid)
    return valid;
  if (http.max_pending_body_bytes < http.max_body_bytes)
    return problem{"http.max-pending-body-bytes must be at least http.max-body-bytes, or "
                   "no large body could ever be read"};
  return {};
}

expected<> validate_receiver(const receiver_settings& receiver, const http_settings& http) {
  if (receiver.parsing_budget_bytes < http.max_body_bytes)
    return problem{"receiver.parsing-budget-bytes must be at least http.max-body-bytes, or "
                   "a large frame could never be parsed"};
  if (receiver.unstored_budget_bytes < receiver.parsing_budget_bytes)
    return problem{"receiver.unstored-budget-bytes must be at least receiver.parsing-budget-bytes"};
  return {};
}

expected<> validate_journal(const journal_settings& journal, const http_settings& http) {
  if (journal.segment_bytes < http.max_body_bytes + 1024)
    return problem{
        fmt::format("journal.segment-bytes must be at least http.max-body-bytes and 1024 more ({}), so that "
                    "the largest body fits into a segment",
                    http.max_body_bytes + 1024)};
  if (journal.quota_bytes < 2 * journal.segment_bytes)
    return problem{"journal.quota-bytes must be at least twice journal.segment-bytes"};
  return {};
}

expected<> validate_alerts(const alert_settings& alerts) {
  const auto target = webhook_target_from(alerts.webhook_url.reveal());
  if (target && !target->is_encrypted && !is_loopback_name(target->host) && !alerts.allow_plain_webhook)
    return problem{"refusing to post alerts without TLS beyond loopback: give alerts.webhook-url a URL that "
                   "begins with https://, or set alerts.allow-plain-webhook"};
  return {};
}

expected<> validate_retention(const retention_settings& retention, const journal_settings& journal) {
  if (retention.frames != std::chrono::seconds::zero() && retention.frames < journal.id_age)
    return problem{
        fmt::format("retention.frames must be at least journal.id-age ({}h), or 0: without its key a late "
                    "retry would be stored twice",
                    journal.id_age.count())};
  return {};
}

expected<> validate_cluster(const cluster_settings& cluster, const storage_settings& storage) {
  if (!cluster.is_on())
    return cluster.peers.empty() ? expected<>{}
                                 : problem{"cluster.peers needs cluster.listen: HOST:PORT on which the "
                                           "other nodes reach this one"};
  if (!storage.url.reveal().starts_with("postgres"))
    return problem{
        "a cluster needs storage.url (DATABASE_URL) to name a PostgreSQL that all nodes share: it keeps a "
        "batch single when a node fails"};
  if (cluster.certificate.empty() || cluster.key.empty() || cluster.authority.empty())
    return problem{
        "a cluster needs cluster.certificate, cluster.key and cluster.authority, by which its nodes "
        "know each other: deploy/make-certificates.sh makes them"};
  return {};
}

} // namespace

std::string listen_address(const http_settings& http) {
  if (!http.host.empty())
    return http.host;
  return !http.drains.empty() && !http.api_key.empty() ? "0.0.0.0" : "127.0.0.1";
}

bool may_read_without_key(const http_settings& http) {
  return http.user_header.empty() && (http.allow_anonymous_metrics || address_for_others(http).empty());
}

expected<> check_readers(const http_settings& http) {
  if (!http.api_key.empty() || !http.user_header.empty() || may_read_without_key(http))
    return {};
  return problem{
      fmt::format("refusing to listen on {} while nobody is known who may read: set METRICS_API_KEY, "
                  "or make a key (parseflow keys add NAME), or set --http.allow-anonymous-metrics, or "
                  "listen on 127.0.0.1",
                  address_for_others(http))};
}

std::string own_url(const http_settings& http, std::uint16_t port) {
  return fmt::format("{}://{}:{}", http.tls_certificate.empty() ? "http" : "https", listen_address(http),
                     port);
}

expected<> validate(const settings& candidate) {
  if (auto valid = validate_http(candidate.http); !valid)
    return valid;
  if (auto valid = validate_receiver(candidate.receiver, candidate.http); !valid)
    return valid;
  if (auto valid = validate_journal(candidate.journal, candidate.http); !valid)
    return valid;
  if (auto valid = validate_alerts(candidate.alerts); !valid)
    return valid;
  if (auto valid = validate_retention(candidate.retention, candidate.journal); !valid)
    return valid;
  return validate_cluster(candidate.cluster, candidate.storage);
}

} // namespace parseflow
