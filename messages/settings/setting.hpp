// One setting: a row of the table in table.cpp, which says how it is parsed, checked, explained and, if
// secret, hidden.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <caf/config_option.hpp>

#include "messages/expected.hpp"
#include "messages/settings/settings.hpp"
#include "messages/settings/value_form.hpp"

namespace parseflow {

/// Where a setting keeps its value, and how a value of its type is read and shown.
struct setting_member {
  const value_form* form = nullptr;
  std::function<void*(settings&)> in;
};

/// Details that only some settings have. Bounds are written in the form of the value.
struct setting_details {
  /// The smallest and the largest value; empty: none.
  std::string_view least = {}, most = {};
  /// A value outside these bounds that is allowed too.
  std::string_view also = {};
  /// The reason for the bounds, as the end of a sentence: "Logplex gives up after 5s".
  std::string_view why = {};
  /// A further check of the text. It fails as `read_value` does.
  expected<> (*check)(std::string_view text) = nullptr;
  /// The environment variable that may hold the value. For a secret, `VARIABLE_FILE` may name a file that
  /// holds it.
  std::string_view variable = {};
  /// A running service takes up a new value: see `config::read_again`.
  bool can_reload = false;
};

/// One setting. Its default is that of its member.
struct setting {
  std::string_view section, name;
  setting_member member;
  /// The effect of the setting, for the operator.
  std::string_view text;
  setting_details details = {};

  /// `http.port`.
  std::string full_name() const;
  bool is_secret() const { return member.form->is_secret; }
  /// The option for CAF's configuration. It reads into `target`, which must outlive it.
  caf::config_option option(settings& target) const;
};

/// All settings, in groups by section.
const std::vector<setting>& all_settings();

/// Reads `text` into the member that `option` is bound to. Fails with the rest of a sentence that begins with
/// the name of the setting.
expected<> read_value(const setting& row, const caf::config_option& option, const std::string& text);

/// The value that `option` is bound to, in the form in which it can be read again; empty for a secret.
std::string shown_value(const caf::config_option& option);

/// The range of values, for people: "between 100ms and 4500ms"; empty if there are no bounds.
std::string range_of(const setting& row);

} // namespace parseflow
