#include "messages/lines/query.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <re2/re2.h>

#include "messages/lines/shown_line.hpp"
#include "messages/severity.hpp"

namespace parseflow::lines {

namespace {

using kind = query_node::kind;

// How the values of a field are written.
enum class written_form : std::uint8_t { name, severity, status, number, duration };

struct known_field {
  std::string_view name;
  query_field field;
  written_form form;
};

constexpr std::array fields{
    known_field{"app", query_field::app, written_form::name},
    known_field{"drain", query_field::drain, written_form::name},
    known_field{"source", query_field::source, written_form::name},
    known_field{"dyno", query_field::dyno, written_form::name},
    known_field{"severity", query_field::severity, written_form::severity},
    known_field{"kind", query_field::kind, written_form::name},
    known_field{"code", query_field::code, written_form::name},
    known_field{"method", query_field::method, written_form::name},
    known_field{"path", query_field::path, written_form::name},
    known_field{"host", query_field::host, written_form::name},
    known_field{"request_id", query_field::request_id, written_form::name},
    known_field{"ip", query_field::ip, written_form::name},
    known_field{"status", query_field::status, written_form::status},
    known_field{"connect", query_field::connect, written_form::duration},
    known_field{"service", query_field::service, written_form::duration},
    known_field{"bytes", query_field::bytes, written_form::number},
};

constexpr std::array severities{severity::debug, severity::info, severity::warning, severity::error,
                                severity::fatal};

constexpr std::string_view stray_bracket =
    "This ) closes no (: leave it out, or write it in quotes to look for it.";

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_name_letter(char c) {
  return (c >= 'a' && c <= 'z') || c == '_';
}

std::string in_small_letters(std::string_view text) {
  std::string result{text};
  for (char& c : result)
    c = folded(c);
  return result;
}

std::string field_names() {
  std::string names;
  for (const auto& one : fields)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", one.name);
  return names;
}

// Null if there is no field of this name.
const known_field* field_of(std::string_view name) {
  const auto* const found =
      std::find_if(fields.begin(), fields.end(), [name](const auto& one) { return one.name == name; });
  return found == fields.end() ? nullptr : found;
}

// What a value of this form looks like, for the sentence about a wrong one.
std::string_view examples_of(written_form form) {
  switch (form) {
  case written_form::name:
    return "a name, or \"a text with blanks\"";
  case written_form::severity:
    return "debug, info, warning, error or fatal, also >=warning";
  case written_form::status:
    return "500, 5xx, >=500, 400..499 or (404 503)";
  case written_form::number:
    return "1000, >1000 or 1000..2000";
  case written_form::duration:
    return "milliseconds or seconds: 250, >1s or 100..500ms";
  }
  return {};
}

std::optional<std::int64_t> rank_of(std::string_view name) {
  const auto wanted = name == "warn" ? "warning" : name;
  for (const auto level : severities)
    if (to_string(level) == wanted)
      return static_cast<std::int64_t>(level);
  return std::nullopt;
}

std::optional<std::int64_t> number_in(std::string_view text, written_form form) {
  if (form == written_form::severity)
    return rank_of(text);
  constexpr std::int64_t greatest = 1'000'000'000'000'000;
  std::int64_t unit = 1;
  if (form == written_form::duration && text.ends_with("ms")) {
    text.remove_suffix(2);
  } else if (form == written_form::duration && text.ends_with("s")) {
    text.remove_suffix(1);
    unit = 1000;
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0 || number > greatest)
    return std::nullopt;
  return number * unit;
}

// A value of a field that is a number, or a severity. In small letters.
std::optional<field_value> range_in(std::string_view text, written_form form) {
  field_value value;
  if (form == written_form::status && text.size() == 3 && text.ends_with("xx") && text[0] >= '1' &&
      text[0] <= '9') {
    value.least = (text[0] - '0') * 100;
    value.greatest = value.least + 99;
    return value;
  }
  // Lines that state no severity have rank 0, and lines without the number have -1.
  value.least = form == written_form::severity ? 1 : 0;
  if (const auto dots = text.find(".."); dots != std::string_view::npos) {
    auto first = text.substr(0, dots);
    const auto last = text.substr(dots + 2);
    if (first.empty() && last.empty())
      return std::nullopt;
    // "100..500ms": the unit of the last one is that of both.
    const auto unit = last.find_first_not_of("0123456789");
    const bool takes_unit = form == written_form::duration && unit != std::string_view::npos &&
                            first.find_first_not_of("0123456789") == std::string_view::npos;
    const auto from = number_in(takes_unit ? std::string{first}.append(last.substr(unit)) : first, form);
    const auto to = number_in(last, form);
    if ((!first.empty() && !from) || (!last.empty() && !to))
      return std::nullopt;
    value.least = first.empty() ? value.least : *from;
    value.greatest = last.empty() ? value.greatest : *to;
    return value;
  }
  const bool is_above = text.starts_with(">"), is_below = text.starts_with("<");
  if (is_above || is_below)
    text.remove_prefix(1);
  const bool is_inclusive = (is_above || is_below) && text.starts_with("=");
  if (is_inclusive)
    text.remove_prefix(1);
  const auto number = number_in(text, form);
  if (!number)
    return std::nullopt;
  if (!is_below)
    value.least = is_above && !is_inclusive ? *number + 1 : *number;
  if (!is_above)
    value.greatest = is_below && !is_inclusive ? *number - 1 : *number;
  return value;
}

class query_reader {
public:
  using result = tl::expected<query_node, query_problem>;

