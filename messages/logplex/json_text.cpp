// Is a text one JSON object, and which level does it name?
#include "messages/logplex/json_text.hpp"

#include "messages/logplex/json_walk.hpp"
#include "messages/logplex/number_text.hpp"
#include "messages/logplex/severity_text.hpp"

namespace parseflow::logplex {

namespace {

// Hears the outermost member that names the level.
class level_finder {
public:
  severity level = severity::none;

  void begin_container(int) { is_next_ = false; }
  void end_container(int) {}
  void name(std::string_view text, int depth) {
    is_next_ =
        depth == 1 && (is_text(text, "level") || is_text(text, "severity") || is_text(text, "log.level"));
  }
  void string(std::string_view text, int) {
    if (is_next_)
      level = severity_named(text);
    is_next_ = false;
  }
  void bare(std::string_view text, int) {
    if (is_next_ && text.size() == 2)
      level = severity_numbered((text[0] - '0') * 10 + (text[1] - '0'));
    is_next_ = false;
  }

private:
  bool is_next_ = false;
};

} // namespace

bool read_json(std::string_view text, severity& level) {
  level_finder finder;
  if (!json_walk(text, finder).object())
    return false;
  level = finder.level;
  return true;
}

} // namespace parseflow::logplex
