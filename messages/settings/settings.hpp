// All settings: a struct per box, with the defaults and what gets worse in each direction. Read once, in
// main. A new member needs a row in table.cpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "messages/alerts/parse_rules.hpp"
#include "messages/alerts/rule.hpp"
#include "messages/expected.hpp"
#include "messages/logplex/redact.hpp"
#include "messages/settings/drain_credentials.hpp"
#include "messages/settings/secret.hpp"

namespace parseflow {

/// The HTTP server.
struct http_settings {
  /// Address to listen on. Empty: every address if drains and the API key are configured, else loopback.
  std::string host;
  std::uint16_t port = 5000;
  /// HOST:PORT of a second address, for health checks and scrapers alone: it stays reachable whatever comes to
  /// the first. Empty: none.
  std::string private_listen;
  /// A larger body is answered 413. Logplex sends 100 KiB.
  std::uint64_t max_body_bytes = 10u << 20;
  /// PEM files: with both, clients must speak TLS.
  std::string tls_certificate, tls_key;
  /// Bytes of all bodies that are being read or wait for a verdict. When they are used up, reading waits.
  std::uint64_t max_pending_body_bytes = 512u << 20;
  /// Connections open at the same time.
  std::uint32_t max_connections = 10'000;
  /// Connections without credentials from one address (one /64 of IPv6); 0: no bound.
  std::uint32_t max_strangers_per_address = 256;
  /// Addresses and networks of proxies whose `X-Forwarded-For` is believed.
  std::vector<std::string> trusted_proxies;
  /// Their connections begin with a PROXY header.
  bool proxy_protocol = false;
  /// The header in which these proxies name a user whom they have let in. Empty: none is believed.
  std::string user_header;
  /// The users of that header who may change the registry; others only read.
  std::vector<std::string> admin_users;
  /// How long an idle connection is kept. If it is below six minutes, Logplex loses a try with its
  /// next batch.
  std::chrono::seconds keep_alive{600};
  /// How long a request may take to arrive completely.
  std::chrono::seconds read_timeout{20};
  /// Accept drain requests without credentials even if the address is not loopback.
  bool allow_anonymous_drains = false;
  /// Answer metrics and dashboard without a key even if the address is not loopback.
  bool allow_anonymous_metrics = false;
  /// Requests a minute that one API key (or one address, without key) may make; 0 means no limit.
  std::uint32_t requests_per_minute = 600;
  /// Answers that do not end, such as tails, that one API key, session or address may have open; 0: no limit
  /// but that of all. Lower, and a team that shares a key finds no place; higher, and one page takes those of all.
  std::uint32_t max_streams_per_reader = 40;
  /// Value of Access-Control-Allow-Origin for the API; empty: no header, so pages of other sites cannot ask.
  std::string cors_origin;
  /// Empty: no key is asked for.
  secret api_key;
  /// Drains beside those of the registry. If there is none in either, any drain is accepted.
  std::vector<drain_credentials> drains;
  /// How Heroku reaches the service: `https://HOST`. For the commands that the program prints.
  std::string public_url;
};

/// The journal, a folder of its own on local disk. Frames are acknowledged when they are in it.
struct journal_settings {
  /// Empty: `journal` in `storage_settings::directory`.
  std::string directory;
  /// Size of a segment file; a body fits into one. Smaller ones are recycled sooner, larger ones cost fewer
  /// file operations.
  std::uint64_t segment_bytes = 64u << 20;
  /// Bytes that all segments together may take. When they are used up, requests wait for the database.
  std::uint64_t quota_bytes = 4ull << 30;
  /// How long the bytes of stored frames stay on disk, so that a database that falls back to an older state
  /// gets again what it lost. They count against the quota, and go first when it is short. Zero: not at all.
  std::chrono::seconds keep_stored{300};
  /// How long the ids of stored frames are remembered, to recognise late retries.
  std::chrono::hours id_age{24};
  /// Compress bodies by LZ4: a fifth of the bytes on disk for about 2 ms of processor time per MB.
  bool compress = false;
};

/// The receiver: how much may be under way.
struct receiver_settings {
  /// Bytes of frames with the parsers. Less idles the parsers, more only lengthens their queue.
  std::uint64_t parsing_budget_bytes = 32u << 20;
  /// Bytes of bodies and their records with the DB writer, or on the way to it. Beyond it frames wait in
  /// the journal.
  std::uint64_t unstored_budget_bytes = 256u << 20;
  /// How long a request waits for its verdict before it is answered 503. Logplex gives up after 5 s.
  std::chrono::milliseconds hold{4000};
  /// Frame ids remembered to recognise duplicates: about 100 bytes each.
  std::uint64_t remembered_frames = 1'000'000;
  /// Frames that are durable and not yet in the database: about 400 bytes of memory each, and 650 while a
  /// starting node asks the database for them (backlog_bench). Beyond it requests wait.
  std::uint64_t max_unstored_frames = 2'000'000;
};

/// The parser pool.
struct parser_settings {
  /// Parsers; 0 means one per core.
  std::uint32_t count = 0;
  /// A MaxMind country database (GeoLite2-Country.mmdb); empty: no countries.
  std::string country_database;
};

/// Which alerts are raised, and who is notified.
struct alert_settings {
  /// See messages/alerts/parse_rules.hpp for how they are written. They are judged once a second, which takes
  /// about 30 µs for each app with traffic and each length of window that they name.
  std::vector<alerts::rule> rules = *alerts::parse_rules({}); // the default rules are valid
  /// Gets a POST for each alert, when it is raised and when it is resolved. Empty: nobody is notified.
  secret webhook_url;
  /// Post to `http://` beyond loopback, too: who listens on the way reads the alerts and the URL, and can answer.
  bool allow_plain_webhook = false;
};

/// The live tail.
struct tail_settings {
  /// Bytes of the last lines that are kept in memory, for readers who come or come back. Less shows them less
  /// of what was before.
  std::uint64_t memory_bytes = 64u << 20;
};

/// The DB writer and its store.
struct storage_settings {
  /// Folder for everything ParseFlow keeps itself; made if missing.
  std::string directory = "./data";
  /// `sqlite:PATH` or `postgres://…`; empty: `parseflow.db` in `directory`. May hold a password.
  secret url;
  /// This many lines start a transaction without further waiting. More lines per transaction cost less time
  /// per line, and more memory.
  std::uint32_t batch_lines = 10'000;
  /// The longest that a batch waits for others before its transaction. Zero: only for those that are
  /// already queued.
  std::chrono::milliseconds batch_interval{50};
  /// The name of this node in the rollup table.
  std::string node = "main";
};

/// How long rows stay in the database, by table; zero: for ever. Less makes the database smaller, and limits
/// how far back questions reach.
struct retention_settings {
  /// Router lines, by their own date.
  std::chrono::seconds requests = std::chrono::hours{30 * 24};
  /// All other lines, by their own date.
  std::chrono::seconds log_lines = std::chrono::hours{7 * 24};
  /// Numbers drawn from lines, by the date of the line.
  std::chrono::seconds samples = std::chrono::hours{30 * 24};
  /// Counters and sketches, by their minute.
  std::chrono::seconds rollups = std::chrono::hours{400 * 24};
  /// Frames that the database refused, by arrival.
  std::chrono::seconds rejected_frames = std::chrono::hours{30 * 24};
  /// Frame keys, by arrival. They keep a batch from being stored twice, even if a node was killed and is
  /// started again within this time.
  std::chrono::seconds frames = std::chrono::hours{7 * 24};
  /// Alerts, from their resolution on. Open ones stay.
  std::chrono::seconds alerts = std::chrono::hours{400 * 24};