  explicit query_reader(std::string_view text) : text_(text) {}

  result read() {
    if (text_.size() > max_query_bytes)
      return fail(max_query_bytes, fmt::format("A query has at most {} bytes.", max_query_bytes));
    skip_blanks();
    if (is_at_end())
      return query_node{};
    auto found = read_any(0);
    if (found && !is_at_end()) // only a bracket ends the reading early
      return fail(at_, stray_bracket);
    return found;
  }

private:
  result read_any(std::size_t depth) {
    query_node any{kind::any};
    for (;;) {
      auto all = read_all(depth);
      if (!all)
        return all;
      any.parts.push_back(*std::move(all));
      const auto place = at_;
      if (!take_word("OR"))
        break;
      if (is_at_end() || text_[at_] == ')')
        return fail(place, "OR needs something on its right, or quotes to look for the word: \"OR\".");
    }
    return any.parts.size() == 1 ? std::move(any.parts.front()) : std::move(any);
  }

  result read_all(std::size_t depth) {
    query_node all;
    while (!is_at_end() && text_[at_] != ')' && !is_word("OR")) {
      const auto place = at_;
      if (take_word("AND") && (all.parts.empty() || is_at_end() || text_[at_] == ')' || is_word("OR")))
        return fail(place, "AND needs something on both sides, or quotes to look for the word: \"AND\".");
      auto term = read_term(depth);
      if (!term)
        return term;
      all.parts.push_back(*std::move(term));
      skip_blanks();
    }
    if (all.parts.empty() && depth == 0 && !is_word("OR"))
      return fail(at_, stray_bracket);
    if (all.parts.empty())
      return fail(at_, is_word("OR")
                           ? "OR needs something on its left, or quotes to look for the word: \"OR\"."
                           : "Between the brackets stands nothing: write a word there, or leave them out.");
    return all.parts.size() == 1 ? std::move(all.parts.front()) : std::move(all);
  }

  result read_term(std::size_t depth) {
    if (++terms_ > max_query_terms)
      return fail(at_, fmt::format("A query has at most {} terms.", max_query_terms));
    const auto next = at_ + 1 < text_.size() ? text_[at_ + 1] : ' ';
    if (text_[at_] == '-' && !is_blank(next) && next != '-' && next != ')') {
      ++at_;
      auto term = read_positive(depth);
      if (!term)
        return term;
      query_node none{kind::none};
      none.parts.push_back(*std::move(term));
      return none;
    }
    return read_positive(depth);
  }

  result read_positive(std::size_t depth) {
    if (text_[at_] == '(')
      return read_group(depth);
    if (text_[at_] == '"') {
      const auto phrase = read_phrase();
      if (!phrase)
        return tl::unexpected{phrase.error()};
      return text_node(*phrase);
    }
    if (const auto end = regex_end())
      return read_regex(*end);
    auto name_end = at_;
    while (name_end < text_.size() && is_name_letter(text_[name_end]))
      ++name_end;
    const auto rest = text_.substr(name_end);
    if (name_end > at_ && rest.starts_with(':') && !rest.starts_with("::")) { // app::models is a name
      const auto* const known = field_of(text_.substr(at_, name_end - at_));
      if (known != nullptr || !rest.starts_with(":/")) // https://…
        return read_field(known, name_end);
    }
    return text_node(read_word());
  }

  result read_group(std::size_t depth) {
    const auto place = at_++;
    if (depth >= max_query_depth)
      return fail(place, fmt::format("Brackets stand in each other at most {} times.", max_query_depth));
    skip_blanks();
    auto inside = read_any(depth + 1);
    if (!inside)
      return inside;
    if (is_at_end())
      return fail(place, "This ( is not closed: a ) is missing, or quotes to look for it.");
    ++at_;
    return inside;
  }

  tl::expected<std::string, query_problem> read_phrase() {
    const auto place = at_++;
    std::string phrase;
    for (; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      if (c == '"') {
        if (phrase.empty())
          return fail(place, "Between the quotes stands nothing: write what to look for.");
        ++at_;
        return phrase;
      }
      if (c == '\\' && at_ + 1 < text_.size() && (text_[at_ + 1] == '"' || text_[at_ + 1] == '\\'))
        c = text_[++at_];
      phrase += c;
    }
    return fail(place, R"(This " is not closed: write a second one, or \" inside of quotes to look for it.)");
  }

