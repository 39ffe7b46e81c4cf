// key=value text, app lines and redaction: everything read is in the text, in order; hiding changes no length
// and no shape.
#include <string>

#include "messages/logplex/app_line.hpp"
#include "messages/logplex/blank_text.hpp"
#include "messages/logplex/colour_codes.hpp"
#include "messages/logplex/json_text.hpp"
#include "messages/logplex/json_walk.hpp"
#include "messages/logplex/level_prefix.hpp"
#include "messages/logplex/logfmt.hpp"
#include "messages/logplex/redact.hpp"
#include "tests/fuzz/check.hpp"

namespace {

using namespace parseflow;
using namespace parseflow::logplex;
using fuzz::is_within;
using fuzz::require;

void check_pairs(std::string_view text) {
  const char* at = text.data();
  logfmt_reader reader(text);
  for (logfmt_pair p; reader.next(p);) {
    require(is_within(p.key, text) && p.key.data() >= at, "keys stand in order");
    for (; at != p.key.data(); ++at)
      require(is_blank(*at), "only blanks stand between pairs");
    at = p.key.data() + p.key.size();
    if (!p.has_equals) {
      require(p.value.empty() && !p.key.empty(), "a flag has a name and no value");
      continue;
    }
    require(*at++ == '=' && is_within(p.value, text), "an equals sign follows the key");
    while (p.is_quoted && is_blank(*at))
      ++at;
    if (p.is_quoted)
      require(*at++ == '"' && at == p.value.data() && p.value.data()[p.value.size()] == '"',
              "a quoted value is between quotes");
    else
      require(p.value.find_first_of(blanks) == std::string_view::npos, "a bare value holds no blank");
    at += p.value.size() + (p.is_quoted ? 1 : 0);
  }
  for (; at != text.data() + text.size(); ++at)
    require(is_blank(*at), "only blanks are left");
}

// Hears JSON in which the value of "password" is hidden.
class secret_check {
public:
  void begin_container(int) { is_next_ = false; }
  void end_container(int) {}
  void name(std::string_view text, int) { is_next_ = text == "password"; }
  void string(std::string_view text, int) {
    require(!is_next_ || text.find_first_not_of('*') == std::string_view::npos, "a secret is hidden");
    is_next_ = false;
  }
  void bare(std::string_view text, int) {
    require(!is_next_ || text == "0", "a bare secret is hidden");
    is_next_ = false;
  }

private:
  bool is_next_ = false;
};

void check_redaction(std::string_view text) {
  static const redactor hide(
      {.email_addresses = true, .query_values = true, .keys = {"password", "token", "a"}});
  std::string once(text);
  hide.redact_text(once.data(), once.size());
  require(once.size() == text.size(), "lengths stay");
  severity level;
  if (read_json(text, level)) {
    secret_check secrets;
    require(json_walk(once, secrets).object(), "JSON stays JSON");
  }
  std::string body =
      std::to_string(text.size() + 40) + " <190>1 2026-03-02T14:07:31Z h app web.1 - " + std::string(text);
  const std::size_t bytes = body.size();
  hide.redact_body(body, structured_data::absent);
  require(body.size() == bytes, "bodies keep their length");
}

void check_levels(std::string_view text) {
  require(is_within(without_colours_around(text), text), "what is between colour codes is part of the text");
  std::string plain(text);
  plain.resize(copy_without_colours(plain, plain.data()).size());
  require(plain.size() <= text.size(), "taking codes out adds nothing");
  constexpr std::size_t looked_at = 160;
  require(leading_severity(text) == leading_severity(text.substr(0, looked_at)), "a level stands in front");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::tight_copy copy({reinterpret_cast<const char*>(data), size});
  check_pairs(copy.text());
  check_redaction(copy.text());
  check_levels(copy.text());
  log_record line;
  line.text = copy.text();
  read_app_line(line);
  require(line.code.empty() && line.subject.empty() && line.number == log_record::no_number,
          "an app line is no event");
  return 0;
}