  bool operator==(const retention_settings&) const = default;
};

/// The cluster: nodes that take requests for each other and share one PostgreSQL.
struct cluster_settings {
  /// HOST:PORT on which the other nodes reach this one; empty: no cluster.
  std::string listen;
  /// HOST:PORT of all nodes, this one among them; the same on every node.
  std::vector<std::string> peers;
  /// PEM files for mutual TLS: this node's certificate, its key, and the authority that signed the
  /// certificates of all nodes. The certificate names the host of this node's entry in `peers`.
  std::string certificate, key, authority;
  /// A peer that was silent for longer than this is down. A shorter time moves its frames to others sooner, a
  /// longer one rides over pauses.
  std::chrono::milliseconds peer_timeout{3000};
  /// How long a question to all nodes waits for answers before it goes on without those that are missing.
  std::chrono::milliseconds answer_timeout{300};
  /// Bytes of frames that may be under way to one peer. More hides a longer network delay, and takes
  /// more memory.
  std::uint64_t forward_budget_bytes = 8u << 20;

  bool is_on() const { return !listen.empty(); }
};

/// The service log, on standard error.
struct log_settings {
  /// debug, info, warn or error.
  std::string level = "info";
};

/// The whole tree.
struct settings {
  http_settings http;
  journal_settings journal;
  receiver_settings receiver;
  parser_settings parser;
  alert_settings alerts;
  tail_settings tail;
  storage_settings storage;
  retention_settings retention;
  logplex::redaction_settings redaction;
  cluster_settings cluster;
  log_settings log;
};

/// The address that `http.host` stands for: see `http_settings::host`.
std::string listen_address(const http_settings& http);

/// The URL at which the service listens on `port`.
std::string own_url(const http_settings& http, std::uint16_t port);

/// Who reaches the service may read as long as there is no key: only this machine's own user does, or the
/// settings say so.
bool may_read_without_key(const http_settings& http);

/// Fails if nobody could read, or everybody: others reach the service, and the settings name nobody. A key in
/// the registry is another way out.
expected<> check_readers(const http_settings& http);

/// Fails with the first rule between settings that `candidate` breaks: the sentence names the setting and
/// says what would be right. Rules for one setting alone are checked when it is read.
expected<> validate(const settings& candidate);

} // namespace parseflow
