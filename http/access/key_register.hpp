// Which keys may read: that of the settings and those of the registry; and the sessions that stand for them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http/access/credentials.hpp"
#include "http/access/sessions.hpp"
#include "http/connections/reader.hpp"
#include "messages/registry_messages.hpp"

namespace parseflow::http {

/// Decides by what it has read last. Any thread may call.
class key_register {
public:
  /// What stands for METRICS_API_KEY where others have an id: an admin key that sees all apps.
  static constexpr std::string_view settings_key = "api-key";

  /// @param may_be_open Without any key nobody needs one.
  /// @param has_registry News of a registry will come.
  explicit key_register(const secret& api_key, bool may_be_open = true, bool has_registry = false);

  /// The key of the settings from now on; empty: none.
  void take_up(const secret& api_key);

  /// What the registry holds. Ends the sessions of keys that are gone, and all if they are signed by another
  /// key now.
  void take(const registry_news& news);

  /// What has been used since the last call.
  std::vector<registry_uses::key_use> take_uses();

  /// True if there are no keys, as far as is known, and then nobody needs one.
  bool is_open() const;

  /// True until the registry, or a copy of it, was read: then what is unknown may be known later.
  bool is_unread() const;

  /// Whose key this is; nothing if it is none.
  std::optional<reader> find(std::string_view key, timestamp now);

  /// A token that stands for the key of `who` for `sessions::life`, at all nodes that have read the registry.
  /// Waits up to `signing_patience` for the registry's signing key: with another one the session ends as soon
  /// as the registry is read.
  std::string open_session(const reader& who, timestamp now) const;

  static constexpr std::chrono::seconds signing_patience{2};

  /// A token that shows these apps, or all that `who` sees, until `ends`, to whoever has it. It ends earlier with
  /// the key of `who`, or with all sessions. Nothing while the registry, which signs it, was not read.
  std::optional<std::string> share(const reader& who, const std::vector<std::string>& apps,
                                   timestamp ends) const;

  /// Whose session or link this is, with what it allows now; nothing if it is none.
  std::optional<reader> holder_of(std::string_view token, timestamp now);

private:
  struct known_key {
    reader who;
    timestamp noted{};
  };

  std::optional<reader> use(const std::string& id, timestamp now);

  const bool may_be_open_, has_registry_;
  mutable std::condition_variable read_; // the registry was read
  mutable std::mutex mutex_;             // guards what follows
  api_key api_key_;
  registry_copy_ptr copy_;
  sessions sessions_; // signed by the registry's key; until one was read, by one that the API key makes
  std::unordered_map<std::string, known_key> keys_;          // by id
  std::unordered_map<digest, std::string, digest_hash> ids_; // by the digest of the key's hash
  std::vector<registry_uses::key_use> uses_;
};

} // namespace parseflow::http
