#include "messages/settings/setting.hpp"

#include <cstdint>

#include <caf/all.hpp>
#include <fmt/format.h>

namespace parseflow {

namespace {

caf::string_view as_caf(std::string_view text) {
  return {text.data(), text.size()};
}

// The number by which bounds are compared; nanoseconds for a duration.
std::int64_t amount(const caf::config_value& value) {
  if (const auto* span = caf::get_if<caf::timespan>(&value))
    return span->count();
  return caf::get<caf::config_value::integer>(value);
}

bool is_within_bounds(const setting& row, const caf::config_value& value) {
  const auto& is = row.details;
  const auto bound = [&row](std::string_view text) {
    return amount(*row.member.form->option(nullptr, "", "bound", "").parse(as_caf(text)));
  };
  if (!is.also.empty() && amount(value) == bound(is.also))
    return true;
  return (is.least.empty() || amount(value) >= bound(is.least)) &&
         (is.most.empty() || amount(value) <= bound(is.most));
}

} // namespace

std::string setting::full_name() const {
  return fmt::format("{}.{}", section, name);
}

caf::config_option setting::option(settings& target) const {
  return member.form->option(member.in(target), as_caf(section), as_caf(name), as_caf(text));
}

std::string range_of(const setting& row) {
  const auto& is = row.details;
  std::string range = is.least.empty() && is.most.empty() ? ""
                      : is.most.empty()                   ? fmt::format("at least {}", is.least)
                      : is.least.empty()                  ? fmt::format("at most {}", is.most)
                                         : fmt::format("between {} and {}", is.least, is.most);
  return is.also.empty() ? range : fmt::format("{}, or {}", range, is.also);
}

expected<> read_value(const setting& row, const caf::config_option& option, const std::string& text) {
  const auto shown = row.is_secret() ? std::string{} : fmt::format(", not \"{}\"", text);
  const auto why = row.details.why.empty() ? std::string{} : fmt::format(": {}", row.details.why);
  const auto range = range_of(row);
  for (const auto check : {row.member.form->check, row.details.check})
    if (check != nullptr)
      if (auto checked = check(text); !checked)
        return checked;
  const auto parsed = option.parse(text);
  if (!parsed)
    return problem{
        fmt::format(" must be {}{}{}{}", row.member.form->noun, range.empty() ? "" : ", ", range, shown)};
  if (!range.empty() && !is_within_bounds(row, *parsed))
    return problem{fmt::format(" must be {}{}{}", range, shown, why)};
  return {};
}

std::string shown_value(const caf::config_option& option) {
  const auto value = option.get();
  if (!value)
    return {};
  if (const auto* text = caf::get_if<std::string>(&*value))
    return *text;
  return caf::deep_to_string(*value);
}

} // namespace parseflow