  // The place of the slash that ends a regular expression here; nothing if there is none, as in /api/orders.
  std::optional<std::size_t> regex_end() const {
    if (text_[at_] != '/')
      return std::nullopt;
    for (auto i = at_ + 1; i < text_.size(); ++i) {
      if (text_[i] == '\\') {
        ++i;
      } else if (text_[i] == '/') {
        const bool ends = i + 1 == text_.size() || is_blank(text_[i + 1]) || text_[i + 1] == ')';
        return ends && i > at_ + 1 ? std::optional{i} : std::nullopt;
      }
    }
    return std::nullopt;
  }

  result read_regex(std::size_t end) {
    const auto place = std::exchange(at_, end + 1);
    const auto pattern = text_.substr(place + 1, end - place - 1);
    re2::RE2::Options options;
    options.set_case_sensitive(false);
    options.set_log_errors(false);
    constexpr std::int64_t max_bytes = 1 << 20; // of the compiled form
    options.set_max_mem(max_bytes);
    query_node node{kind::regex};
    node.regex = std::make_shared<const re2::RE2>(re2::StringPiece{pattern.data(), pattern.size()}, options);
    if (!node.regex->ok())
      return fail(place, fmt::format("This is no regular expression of RE2: {}.", node.regex->error()));
    return node;
  }

  result read_field(const known_field* known, std::size_t name_end) {
    const auto name = text_.substr(at_, name_end - at_);
    if (known == nullptr)
      return fail(at_, fmt::format("There is no field {0}. There are: {1}. Write \"{0}:…\" in quotes to look "
                                   "for the text.",
                                   name, field_names()));
    at_ = name_end + 1;
    query_node node{kind::field};
    node.field = known->field;
    const bool is_list = at_ < text_.size() && text_[at_] == '(';
    at_ += is_list ? 1 : 0;
    for (;;) {
      if (is_list)
        skip_blanks();
      if (is_list && at_ < text_.size() && text_[at_] == ')' && !node.values.empty())
        break;
      auto value = read_value(*known);
      if (!value)
        return tl::unexpected{value.error()};
      node.values.push_back(*std::move(value));
      if (!is_list)
        return node;
    }
    ++at_;
    return node;
  }

  tl::expected<field_value, query_problem> read_value(const known_field& known) {
    const auto place = at_;
    std::string text;
    if (at_ < text_.size() && text_[at_] == '"') {
      auto phrase = read_phrase();
      if (!phrase)
        return tl::unexpected{phrase.error()};
      text = *std::move(phrase);
    } else {
      while (at_ < text_.size() && !is_blank(text_[at_]) && text_[at_] != ')')
        text += text_[at_++];
    }
    if (++terms_ > max_query_terms)
      return fail(place, fmt::format("A query has at most {} terms.", max_query_terms));
    text = in_small_letters(text);
    std::optional<field_value> value;
    if (known.form != written_form::name)
      value = range_in(text, known.form);
    else if (!text.empty())
      value.emplace().text = std::move(text);
    if (!value)
      return fail(place, fmt::format("{}: needs {}.", known.name, examples_of(known.form)));
    return *std::move(value);
  }

  // Brackets that a word has opened itself belong to it: foo(bar).
  std::string_view read_word() {
    const auto begin = at_;
    std::size_t open = 0;
    for (; at_ < text_.size() && !is_blank(text_[at_]); ++at_) {
      if (text_[at_] == '(')
        ++open;
      else if (text_[at_] == ')' && open-- == 0)
        break;
    }
    return text_.substr(begin, at_ - begin);
  }

  static query_node text_node(std::string_view text) {
    query_node node{kind::text};
    node.text = in_small_letters(text);
    return node;
  }

  bool is_word(std::string_view word) const {
    const auto rest = text_.substr(at_);
    return rest.starts_with(word) &&
           (rest.size() == word.size() || is_blank(rest[word.size()]) || rest[word.size()] == ')');
  }

  bool take_word(std::string_view word) {
    if (!is_word(word))
      return false;
    at_ += word.size();
    skip_blanks();
    return true;
  }

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_]))
      ++at_;
  }

  bool is_at_end() const { return at_ >= text_.size(); }

  static tl::unexpected<query_problem> fail(std::size_t place, std::string_view sentence) {
    return tl::unexpected{query_problem{{std::string{sentence}}, place}};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t terms_ = 0;
};

} // namespace

tl::expected<query_node, query_problem> parse_query(std::string_view text) {
  return query_reader{text}.read();
}

} // namespace parseflow::lines
