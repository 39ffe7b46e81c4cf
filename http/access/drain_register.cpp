#include "http/access/drain_register.hpp"

#include <algorithm>
#include <utility>

#include "messages/registry/changes.hpp"
#include "messages/registry/environment_drains.hpp"
#include "messages/registry/password.hpp"

namespace parseflow::http {

namespace {

// How often a use is noted: the registry keeps minutes for passwords, days for tokens.
constexpr std::chrono::seconds password_note{30};
constexpr std::chrono::hours token_note{12};
// The most uses that wait for the registrar, of passwords and of tokens each.
constexpr std::size_t max_uses = 10'000;

digest digest_of_both(const basic_credentials& given) {
  // The length keeps `a:bc` and `ab:c` apart.
  return digest_of(std::to_string(given.user.size()) + ":" + given.user + given.password);
}

template <class Uses, class Use>
void note(Uses& uses, Use use) {
  if (uses.size() < max_uses)
    uses.push_back(std::move(use));
}

template <class Map>
auto& entry_of(Map& map, const digest& key) {
  if (map.size() >= drain_register::max_digests && !map.contains(key))
    map.clear();
  return map[key];
}

bool has_hash(const registered_drain& drain, const std::string& hash) {
  return std::any_of(drain.passwords.begin(), drain.passwords.end(),
                     [&](const drain_password& one) { return one.hash == hash; });
}

} // namespace

drain_register::drain_register(const std::vector<drain_credentials>& drains, bool has_registry,
                               std::function<void()> on_doubt)
    : on_doubt_(std::move(on_doubt)) {
  for (const auto& drain : environment_drains(drains)) {
    const auto who = std::make_shared<const known_drain>(known_drain{drain.id, drain.user, drain.apps, true});
    for (const auto& password : drain.passwords)
      entries_.push_back({digest_of_both({drain.user, password.reveal()}), who});
  }
  if (has_registry)
    return;
  copy_ = std::make_shared<registry_copy>();
  as_of_ = clock::time_point::max();
}

void drain_register::take(const registry_news& news) {
  const std::lock_guard guard{mutex_};
  has_asked_ = false;
  as_of_ = std::max(as_of_, news.as_of);
  if (news.copy && news.copy != copy_) {
    copy_ = news.copy;
    learn_copy(*copy_);
  }
  drop_stale_tokens(as_of_);
}

void drain_register::learn_copy(const registry_copy& copy) {
  drains_.clear();
  for (const auto& drain : copy.drains)
    drains_[drain.id] =
        std::make_shared<const known_drain>(known_drain{drain.id, drain.user, drain.apps, drain.is_imported});
  std::erase_if(proven_, [&](const auto& known) {
    const auto* const drain = find_drain(copy, known.second.who->id);
    return drain == nullptr || !has_hash(*drain, known.second.hash);
  });
  for (auto& [asked, known] : proven_)
    known.who = drains_.at(known.who->id);
  wrong_.clear();
  std::unordered_map<std::string, shown_token> tokens;
  for (const auto& one : copy.tokens)
    tokens[one.token] = {one.drain, one.last_seen, {}};
  for (auto& [token, before] : tokens_)
    if (const auto same = tokens.find(token); same != tokens.end())
      same->second.noted = std::max(same->second.noted, before.noted);
    else if (before.learnt)
      tokens.emplace(token, std::move(before));
  tokens_ = std::move(tokens);
}

// The database did not take them: another node was faster, or there was no room.
void drain_register::drop_stale_tokens(clock::time_point as_of) {
  if (as_of == clock::time_point::max())
    return;
  std::erase_if(tokens_, [as_of](const auto& known) {
    return known.second.learnt && as_of - *known.second.learnt > learning_time;
  });
}

registry_uses drain_register::take_uses() {
  const std::lock_guard guard{mutex_};
  return std::exchange(uses_, {});
}

bool drain_register::is_empty() const {
  if (!entries_.empty())
    return false;
  const std::lock_guard guard{mutex_};
  return drains_.empty();
}

drain_register::finding drain_register::find(const basic_credentials& given, clock::time_point arrived,
                                             timestamp now) {
  const auto asked = digest_of_both(given);
  const settings_entry* found = nullptr;
  // All are compared, even after a match, so that the time does not reveal which one matches.
  for (const auto& known : entries_)
    if (are_equal(known.secret, asked) && found == nullptr)
      found = &known;
  if (found != nullptr)
    return {answer::known, found->who};
  const std::lock_guard guard{mutex_};
  // The digests have a key that is secret, so looking one up reveals nothing.
  if (const auto right = proven_.find(asked); right != proven_.end()) {
    auto& [who, hash, noted] = right->second;
    if (now - noted >= password_note) {
      noted = now;
      note(uses_.passwords, registry_uses::password_use{who->id, hash, now});
    }
    return {answer::known, who};
  }
  if (!copy_) {
    doubt();
    return {answer::wait};
  }
  const auto seen = wrong_.find(asked);
  if (seen != wrong_.end() && seen->second.is_confirmed)
    return {answer::unknown};
  if (seen == wrong_.end() || !seen->second.is_hashed) {
    const auto* const drain = find_user(*copy_, given.user);
    const bool is_possible = drain != nullptr && std::any_of(drain->passwords.begin(), drain->passwords.end(),
                                                             [&](const drain_password& one) {
                                                               return may_be(one, given.password);
                                                             });
    if (is_possible) {
      if (may_hash(asked))
        return {answer::hash};
      doubt();
      return {answer::wait};
    }
  }
  if (as_of_ >= arrived) {
    entry_of(wrong_, asked) = {true, true};
    return {answer::unknown};
  }
  doubt();
  return {answer::wait};
}

// One question is enough until there are news: if they are too old for a request, it asks again.
void drain_register::doubt() {
  if (!std::exchange(has_asked_, true))
    on_doubt_();
}

// A check that failed, or found no thread, leaves its entry here.
bool drain_register::may_hash(const digest& asked) {
  const auto now = clock::now();
  std::erase_if(hashing_, [now](const auto& one) { return now - one.second >= hashing_time; });
  return hashing_.size() < max_hashing && hashing_.emplace(asked, now).second;
}

void drain_register::check(const basic_credentials& given) {
  registry_copy_ptr copy;
  {
    const std::lock_guard guard{mutex_};
    copy = copy_;
  }
  const auto* const drain = copy ? find_user(*copy, given.user) : nullptr;
  const drain_password* found = nullptr;
  if (drain != nullptr)
    for (const auto& password : drain->passwords)
      if (found == nullptr && may_be(password, given.password) && is_password(password, given.password))
        found = &password;
  const auto asked = digest_of_both(given);
  const std::lock_guard guard{mutex_};
  hashing_.erase(asked);
  if (copy != copy_) // what was compared may be gone: it is compared again
    return;
  if (found != nullptr)
    entry_of(proven_, asked) = {drains_.at(drain->id), found->hash, {}};
  else
    entry_of(wrong_, asked).is_hashed = true;
}

bool drain_register::has_user(std::string_view user) const {
  if (std::any_of(entries_.begin(), entries_.end(),
                  [user](const settings_entry& known) { return known.who->user == user; }))
    return true;
  const std::lock_guard guard{mutex_};
  return copy_ && find_user(*copy_, user) != nullptr;
}

drain_register::token_is drain_register::show(const std::string& token, const known_drain& by,
                                              timestamp now) {
  const std::lock_guard guard{mutex_};
  if (const auto known = tokens_.find(token); known != tokens_.end()) {
    auto& [drain, noted, learnt] = known->second;
    if (drain != by.id)
      return are_kin(drain, by) ? token_is::own : token_is::foreign;
    if (now - noted >= token_note) {
      noted = now;
      note(uses_.tokens, learnt_token{token, by.id, now});
    }
    return token_is::own;
  }
  if (!has_room(by.id, now))
    return token_is::one_too_many;
  tokens_[token] = {by.id, now, clock::now()};
  note(uses_.tokens, learnt_token{token, by.id, now});
  return token_is::own;
}

// Two drains of one and the same app keep no secrets from each other: a token may move from one to the other.
bool drain_register::are_kin(std::string_view owner, const known_drain& by) const {
  const auto registered = drains_.find(std::string{owner});
  const auto* const other = registered != drains_.end() ? registered->second.get() : settings_drain(owner);
  return other == nullptr || (other->apps.size() == 1 && other->apps == by.apps);
}

const known_drain* drain_register::settings_drain(std::string_view id) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [id](const settings_entry& known) { return known.who->id == id; });
  return found == entries_.end() ? nullptr : found->who.get();
}

// As the registry decides it: a token that was not shown for long makes room.
bool drain_register::has_room(const std::string& drain, timestamp now) const {
  const auto count = std::count_if(tokens_.begin(), tokens_.end(), [&](const auto& known) {
    return known.second.drain == drain && now - known.second.noted < unused_token_age;
  });
  return static_cast<std::size_t>(count) < registry_copy::max_tokens;
}

} // namespace parseflow::http
