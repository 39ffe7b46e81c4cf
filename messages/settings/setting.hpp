// What is known of one setting: a row of the table in table.cpp, from which it is parsed, checked, explained and hidden.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <caf/config_option.hpp>

#include "messages/settings/settings.hpp"
#include "messages/settings/value_form.hpp"

namespace parseflow {

/// Where a setting keeps its value, and by the type of the value how it is read and shown.
struct setting_member {
  const value_form* form = nullptr;
  std::function<void*(settings&)> in;
};

/// What some settings have. Bounds are written as the value is.
struct setting_details {
  /// The smallest and the largest value; empty: none.
  std::string_view least = {}, most = {};
  /// A value outside of these that is right, too.
  std::string_view also = {};
  /// What the bounds are for, as the end of a sentence: "Logplex gives up after 5s".
  std::string_view why = {};
  /// What else a text has to be. Returns what is wrong with it, as `read_value` does.
  std::optional<std::string> (*check)(std::string_view text) = nullptr;
  /// The environment variable that holds it too. Of a secret, `VARIABLE_FILE` may name a file that holds it.
  std::string_view variable = {};
  /// Whether a running service could take up another value.
  bool can_reload = false;
};

/// One setting. Its default is that of its member.
struct setting {
  std::string_view section, name;
  setting_member member;
  /// What it does, for who sets it.
  std::string_view text;
  setting_details details = {};

  /// `http.port`.
  std::string full_name() const;
  bool is_secret() const { return member.form->is_secret; }
  /// For CAF's configuration; it reads into `target`, which must outlive it.
  caf::config_option option(settings& target) const;
};

/// All settings, those of a section beside each other.
const std::vector<setting>& all_settings();

/// Reads `text` into the member that `option` is bound to. Returns what is wrong with it: the rest of a sentence that
/// begins with the name, and shows no secret.
std::optional<std::string> read_value(const setting& row, const caf::config_option& option,
                                      const std::string& text);

/// The value that `option` is bound to, as it can be read; empty for a secret.
std::string shown_value(const caf::config_option& option);

/// The range of values, for people: "between 100ms and 4500ms"; empty if there are no bounds.
std::string range_of(const setting& row);

} // namespace parseflow
