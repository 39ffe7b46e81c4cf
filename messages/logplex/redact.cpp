#include "messages/logplex/redact.hpp"

#include <algorithm>
#include <utility>

#include "messages/logplex/body_walk.hpp"
#include "messages/logplex/byte_search.hpp"
#include "messages/logplex/colour_codes.hpp"
#include "messages/logplex/json_text.hpp"
#include "messages/logplex/json_walk.hpp"
#include "messages/logplex/letter.hpp"

namespace parseflow::logplex {

namespace {

// RFC 5321's bounds; they also keep the search linear.
constexpr std::size_t max_local_bytes = 64;
constexpr std::size_t max_domain_bytes = 255;

// The spaces that may stand around the mark between a key and its value.
constexpr std::string_view spaces = " \t";

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

// The beginning of the domain if an `@` is at `p`, or the `%40` that stands for it; else null.
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

std::size_t count_backslashes(const char* p, const char* end) {
  return static_cast<std::size_t>(std::find_if(p, end, [](char c) { return c != '\\'; }) - p);
}

// The end of the quoted text that begins at `p`. Its opening quote had `depth` backslashes: 0 in plain text,
// 1 in a JSON string, 3 in JSON within that. A backslash of the text itself is written as 2 * depth + 2 of
// them. A quote with fewer than `depth` ends a string that encloses this one.
char* quote_end(char* p, char* end, char quote, std::size_t depth) {
  while (p != end) {
    const std::size_t run = count_backslashes(p, end);
    char* const next = p + run;
    if (next == end)
      return end;
    if (*next == quote && (run < depth || run % (2 * depth + 2) == depth))
      return p + (run < depth ? 0 : run - depth);
    p = next + 1;
  }
  return end;
}

void hide_query_values(char* text, char* end) {
  // In a router line's path, and only there, a space is part of the value.
  char* path_end = text;
  bool is_behind_path_key = false;
  for (char* p = text; p != end; ++p) {
    if (*p == '"' && is_behind_path_key)
      path_end = quote_end(p + 1, end, '"', 0);
    if (!is_blank(*p))
      is_behind_path_key =
          *p == '=' && std::string_view(text, static_cast<std::size_t>(p - text)).ends_with("path");
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

// Hides the value of a key that ends at `at`. Returns where to go on.
std::size_t hide_value(char* text, std::size_t bytes, std::size_t at) {
  const std::string_view whole(text, bytes);
  std::size_t i = at;
  const auto skip = [&](std::string_view any) {
    const std::size_t before = i;
    while (i < bytes && any.find(text[i]) != std::string_view::npos)
      ++i;
    return i != before;
  };
  const auto skip_colours = [&] {
    while (const std::size_t code = colour_code_bytes(whole.substr(i)))
      i += code;
  };
  // `key=`, `key: `, `"key" : `, `"key"=>`, `thing[key]=`, `key= "`; the quotes may themselves be escaped.
  skip_colours();
  skip("\\\"']");
  const bool had_space = skip(spaces);
  if (i == bytes || (text[i] != ':' && (text[i] != '=' || (had_space && whole.substr(i, 2) != "=>"))))
    return at;
  ++i;
  if (text[i - 1] == '=' && i < bytes && text[i] == '>')
    ++i;
  const bool may_have_spaces = text[i - 1] != '=';
  skip_colours();
  if (const std::size_t value = std::min(whole.find_first_not_of(spaces, i), bytes);
      may_have_spaces || (value != bytes && text[value] == '"'))
    i = value;
  skip_colours();
  if (i == bytes)
    return i;
  char* const end = text + bytes;
  const std::size_t depth = count_backslashes(text + i, end);
  char* const quote = text + i + depth;
  if (quote != end && (*quote == '"' || *quote == '\'')) {
    char* const stop = quote_end(quote + 1, end, *quote, depth);
    hide(quote + 1, stop);
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
  return i;
}

// Hiding may leave half an escape, or the quote of one, in a JSON string. This hides such remains too.
void mend_string(char* p, const char* end) {
  while (p != end) {
    p += find_either({p, static_cast<std::size_t>(end - p)}, 0, '\\', '"');
    if (p == end)
      return;
    const std::size_t escape = json_escape_size({p, static_cast<std::size_t>(end - p)});
    if (escape == 0)
      *p++ = '*';
    p += escape;
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
  // The longest first, so that `user.id` is not taken for `user`.
  std::sort(rules_.keys.begin(), rules_.keys.end(),
            [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
  is_active_ = rules_.email_addresses || rules_.query_values || !rules_.keys.empty();
}

std::size_t redactor::key_at(std::string_view text, std::size_t at) const {
  if (!begins_key_[static_cast<unsigned char>(text[at])])
    return 0;
  // The letter that ends a colour code is not part of a word.
  if (at != 0 && is_word(text[at - 1]) && last_colour_code_bytes(text.substr(0, at)) == 0)
    return 0;
  for (const std::string& key : rules_.keys) {
    const std::string_view here = text.substr(at, key.size());
    if (here.size() == key.size() && (at + key.size() == text.size() || !is_word(text[at + key.size()])) &&
        std::equal(key.begin(), key.end(), here.begin(), [](char a, char b) { return a == lower(b); }))
      return key.size();
  }
  return 0;
}

void redactor::redact_plain(char* text, std::size_t bytes) const {
  if (!rules_.keys.empty())
    for (std::size_t i = 0; i < bytes;) {
      const std::size_t key = key_at({text, bytes}, i);
      if (key != 0)
        i = hide_value(text, bytes, i + key);
      else
        i += text[i] == '\\' ? 2 : 1;
    }
  if (rules_.query_values)
    hide_query_values(text, text + bytes);
  if (rules_.email_addresses)
    hide_addresses(text, text + bytes);
}

// Hides in a text that is known to be a JSON object. The walk has passed a value when it reports it, so the
// value may be changed.
class redactor::json_hider {
public:
  json_hider(const redactor& rules, char* text, std::string_view whole)
      : rules_(rules), text_(text), whole_(whole) {}

  void begin_container(int depth) {
    if (is_next_ && hidden_at_ == nowhere)
      hidden_at_ = depth;
    is_next_ = false;
  }
  void end_container(int depth) {
    if (depth == hidden_at_)
      hidden_at_ = nowhere;
  }
  void name(std::string_view text, int) {
    is_next_ = rules_.ends_with_key(text);
    redact(text);
  }
  void string(std::string_view text, int) {
    if (takes_secret())
      hide(begin_of(text), begin_of(text) + text.size());
    else
      redact(text);
  }
  void bare(std::string_view text, int) {
    if (!takes_secret())
      return;
    char* const begin = begin_of(text);
    std::fill(begin, begin + text.size(), ' ');
    *begin = '0';
  }

private:
  static constexpr int nowhere = -1;

  bool takes_secret() { return std::exchange(is_next_, false) || hidden_at_ != nowhere; }
  char* begin_of(std::string_view text) const { return text_ + (text.data() - whole_.data()); }
  void redact(std::string_view text) const {
    char* const begin = begin_of(text);
    rules_.redact_plain(begin, text.size());
    mend_string(begin, begin + text.size());
  }

  const redactor& rules_;
  char* text_;
  std::string_view whole_;
  bool is_next_ = false;    // the value that follows is one to hide
  int hidden_at_ = nowhere; // the depth of the container in which all is hidden
};

// True also for `old;password`, `user[password]` and a name with escaped quotes.
bool redactor::ends_with_key(std::string_view name) const {
  const std::size_t end = name.find_last_not_of("\\\"']");
  if (end == std::string_view::npos)
    return false;
  name = name.substr(0, end + 1);
  return std::any_of(rules_.keys.begin(), rules_.keys.end(), [&](const std::string& key) {
    return key.size() <= name.size() && key_at(name, name.size() - key.size()) == key.size();
  });
}

void redactor::redact_text(char* text, std::size_t bytes) const {
  if (!is_active_ || bytes == 0)
    return;
  const std::string_view whole(text, bytes);
  severity level;
  if (!read_json(whole, level))
    return redact_plain(text, bytes);
  json_hider hider(*this, text, whole);
  json_walk(whole, hider).object();
}

void redactor::redact_body(std::string& body, structured_data mode) const {
  if (!is_active_)
    return;
  // The walk has passed a text when it reports it, so the text may be changed.
  const auto redact = [&](std::string_view text) {
    if (!text.empty())
      redact_text(body.data() + (text.data() - body.data()), text.size());
  };
  header_reader headers(mode, {});
  walk_body(
      body, frame::no_count, headers, [&](const header& h, bool) { redact(h.text); }, redact);
}

} // namespace parseflow::logplex
