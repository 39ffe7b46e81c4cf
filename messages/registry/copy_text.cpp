#include "messages/registry/copy_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include <fmt/format.h>

#include "messages/read_number.hpp"

namespace parseflow {

namespace {

constexpr std::string_view first_line = "parseflow-registry 2", old_first_line = "parseflow-registry 1";
constexpr std::size_t most_words = 7;

std::string word(std::string_view name) {
  std::string text;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte == '%' || byte == 0x7f)
      text += fmt::format("%{:02X}", byte);
    else
      text += c;
  }
  return text;
}

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9')
    return digit - '0';
  return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

std::optional<std::string> name_in(std::string_view text) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      name += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low < 0)
      return std::nullopt;
    name += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return name;
}

auto micros(timestamp at) {
  return at.time_since_epoch().count();
}

// The words of one line; unused ones are empty.
struct words {
  std::array<std::string_view, most_words> at;
  std::size_t count = 0;
};

std::optional<words> words_of(std::string_view line) {
  words found;
  while (!line.empty()) {
    if (found.count == most_words)
      return std::nullopt;
    const auto space = std::min(line.find(' '), line.size());
    found.at[found.count++] = line.substr(0, space);
    line.remove_prefix(std::min(space + 1, line.size()));
  }
  return found;
}

class reader {
public:
  // False: the line is malformed.
  bool take(std::string_view line) {
    const auto found = words_of(line);
    if (!found || found->count < 2)
      return false;
    const auto& at = found->at;
    if (at[0] == "version" && found->count == 2) {
      const auto version = read_number<std::uint64_t>(at[1]);
      copy.version = version.value_or(0);
      return version.has_value();
    }
    if (at[0] == "drain" && found->count == 5)
      return take_drain(at);
    if (at[0] == "token" && found->count == 4)
      return take_token(at);
    if (at[0] == "key" && found->count == 7)
      return take_key(at);
    if (at[0] == "session-key" && found->count == 2) {
      copy.session_key = secret{std::string{at[1]}};
      return true;
    }
    if (at[0] == "app" && found->count == 2)
      return take_app(copy.drains, at[1]);
    if (at[0] == "sees" && found->count == 2)
      return take_app(copy.keys, at[1]);
    return at[0] == "password" && found->count == 5 && take_password(at);
  }

  registry_copy copy;

private:
  static std::optional<timestamp> time_in(std::string_view text) {
    const auto count = read_number<std::int64_t>(text);
    return count ? std::optional{timestamp{std::chrono::microseconds{*count}}} : std::nullopt;
  }

  bool take_drain(const std::array<std::string_view, most_words>& at) {
    const auto id = name_in(at[1]), user = name_in(at[2]);
    const auto created = time_in(at[3]);
    if (!id || !user || !created || (at[4] != "imported" && at[4] != "registered"))
      return false;
    copy.drains.push_back({*id, *user, {}, {}, *created, at[4] == "imported"});
    return true;
  }

  // Of the drain or key above.
  template <class Owner>
  static bool take_app(std::vector<Owner>& owners, std::string_view text) {
    const auto app = name_in(text);
    if (owners.empty() || !app)
      return false;
    owners.back().apps.push_back(*app);
    return true;
  }

  bool take_password(const std::array<std::string_view, most_words>& at) {
    const auto created = time_in(at[3]), used = time_in(at[4]);
    if (copy.drains.empty() || !created || !used)
      return false;
    copy.drains.back().passwords.push_back(
        {std::string{at[1]}, at[2] == "-" ? "" : std::string{at[2]}, *created, *used});
    return true;
  }

  bool take_key(const std::array<std::string_view, most_words>& at) {
    const auto id = name_in(at[1]), name = name_in(at[2]);
    const auto role = key_role_from(at[3]);
    const auto created = time_in(at[5]), used = time_in(at[6]);
    if (!id || !name || !role || !created || !used)
      return false;
    copy.keys.push_back({*id, *name, *role, {}, std::string{at[4]}, *created, *used});
    return true;
  }

  bool take_token(const std::array<std::string_view, most_words>& at) {
    const auto token = name_in(at[1]), drain = name_in(at[2]);
    const auto seen = time_in(at[3]);
    if (!token || !drain || !seen)
      return false;
    copy.tokens.push_back({*token, *drain, *seen});
    return true;
  }
};

} // namespace

std::string copy_text(const registry_copy& copy) {
  std::string text = fmt::format("{}\nversion {}\n", first_line, copy.version);
  if (!copy.session_key.empty())
    text += fmt::format("session-key {}\n", copy.session_key.reveal());
  for (const auto& drain : copy.drains) {
    text += fmt::format("drain {} {} {} {}\n", word(drain.id), word(drain.user), micros(drain.created),
                        drain.is_imported ? "imported" : "registered");
    for (const auto& app : drain.apps)
      text += fmt::format("app {}\n", word(app));
    for (const auto& one : drain.passwords)
      text += fmt::format("password {} {} {} {}\n", one.hash, one.mark.empty() ? "-" : one.mark,
                          micros(one.created), micros(one.last_used));
  }
  for (const auto& one : copy.tokens)
    text += fmt::format("token {} {} {}\n", word(one.token), word(one.drain), micros(one.last_seen));
  for (const auto& one : copy.keys) {
    text += fmt::format("key {} {} {} {} {} {}\n", word(one.id), word(one.name), to_string(one.role),
                        one.hash, micros(one.created), micros(one.last_used));
    for (const auto& app : one.apps)
      text += fmt::format("sees {}\n", word(app));
  }
  return text + "end\n";
}

std::optional<registry_copy> copy_in(std::string_view text) {
  reader lines;
  for (bool is_first = true; !text.empty(); is_first = false) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos)
      return std::nullopt;
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line == "end")
      return text.empty() ? std::optional{std::move(lines.copy)} : std::nullopt;
    if (is_first ? line != first_line && line != old_first_line : !lines.take(line))
      return std::nullopt;
  }
  return std::nullopt;
}

} // namespace parseflow
