// Hides what must not be stored or shown.
#include "messages/logplex/redact.hpp"

#include <algorithm>

#include "messages/logplex/body_walk.hpp"
#include "messages/logplex/byte_search.hpp"

namespace parseflow::logplex {

namespace {

// RFC 5321's bounds; they also keep the search linear.
constexpr std::size_t max_local_bytes = 64;
constexpr std::size_t max_domain_bytes = 255;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
bool is_letter(char c) {
  return lower(c) >= 'a' && lower(c) <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_word(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c == '-';
}
bool is_local(char c) {
  return is_word(c) || c == '.' || c == '%' || c == '+';
}
bool is_domain(char c) {
  return is_letter(c) || is_digit(c) || c == '-' || c == '.';
}

void hide(char* begin, char* end) {
  std::fill(begin, end, '*');
}

// The begin of the domain if `p` is the `@` of an address, or the `%40` that stands for it.
char* domain_after(char* p, const char* end) {
  if (*p == '@')
    return p + 1;
  return end - p >= 3 && p[0] == '%' && p[1] == '4' && p[2] == '0' ? p + 3 : nullptr;
}

void hide_addresses(char* text, char* end) {
  for (char* p = text; p != end; ++p) {
    char* const domain = *p == '@' || *p == '%' ? domain_after(p, end) : nullptr;
    if (domain == nullptr)
      continue;
    char* local = p;
    while (local != text && is_local(local[-1]) && static_cast<std::size_t>(p - local) < max_local_bytes)
      --local;
    // The letter of an escape (`\n`, `\u00e9`) is not part of the address.
    if (local != text && local[-1] == '\\')
      local = std::min(local + (*local == 'u' ? 5 : 1), p);
    char* stop = domain;
    while (stop != end && is_domain(*stop) && static_cast<std::size_t>(stop - domain) < max_domain_bytes)
      ++stop;
    while (stop != domain && !is_letter(stop[-1]))
      --stop;
    char* const dot = std::find(domain, stop, '.');
    if (local == p || dot == domain || dot == stop)
      continue;
    hide(local, stop);
    p = stop - 1;
  }
}

// The end of the quoted text whose first byte is `p`; escapes are heeded. A double quote ends any.
char* quote_end(char* p, const char* end, char quote) {
  while (p != end && *p != quote && *p != '"')
    p += *p == '\\' && end - p > 1 ? 2 : 1;
  return p;
}

// Whether a string in double quotes is open at `end`, if one was or was not at `p`.
bool is_inside(const char* p, const char* end, bool inside) {
  for (; p < end; ++p) {
    if (*p == '\\')
      ++p;
    else if (*p == '"')
      inside = !inside;
  }
  return inside;
}

void hide_query_values(char* text, char* end) {
  // In a router line's path, and only there, a space is part of the value.
  constexpr std::string_view path_key = "path=\"";
  char* path_end = text;
  for (char* p = text; p != end; ++p) {
    if (*p == '"' && p - text >= 5 && std::string_view(p - 5, 6) == path_key)
      path_end = quote_end(p + 1, end, '"');
    if (*p != '?')
      continue;
    const bool is_path = p < path_end;
    const auto is_end = [is_path](char c) {
      return c == '"' || c == '#' || static_cast<unsigned char>(c) < 0x20 ||
             (!is_path && (c == ' ' || c == '\'' || c == '<' || c == '>' || c == ')'));
    };
    bool in_value = false;
    for (++p; p != end && !is_end(*p); ++p) {
      if (*p == '&')
        in_value = false;
      else if (*p == '=' && !in_value)
        in_value = true;
      else if (in_value) {
        if (*p == '\\' && end - p > 1)
          *p++ = '*';
        *p = '*';
      }
    }
    --p;
  }
}

} // namespace

redactor::redactor(redaction_settings rules) : rules_(std::move(rules)) {
  std::erase_if(rules_.keys, [](const std::string& key) { return key.empty(); });
  for (std::string& key : rules_.keys) {
    std::transform(key.begin(), key.end(), key.begin(), lower);
    begins_key_[static_cast<unsigned char>(key[0])] = true;
    if (is_letter(key[0]))
      begins_key_[static_cast<unsigned char>(key[0] - ('a' - 'A'))] = true;
  }
  is_active_ = rules_.email_addresses || rules_.query_values || !rules_.keys.empty();
}

// If a key stands at `at`, hides its value. Returns where to go on.
std::size_t redactor::hide_key_value(char* text, std::size_t bytes, std::size_t at, bool in_string) const {
  const std::string_view whole(text, bytes);
  const auto key = std::find_if(rules_.keys.begin(), rules_.keys.end(), [&](const std::string& k) {
    const std::string_view here = whole.substr(at, k.size());
    return here.size() == k.size() && (at + k.size() == bytes || !is_word(text[at + k.size()])) &&
           std::equal(k.begin(), k.end(), here.begin(), [](char a, char b) { return a == lower(b); });
  });
  if (key == rules_.keys.end())
    return at + 1;
  std::size_t i = at + key->size();
  const auto skip = [&](std::string_view any) {
    const std::size_t before = i;
    while (i < bytes && any.find(text[i]) != std::string_view::npos)
      ++i;
    return i != before;
  };
  // `key=`, `key: `, `"key" : `, `"key"=>`, `thing[key]=`; the quotes may themselves be escaped.
  skip("\\\"']");
  const bool had_space = skip(" ");
  // The key may be the end of a longer one: `"old;password":`.
  const std::size_t behind_key = at + key->size();
  const bool is_json = i < bytes && text[i] == ':' &&
                       ((at != 0 && text[at - 1] == '"') || (behind_key < bytes && text[behind_key] == '"'));
  if (i == bytes || (text[i] != ':' && (text[i] != '=' || (had_space && whole.substr(i, 2) != "=>"))))
    return at + 1;
  ++i;
  if (text[i - 1] == '=' && i < bytes && text[i] == '>')
    ++i;
  if (text[i - 1] != '=')
    skip(" ");
  if (i == bytes)
    return i;
  char* const end = text + bytes;
  const bool is_escaped = text[i] == '\\' && i + 1 < bytes;
  const std::size_t quote = is_escaped ? i + 1 : i;
  // In `"say key=",` the quote is the end of a string, and there is no value. What follows it tells as well,
  // because in plain text a single quote may stand anywhere.
  if (text[quote] == '"' && !is_escaped && is_inside(text + at, text + i, in_string) &&
      (i + 1 == bytes || std::string_view(",}]: \t\r\n").find(text[i + 1]) != std::string_view::npos))
    return i;
  if (text[quote] == '"' || text[quote] == '\'') {
    char* const begin = text + quote + 1;
    // In JSON within JSON the closing quote is as escaped as the opening one; and the outer string may end
    // before.
    char* const stop = is_escaped
                           ? begin + find_either({begin, static_cast<std::size_t>(end - begin)}, 0, '\\', '"')
                           : quote_end(begin, end, text[quote]);
    hide(begin, stop);
    return static_cast<std::size_t>(stop - text);
  }
  if (text[i] == '{' || text[i] == '[')
    return i;
  const std::size_t begin = i;
  while (i < bytes && std::string_view(" ,;&}\"'").find(text[i]) == std::string_view::npos &&
         static_cast<unsigned char>(text[i]) >= 0x20) {
    const bool is_escape = text[i] == '\\' && i + 1 < bytes;
    if (is_escape && text[i + 1] == '"')
      break;
    i += is_escape ? 2 : 1;
  }
  hide(text + begin, text + i);
  if (is_json && i != begin) {
    std::fill(text + begin, text + i, ' ');
    text[begin] = '0';
  }
  return i;
}

void redactor::redact_text(char* text, std::size_t bytes) const {
  if (!is_active_ || bytes == 0)
    return;
  if (!rules_.keys.empty()) {
    bool in_string = false;
    for (std::size_t i = 0; i < bytes;) {
      const std::size_t from = i;
      const bool may_be_key =
          begins_key_[static_cast<unsigned char>(text[i])] && (i == 0 || !is_word(text[i - 1]));
      i = may_be_key ? hide_key_value(text, bytes, i, in_string) : i + (text[i] == '\\' ? 2 : 1);
      in_string = is_inside(text + from, text + std::min(i, bytes), in_string);
    }
  }
  if (rules_.query_values)
    hide_query_values(text, text + bytes);
  if (rules_.email_addresses)
    hide_addresses(text, text + bytes);
}

void redactor::redact_body(std::string& body, structured_data mode) const {
  if (!is_active_)
    return;
  // The walk has passed a text when it is given out, so that changing it does not lead the walk astray.
  const auto redact = [&](std::string_view text) {
    if (!text.empty())
      redact_text(body.data() + (text.data() - body.data()), text.size());
  };
  header_reader headers(mode, {});
  walk_body(
      body, frame::no_count, headers, [&](const header& h) { redact(h.text); }, redact);
}

} // namespace parseflow::logplex
