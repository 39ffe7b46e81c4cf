// How a value is read and shown, by its type. A secret is one by its type, so that no list of secrets has to be kept.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <caf/config_option.hpp>

#include "messages/alerts/rule.hpp"
#include "messages/settings/drain_credentials.hpp"
#include "messages/settings/secret.hpp"

namespace parseflow {

/// The form of a type of values.
struct value_form {
  /// CAF's option over a member of this type. Without a member it only parses.
  caf::config_option (*option)(void* member, caf::string_view section, caf::string_view name,
                               caf::string_view text);
  /// What a text has to be: "a whole number".
  std::string_view noun;
  bool is_secret = false;
  /// What is wrong with a text that CAF takes: the rest of a sentence that begins with the name. Null: nothing ever is.
  std::optional<std::string> (*check)(std::string_view text) = nullptr;
};

/// The form of `T`; a type that has none cannot be a setting.
template <class T>
const value_form& form_of() = delete;

template <>
const value_form& form_of<bool>();
template <>
const value_form& form_of<std::uint16_t>();
template <>
const value_form& form_of<std::uint32_t>();
template <>
const value_form& form_of<std::uint64_t>();
/// Durations: CAF's, and days, and a bare 0.
template <>
const value_form& form_of<std::chrono::milliseconds>();
template <>
const value_form& form_of<std::chrono::seconds>();
template <>
const value_form& form_of<std::chrono::hours>();
/// Texts: any character stands for itself.
template <>
const value_form& form_of<std::string>();
template <>
const value_form& form_of<std::vector<std::string>>();
template <>
const value_form& form_of<std::vector<alerts::rule>>();
template <>
const value_form& form_of<secret>();
template <>
const value_form& form_of<std::vector<drain_credentials>>();

/// The entries of a list that is written with commas, without the blanks around them.
std::vector<std::string> list_of(std::string_view text);

} // namespace parseflow
