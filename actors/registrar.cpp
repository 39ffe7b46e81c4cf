#include "actors/registrar.hpp"

#include <algorithm>
#include <utility>

#include "db/registry_file.hpp"
#include "messages/registry/changes.hpp"
#include "messages/service_log.hpp"

namespace parseflow::actors {

namespace {

// Keeps the newest.
template <class Use>
void append(std::vector<Use>& to, std::vector<Use>&& more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  if (to.size() > registrar::max_pending)
    to.erase(to.begin(), to.end() - static_cast<std::ptrdiff_t>(registrar::max_pending));
}

} // namespace

registrar::registrar(self_pointer self, std::unique_ptr<db::registry_store> store, std::string folder,
                     std::vector<environment_drain> environment)
    : box_state(self), store_(std::move(store)), folder_(std::move(folder)),
      environment_(std::move(environment)) {}

registrar::behavior_type registrar::make_behavior() {
  if (auto kept = db::read_registry_file(folder_))
    copy_ = std::make_shared<registry_copy>(*std::move(kept));
  // By then somebody has subscribed, and has the copy without waiting for the database.
  self_->delayed_send(self_, shortest_interval, caf::tick_atom_v);
  return {
      [this](subscribe_atom, const registry_listener_actor& listener) {
        listeners_.push_back(listener);
        self_->send(listener, registry_news{copy_, as_of_});
        if (last_look_ == clock::time_point{})
          look();
      },
      [this](look_atom) { look_soon(); },
      [this](const registry_uses& uses) { note(uses); },
      [this](const drain_wish& wish) { return issued(add_drain(*store_, wish.apps, wish.user)); },
      [this](const drain_rotation& wish) { return issued(rotate_drain(*store_, wish.id)); },
      [this](const drain_removal& wish) { return changed(remove_drain(*store_, wish.id)); },
      [this](drains_query) { return report(); },
      [this](const key_wish& wish) { return issued(add_key(*store_, wish.name, wish.role, wish.apps)); },
      [this](const key_removal& wish) { return changed(remove_key(*store_, wish.id)); },
      [this](keys_query) { return keys(); },
      [this](sign_out_atom) { return sign_out(); },
      [this](stop_atom) {
        if (!uses_.empty() && open())
          store_uses();
        return true;
      },
      [this](caf::tick_atom) {
        look();
        if (!uses_.empty() && self_->clock().now() - last_store_ >= store_interval)
          store_uses();
        self_->delayed_send(self_, look_interval, caf::tick_atom_v);
      },
  };
}

bool registrar::open() {
  return store_->open().code == db::outcome::done;
}

// A database that is away is reported by the DB writer.
void registrar::look() {
  is_look_due_ = false;
  const auto began = self_->clock().now();
  last_look_ = began;
  // Without a look at the database the copy of the folder is not known to be right.
  auto fresh = copy_ && as_of_ != clock::time_point{} ? *copy_ : registry_copy{};
  if (!open() || store_->read(fresh).code != db::outcome::done)
    return;
  if (fresh.session_key.empty() &&
      (!ensure_session_key(*store_).done() || store_->read(fresh).code != db::outcome::done))
    return;
  take(std::move(fresh), began);
}

void registrar::look_soon() {
  const auto due = last_look_ + shortest_interval, now = self_->clock().now();
  if (due <= now)
    look();
  else if (!std::exchange(is_look_due_, true))
    self_->delayed_send(self_, due - now, look_atom_v);
}

void registrar::take(registry_copy fresh, clock::time_point began) {
  as_of_ = began;
  if (!copy_ || fresh != *copy_) {
    copy_ = std::make_shared<registry_copy>(std::move(fresh));
    const auto saved = db::save_registry_file(folder_, *copy_);
    if (!saved && !has_saving_failed_)
      log(log_level::warn, box_name, "the copy of the registry cannot be kept in the data folder",
          {{"problem", saved.error().sentence}});
    has_saving_failed_ = !saved;
  }
  publish();
}

void registrar::publish() {
  for (const auto& listener : listeners_)
    self_->send(listener, registry_news{copy_, as_of_});
}

void registrar::note(registry_uses uses) {
  append(uses_.passwords, std::move(uses.passwords));
  append(uses_.tokens, std::move(uses.tokens));
  append(uses_.keys, std::move(uses.keys));
  if (has_new_token())
    store_uses();
}

bool registrar::has_new_token() const {
  return copy_ && std::any_of(uses_.tokens.begin(), uses_.tokens.end(), [this](const learnt_token& shown) {
           return owner_of(*copy_, shown.token).empty() &&
                  has_room_for_token(*copy_, shown.drain, shown.last_seen);
         });
}

void registrar::store_uses() {
  expected<> refusal;
  const auto stored = store_->edit(
      [this](registry_copy& all) -> expected<> {
        note_uses(all, uses_);
        return {};
      },
      refusal);
  if (stored.code != db::outcome::done)
    return;
  uses_ = {};
  last_store_ = self_->clock().now();
  look();
}

// Why the change was not stored; else everybody learns of it at once.
caf::error registrar::settle(const change_outcome& change) {
  if (!change.refusal)
    return make_error(ec::refused, change.refusal.error().sentence);
  if (change.stored.code != db::outcome::done)
    return make_error(ec::store_away, change.stored.message);
  look();
  return {};
}

caf::expected<issued_password> registrar::issued(drain_change change) {
  if (auto failed = settle(change))
    return failed;
  return issued_password{std::move(change.drain), std::move(change.password)};
}

caf::expected<registered_drain> registrar::changed(drain_change change) {
  if (auto failed = settle(change))
    return failed;
  return std::move(change.drain);
}

caf::expected<issued_key> registrar::issued(key_change change) {
  if (auto failed = settle(change))
    return failed;
  return issued_key{std::move(change.key), std::move(change.text)};
}

caf::expected<registered_key> registrar::changed(key_change change) {
  if (auto failed = settle(change))
    return failed;
  return std::move(change.key);
}

caf::expected<key_list> registrar::keys() {
  registry_copy all;
  if (const auto read = store_->read(all); read.code != db::outcome::done)
    return make_error(ec::store_away, read.message);
  return key_list{std::move(all.keys)};
}

caf::expected<bool> registrar::sign_out() {
  if (auto failed = settle(sign_out_everywhere(*store_)))
    return failed;
  return true;
}

caf::expected<drain_reports_ptr> registrar::report() {
  drain_reports found;
  if (const auto read = report_drains(*store_, environment_, found); read.code != db::outcome::done)
    return make_error(ec::store_away, read.message);
  return std::make_shared<const drain_reports>(std::move(found));
}

} // namespace parseflow::actors
