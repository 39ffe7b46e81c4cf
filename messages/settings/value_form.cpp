#include "messages/settings/value_form.hpp"

#include <algorithm>

#include <caf/all.hpp>
#include <fmt/format.h>

#include "messages/alerts/parse_rules.hpp"

namespace parseflow {

namespace {

constexpr std::string_view whole_number = "a whole number";
constexpr std::string_view duration = "a duration such as 20ms, 4s, 5min, 24h or 30d";

// For types that CAF reads itself.
template <class T>
caf::config_option known_option(void* member, caf::string_view section, caf::string_view name,
                                caf::string_view text) {
  return member == nullptr ? caf::make_config_option<T>(section, name, text)
                           : caf::make_config_option<T>(*static_cast<T*>(member), section, name, text);
}

// CAF shows days but reads only hours, and wants a unit after 0.
std::string as_caf_reads(caf::string_view text) {
  std::string value{text.begin(), text.end()};
  if (value == "0")
    return "0s";
  const auto digits = value.find_first_not_of("0123456789");
  constexpr std::size_t most_digits = 5; // CAF counts in nanoseconds: 292 years
  if (digits == 0 || digits > most_digits || value.substr(digits) != "d")
    return value;
  return std::to_string(std::stoul(value) * 24) + "h";
}

// A duration in units of its own, which CAF handles in nanoseconds.
template <class Duration>
caf::config_option duration_option(void* member, caf::string_view section, caf::string_view name,
                                   caf::string_view text) {
  static const caf::config_option::meta_state meta{
      [](const caf::config_value& value) -> caf::error {
        return caf::holds_alternative<caf::timespan>(value) ? caf::error{}
                                                            : make_error(caf::pec::type_mismatch);
      },
      [](void* to, const caf::config_value& value) {
        *static_cast<Duration*>(to) = std::chrono::duration_cast<Duration>(caf::get<caf::timespan>(value));
      },
      [](const void* from) { return caf::config_value{caf::timespan{*static_cast<const Duration*>(from)}}; },
      [](void* to, caf::string_view written) {
        const auto known = caf::make_config_option<caf::timespan>("", "duration", "");
        auto parsed = known.parse(as_caf_reads(written));
        if (parsed && to != nullptr)
          *static_cast<Duration*>(to) =
              std::chrono::duration_cast<Duration>(caf::get<caf::timespan>(*parsed));
        return parsed;
      },
      "timespan"};
  return {section, name, text, &meta, member};
}

void read(std::string& value, std::string_view text) {
  value = text;
}

void read(secret& value, std::string_view text) {
  value = secret{std::string{text}};
}

void read(std::vector<std::string>& value, std::string_view text) {
  value = list_of(text);
}

void read(std::vector<drain_credentials>& value, std::string_view text) {
  value = parse_drains(text).value_or(std::vector<drain_credentials>{});
}

void read(std::vector<alerts::rule>& value, std::string_view text) {
  value = alerts::parse_rules(text).value_or(std::vector<alerts::rule>{});
}

expected<> check_drains(std::string_view text) {
  if (const auto parsed = parse_drains(text); !parsed)
    return problem{": " + parsed.error().sentence};
  return {};
}

expected<> check_rules(std::string_view text) {
  if (const auto parsed = alerts::parse_rules(text); !parsed)
    return problem{fmt::format(": {} (see docs/alerts.md)", parsed.error().sentence)};
  return {};
}

std::string show(const std::string& value) {
  return value;
}

std::string show(const std::vector<std::string>& value) {
  return fmt::format("{}", fmt::join(value, ","));
}

// The empty text stands for the default rules; others are not shown.
std::string show(const std::vector<alerts::rule>&) {
  return {};
}

std::string show(const secret&) {
  return {};
}

std::string show(const std::vector<drain_credentials>&) {
  return {};
}

template <class T>
caf::config_option text_option(void* member, caf::string_view section, caf::string_view name,
                               caf::string_view text) {
  static const caf::config_option::meta_state meta{
      [](const caf::config_value& value) -> caf::error {
        return caf::holds_alternative<std::string>(value) ? caf::error{}
                                                          : make_error(caf::pec::type_mismatch);
      },
      [](void* to, const caf::config_value& value) {
        read(*static_cast<T*>(to), caf::get<std::string>(value));
      },
      [](const void* from) { return caf::config_value{show(*static_cast<const T*>(from))}; },
      [](void* to, caf::string_view written) -> caf::expected<caf::config_value> {
        T value;
        read(value, {written.data(), written.size()});
        caf::config_value shown{show(value)};
        if (to != nullptr)
          *static_cast<T*>(to) = std::move(value);
        return shown;
      },
      "string"};
  return {section, name, text, &meta, member};
}

template <class T, caf::config_option (*Option)(void*, caf::string_view, caf::string_view, caf::string_view)>
const value_form& form(std::string_view noun, bool is_secret = false,
                       expected<> (*check)(std::string_view) = nullptr) {
  static const value_form result{
      Option,
      [](const void* a, const void* b) { return *static_cast<const T*>(a) == *static_cast<const T*>(b); },
      [](void* to, const void* from) { *static_cast<T*>(to) = *static_cast<const T*>(from); },
      noun,
      is_secret,
      check};
  return result;
}

} // namespace

std::vector<std::string> list_of(std::string_view text) {
  std::vector<std::string> entries;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    auto entry = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!entry.empty() && entry.front() == ' ')
      entry.remove_prefix(1);
    while (!entry.empty() && entry.back() == ' ')
      entry.remove_suffix(1);
    if (!entry.empty())
      entries.emplace_back(entry);
  }
  return entries;
}

template <>
const value_form& form_of<bool>() {
  return form<bool, known_option<bool>>("true or false");
}
template <>
const value_form& form_of<std::uint16_t>() {
  return form<std::uint16_t, known_option<std::uint16_t>>("a whole number up to 65535");
}
template <>
const value_form& form_of<std::uint32_t>() {
  return form<std::uint32_t, known_option<std::uint32_t>>(whole_number);
}
template <>
const value_form& form_of<std::uint64_t>() {
  return form<std::uint64_t, known_option<std::uint64_t>>(whole_number);
}
template <>
const value_form& form_of<std::chrono::milliseconds>() {
  return form<std::chrono::milliseconds, duration_option<std::chrono::milliseconds>>(duration);
}
template <>
const value_form& form_of<std::chrono::seconds>() {
  return form<std::chrono::seconds, duration_option<std::chrono::seconds>>(duration);
}
template <>
const value_form& form_of<std::chrono::hours>() {
  return form<std::chrono::hours, duration_option<std::chrono::hours>>(duration);
}
template <>
const value_form& form_of<std::string>() {
  return form<std::string, text_option<std::string>>("text");
}
template <>
const value_form& form_of<std::vector<std::string>>() {
  return form<std::vector<std::string>, text_option<std::vector<std::string>>>("text");
}
template <>
const value_form& form_of<std::vector<alerts::rule>>() {
  return form<std::vector<alerts::rule>, text_option<std::vector<alerts::rule>>>("text", false, check_rules);
}
template <>
const value_form& form_of<secret>() {
  return form<secret, text_option<secret>>("text", true);
}
template <>
const value_form& form_of<std::vector<drain_credentials>>() {
  return form<std::vector<drain_credentials>, text_option<std::vector<drain_credentials>>>("text", true,
                                                                                           check_drains);
}

} // namespace parseflow
