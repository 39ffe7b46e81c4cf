#include "http/connections/request_head.hpp"

#include <algorithm>

#include <strings.h>

#include "http/body/hex_digit.hpp"
#include "messages/logplex/blank_text.hpp"

namespace parseflow::http {

bool is_same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<std::string_view> request_head::find(std::string_view name) const {
  for (const auto& one : headers)
    if (is_same_name(one.name, name))
      return one.value;
  return std::nullopt;
}

std::size_t request_head::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(
      headers.begin(), headers.end(), [name](const header& one) { return is_same_name(one.name, name); }));
}

std::string decode_percents(std::string_view text, bool is_query) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const auto low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low >= 0) {
      plain += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      plain += is_query && text[i] == '+' ? ' ' : text[i];
    }
  }
  return plain;
}

std::string_view take_item(std::string_view& list, char separator) {
  const auto item = list.substr(0, list.find(separator));
  list.remove_prefix(std::min(list.size(), item.size() + 1));
  return item;
}

query_parameter take_parameter(std::string_view& query) {
  const auto one = take_item(query, '&');
  const auto equals = std::min(one.find('='), one.size());
  return {decode_percents(one.substr(0, equals), true),
          decode_percents(one.substr(std::min(one.size(), equals + 1)), true)};
}

std::optional<std::string> parameter_in(std::string_view query, std::string_view name) {
  while (!query.empty())
    if (auto one = take_parameter(query); one.name == name)
      return std::move(one.value);
  return std::nullopt;
}

bool accepts_gzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    const auto item = take_item(accept_encoding, ',');
    const auto semicolon = item.find(';');
    if (!is_same_name(logplex::without_blanks_around(item.substr(0, semicolon)), "gzip"))
      continue;
    const auto weight =
        semicolon == std::string_view::npos ? "" : logplex::without_blanks_around(item.substr(semicolon + 1));
    // A weight of zero, in any notation, means that gzip is refused.
    return !weight.starts_with("q=0") || weight.find_first_of("123456789", 3) != std::string_view::npos;
  }
  return false;
}

} // namespace parseflow::http
