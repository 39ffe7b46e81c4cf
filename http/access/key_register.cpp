#include "http/access/key_register.hpp"

#include <algorithm>
#include <utility>

namespace parseflow::http {

namespace {

// How often a use is noted: the registry keeps minutes.
constexpr std::chrono::seconds use_note{30};
// The most uses that wait for the registrar.
constexpr std::size_t max_key_uses = 10'000;

} // namespace

key_register::key_register(const secret& api_key, bool may_be_open, bool has_registry)
    : may_be_open_(may_be_open), has_registry_(has_registry), api_key_(api_key), sessions_(api_key) {}

void key_register::take_up(const secret& api_key) {
  const std::lock_guard guard{mutex_};
  api_key_ = http::api_key{api_key};
  if (!copy_ || copy_->session_key.empty())
    sessions_ = sessions{api_key};
}

void key_register::take(const registry_news& news) {
  const std::lock_guard guard{mutex_};
  if (!news.copy || news.copy == copy_)
    return;
  copy_ = news.copy;
  if (!copy_->session_key.empty())
    sessions_ = sessions{copy_->session_key};
  const auto before = std::exchange(keys_, {});
  ids_.clear();
  for (const auto& key : copy_->keys) {
    const auto known = before.find(key.id);
    const auto noted = known == before.end() ? key.last_used : std::max(key.last_used, known->second.noted);
    keys_[key.id] = {{key.id, key.role, key.apps}, noted};
    // By a digest with a secret key, so that looking one up reveals nothing.
    ids_[digest_of(key.hash)] = key.id;
  }
  read_.notify_all();
}

std::vector<registry_uses::key_use> key_register::take_uses() {
  const std::lock_guard guard{mutex_};
  return std::exchange(uses_, {});
}

bool key_register::is_open() const {
  const std::lock_guard guard{mutex_};
  return may_be_open_ && api_key_.is_open() && keys_.empty();
}

bool key_register::is_unread() const {
  const std::lock_guard guard{mutex_};
  return has_registry_ && !copy_;
}

std::optional<reader> key_register::find(std::string_view key, timestamp now) {
  const auto asked = digest_of(key_hash(key));
  const std::lock_guard guard{mutex_};
  if (api_key_.matches(key))
    return reader{std::string{settings_key}, key_role::admin, {}};
  const auto found = ids_.find(asked);
  return found == ids_.end() ? std::nullopt : use(found->second, now);
}

std::string key_register::open_session(const reader& who, timestamp now) const {
  std::unique_lock lock{mutex_};
  read_.wait_for(lock, signing_patience, [this] { return !has_registry_ || copy_; });
  return sessions_.open(who.key, now);
}

std::optional<std::string> key_register::share(const reader& who, const std::vector<std::string>& apps,
                                               timestamp ends) const {
  const std::lock_guard guard{mutex_};
  if (!copy_ || copy_->session_key.empty())
    return std::nullopt;
  return sessions_.share(who.key, apps, ends);
}

std::optional<reader> key_register::holder_of(std::string_view token, timestamp now) {
  const std::lock_guard guard{mutex_};
  const auto said = sessions_.read(token, now);
  if (!said)
    return std::nullopt;
  auto who = said->key != settings_key ? use(said->key, now)
             : api_key_.is_open()      ? std::nullopt
                                       : std::optional{reader{said->key, key_role::admin, {}}};
  if (who && said->is_shared) {
    who->role = key_role::read;
    who->shared_until = said->ends;
    if (!said->apps.empty()) // which the key sees, since the apps of a key never change
      who->apps = said->apps;
  }
  return who;
}

// The reader with the key of this id; nothing if it is gone.
std::optional<reader> key_register::use(const std::string& id, timestamp now) {
  const auto found = keys_.find(id);
  if (found == keys_.end())
    return std::nullopt;
  auto& [who, noted] = found->second;
  if (now - noted >= use_note && uses_.size() < max_key_uses) {
    noted = now;
    uses_.push_back({id, now});
  }
  return who;
}

} // namespace parseflow::http
