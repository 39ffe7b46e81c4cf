#include "messages/settings/reload.hpp"

#include "messages/settings/setting.hpp"

namespace parseflow {

settings_change take_up(settings& in_use, settings fresh) {
  settings_change change;
  for (const auto& row : all_settings()) {
    auto* const old = row.member.in(in_use);
    const auto* const changed = row.member.in(fresh);
    if (row.member.form->is_equal(old, changed))
      continue;
    if (row.details.can_reload)
      row.member.form->assign(old, changed);
    (row.details.can_reload ? change.taken_up : change.need_restart).push_back(row.full_name());
  }
  return change;
}

} // namespace parseflow
