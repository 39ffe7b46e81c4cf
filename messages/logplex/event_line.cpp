#include "messages/logplex/event_line.hpp"

#include "messages/logplex/blank_text.hpp"
#include "messages/logplex/letter.hpp"

namespace parseflow::logplex {

namespace {

constexpr std::size_t npos = std::string_view::npos;

// Takes `word` off the front.
bool take(std::string_view& rest, std::string_view word) {
  if (!rest.starts_with(word))
    return false;
  rest.remove_prefix(word.size());
  return true;
}

std::string_view up_to(std::string_view text, std::string_view mark) {
  return text.substr(0, text.find(mark));
}

std::string_view last_word(std::string_view text) {
  const std::size_t space = text.rfind(' ');
  return space == npos ? text : text.substr(space + 1);
}

// The number that `text` begins with, or `no_number`.
std::int64_t number_of(std::string_view text) {
  std::int64_t value = 0;
  std::size_t i = 0;
  for (; i < text.size() && i < 18 && is_digit(text[i]); ++i)
    value = value * 10 + (text[i] - '0');
  return i == 0 ? log_record::no_number : value;
}

// Takes the code of `Error R14 …` off the front: the letter and the digits after it. Empty if there is none.
std::string_view take_code(std::string_view& rest, char letter) {
  constexpr std::string_view error = "Error ";
  if (!rest.starts_with(error) || rest.size() < error.size() + 2 || rest[error.size()] != letter)
    return {};
  std::size_t end = error.size() + 1;
  while (end < rest.size() && is_digit(rest[end]))
    ++end;
  if (end == error.size() + 1)
    return {};
  const std::string_view code = rest.substr(error.size(), end - error.size());
  rest.remove_prefix(end);
  return code;
}

// The text between ` (` and the first `)`; empty if `text` does not begin so.
std::string_view title_of(std::string_view text) {
  return take(text, " (") ? up_to(text, ")") : std::string_view{};
}

// The command between the backticks. Old lines have a colon before it; some add ` by user NAME` after it.
std::string_view command_of(std::string_view text) {
  const std::size_t open = text.find('`');
  const std::size_t close = text.rfind('`');
  return open != npos && close > open ? text.substr(open + 1, close - open - 1) : std::string_view{};
}

// Reads what happened to an add-on. False if `rest` does not say that; `line` then stays as it is.
bool read_addon_change(std::string_view rest, log_record& line) {
  if (take(rest, "@ref:"))
    line.subject = up_to(rest, " ");
  else if (take(rest, "Attach ") || take(rest, "Detach ") || take(rest, "Update "))
    line.subject = last_word(up_to(up_to(rest, " by "), " ("));
  else
    return false;
  line.kind = line_kind::addon_change;
  return true;
}

} // namespace

void read_dyno_event(log_record& line) {
  std::string_view rest = without_blanks_around(line.text);
  if (line.code = take_code(rest, 'R'); !line.code.empty()) {
    line.kind = line_kind::dyno_error;
    line.level = severity::error;
    line.subject = title_of(rest);
  } else if (take(rest, "State changed from ")) {
    line.kind = line_kind::state_change;
    const std::size_t to = rest.find(" to ");
    line.subject = to == npos ? std::string_view{} : rest.substr(to + 4);
    line.level = line.subject == "crashed" ? severity::error : severity::none;
  } else if (take(rest, "Starting process")) {
    line.kind = line_kind::process_start;
    line.subject = command_of(rest);
  } else if (take(rest, "Process exited")) {
    line.kind = line_kind::process_exit;
    if (take(rest, " with status "))
      line.number = number_of(rest);
  } else if (take(rest, "Stopping ")) {
    line.kind = line_kind::process_stop;
    if (const std::size_t with = rest.find(" with "); with != npos)
      line.subject = rest.substr(with + 6);
  } else if (take(rest, "Process running mem=")) {
    line.kind = line_kind::memory_use;
    line.number = number_of(rest);
  } else {
    line.kind = line_kind::dyno_other;
  }
}

void read_api_event(log_record& line) {
  std::string_view rest = without_blanks_around(line.text);
  line.kind = line_kind::api_other;
  if (take(rest, "Release ")) {
    // A rollback, a change of settings and so on each come with such a line of their own.
    line.subject = up_to(rest, " ");
    if (rest.substr(line.subject.size()).starts_with(" created"))
      line.kind = line_kind::release;
  } else if (take(rest, "Rollback to ")) {
    line.subject = up_to(rest, " ");
  } else if (take(rest, "Deploy ")) {
    line.kind = line_kind::deploy;
    line.subject = up_to(rest, " ");
  } else if (take(rest, "Build ")) {
    line.kind = line_kind::build;
    line.subject = up_to(rest, " ");
    line.level = line.subject == "failed" ? severity::error : severity::none;
  } else if (take(rest, "Scaled to ") || take(rest, "Scale to ")) {
    line.kind = line_kind::scale;
    line.subject = up_to(rest, " by ");
  } else if (rest.find(" config vars") != npos && (take(rest, "Set ") || take(rest, "Remove "))) {
    line.kind = line_kind::config;
    line.subject = up_to(rest, " config vars");
  } else {
    read_addon_change(rest, line);
  }
}

void read_addon_event(log_record& line) {
  read_addon_change(without_blanks_around(line.text), line);
}

void read_logging_event(log_record& line) {
  std::string_view rest = without_blanks_around(line.text);
  line.code = take_code(rest, 'L');
  if (line.code.empty())
    return;
  line.kind = line_kind::logging_error;
  line.level = severity::warning;
  line.subject = title_of(rest);
  if (line.code != "L10" && line.code != "L11" && line.code != "L12" && line.code != "L13")
    return;
  // `…: 317 messages dropped since`, `…: drain 'd.UUID' dropped 317 messages since`, `… messages lost since`;
  // the text after ` messages` may have been cut off.
  const std::size_t messages = rest.find(" messages");
  if (messages == npos)
    return;
  line.number = number_of(last_word(rest.substr(0, messages)));
  if (line.number != log_record::no_number)
    line.kind = line_kind::loss;
}

} // namespace parseflow::logplex
