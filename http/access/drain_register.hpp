// Which drains may post: those of the settings and those of the registry, and which tokens are theirs.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http/access/credentials.hpp"
#include "messages/registry_messages.hpp"

namespace parseflow::http {

/// A drain that has shown its credentials.
struct known_drain {
  /// The drain, whatever its passwords are.
  std::string id;
  std::string user;
  /// At least one.
  std::vector<std::string> apps;
  /// Its frames have the keys that version 0.1.0 gave them: the token alone, or the app.
  bool has_old_keys = false;
};

/// Decides by what it has read: the loops of the server never hash a password and never wait. A password is
/// hashed once; afterwards its keyed digest is known. Any thread may call.
class drain_register {
public:
  using clock = std::chrono::steady_clock;

  /// The most digests of passwords that are remembered, of right and of wrong ones each.
  static constexpr std::size_t max_digests = 10'000;
  /// The most passwords that are being hashed, or wait for it.
  static constexpr std::size_t max_hashing = 8;
  /// How long that may take; then the password may be hashed again.
  static constexpr std::chrono::seconds hashing_time{5};
  /// How long a token that was learnt here may be missing in the registry.
  static constexpr std::chrono::seconds learning_time{15};

  /// Without a registry, and until `take`, only the drains of the settings are known.
  /// @param has_registry News will come: until then nobody is turned away.
  /// @param on_doubt Called when newer news is needed, and must not wait.
  drain_register(
      const std::vector<drain_credentials>& drains, bool has_registry,
      std::function<void()> on_doubt = [] {});

  /// What the registry holds.
  void take(const registry_news& news);

  /// What has been used since the last call.
  registry_uses take_uses();

  /// True if no drain is registered, as far as is known.
  bool is_empty() const;

  enum class answer : std::uint8_t {
    known,   ///< `who` is set.
    unknown, ///< They are wrong.
    hash,    ///< Call `check` on a thread that may wait, then ask again.
    wait,    ///< Ask again after `take`: the credentials may be newer than what is known.
  };
  struct finding {
    answer what = answer::unknown;
    std::shared_ptr<const known_drain> who = {};
  };

  /// Whose credentials these are, of a request that arrived at `arrived`.
  finding find(const basic_credentials& given, clock::time_point arrived, timestamp now);

  /// Compares the password with the hashes of its user; tens of milliseconds each. `find` knows the result.
  void check(const basic_credentials& given);

  /// True if a drain is registered for `user`, with any password.
  bool has_user(std::string_view user) const;

  enum class token_is : std::uint8_t {
    own,          ///< The drain has shown it first, just now or before.
    foreign,      ///< It belongs to another drain.
    one_too_many, ///< The drain has shown as many as are told apart.
  };
  /// Whose the token is that a drain shows.
  token_is show(const std::string& token, const known_drain& by, timestamp now);

private:
  struct settings_entry {
    digest secret;
    std::shared_ptr<const known_drain> who;
  };
  struct proven {
    std::shared_ptr<const known_drain> who;
    std::string hash; // of the password that it is
    timestamp noted{};
  };
  struct shown_token {
    std::string drain;
    timestamp noted{};
    std::optional<clock::time_point> learnt; // here, and not in the registry yet
  };
  // What is known of a digest that is no password of the copy's version.
  struct wrong {
    bool is_hashed = false;    // compared with all hashes of its user
    bool is_confirmed = false; // by news that are younger than the request
  };

  void doubt();
  bool may_hash(const digest& asked);
  void learn_copy(const registry_copy& copy);
  void drop_stale_tokens(clock::time_point as_of);
  bool are_kin(std::string_view owner, const known_drain& by) const;
  const known_drain* settings_drain(std::string_view id) const;
  bool has_room(const std::string& drain, timestamp now) const;

  std::vector<settings_entry> entries_; // never changes
  const std::function<void()> on_doubt_;

  mutable std::mutex mutex_; // guards what follows
  registry_copy_ptr copy_;
  clock::time_point as_of_{};
  std::unordered_map<std::string, std::shared_ptr<const known_drain>> drains_; // of the copy, by id
  std::unordered_map<digest, proven, digest_hash> proven_;
  std::unordered_map<digest, wrong, digest_hash> wrong_;
  std::unordered_map<std::string, shown_token> tokens_;
  registry_uses uses_;
  std::unordered_map<digest, clock::time_point, digest_hash> hashing_; // since when
  bool has_asked_ = false;                                             // since the last news
};

} // namespace parseflow::http
