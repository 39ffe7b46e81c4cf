#include "messages/registry/environment_drains.hpp"

#include <algorithm>

#include "messages/registry/registry.hpp"

namespace parseflow {

namespace {

bool has_password(const environment_drain& drain, const secret& password) {
  return std::any_of(drain.passwords.begin(), drain.passwords.end(),
                     [&](const secret& one) { return one.reveal() == password.reveal(); });
}

} // namespace

std::vector<environment_drain> environment_drains(const std::vector<drain_credentials>& entries) {
  std::vector<environment_drain> drains;
  for (const auto& entry : entries) {
    const auto serves = [&](const environment_drain& drain) {
      return std::find(drain.apps.begin(), drain.apps.end(), entry.app) != drain.apps.end();
    };
    const auto known = std::find_if(drains.begin(), drains.end(), [&](const environment_drain& drain) {
      return drain.user == entry.user && (serves(drain) || has_password(drain, entry.password));
    });
    if (known == drains.end()) {
      drains.push_back(
          {environment_drain_id(entry.app, entry.user), entry.user, {entry.app}, {entry.password}});
      continue;
    }
    if (!serves(*known))
      known->apps.push_back(entry.app);
    if (!has_password(*known, entry.password))
      known->passwords.push_back(entry.password);
  }
  return drains;
}

} // namespace parseflow
