// How a value is read and shown, by its type. The type also says what is a secret, so no list of secrets has
// to be kept.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <caf/config_option.hpp>

#include "messages/alerts/rule.hpp"
#include "messages/expected.hpp"
#include "messages/settings/drain_credentials.hpp"
#include "messages/settings/secret.hpp"

namespace parseflow {

/// How the values of one type are read and shown.
struct value_form {
  /// CAF's option over a member of this type. Without a member it only parses.
  caf::config_option (*option)(void* member, caf::string_view section, caf::string_view name,
                               caf::string_view text);
  bool (*is_equal)(const void* a, const void* b);
  void (*assign)(void* to, const void* from);
  /// A noun for a text of this form: "a whole number".
  std::string_view noun;
  bool is_secret = false;
  /// Checks a text that CAF accepts. Fails with the rest of a sentence that begins with the name of the
  /// setting. Null: every such text is right.
  expected<> (*check)(std::string_view text) = nullptr;
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
/// Durations: what CAF reads, and also days and a bare 0.
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

/// The entries of a list that is separated by commas, without the spaces around them. Empty entries are
/// left out.
std::vector<std::string> list_of(std::string_view text);

} // namespace parseflow
