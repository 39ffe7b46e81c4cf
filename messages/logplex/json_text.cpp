#include "messages/logplex/json_text.hpp"

#include "messages/logplex/json_walk.hpp"
#include "messages/logplex/severity_text.hpp"

namespace parseflow::logplex {

namespace {

// Finds the member that names the level: one of the outermost object, or one of an outermost `log` (ECS).
class level_finder {
public:
  severity level = severity::none;

  void begin_container(int depth) {
    if (depth == 1)
      is_in_log_ = is_log_next_;
    is_next_ = false;
  }
  void end_container(int depth) {
    if (depth == 1)
      is_in_log_ = false;
  }
  void name(std::string_view text, int depth) {
    is_log_next_ = depth == 1 && text == "log";
    is_next_ = (depth == 1 || (depth == 2 && is_in_log_)) && level == severity::none && names_level(text);
  }
  void string(std::string_view text, int) { take(text); }
  void bare(std::string_view text, int) { take(text); }

private:
  void take(std::string_view text) {
    if (is_next_)
      level = severity_told(text);
    is_next_ = false;
    is_log_next_ = false;
  }

  bool is_next_ = false;
  bool is_log_next_ = false; // the value that follows is that of `log`
  bool is_in_log_ = false;
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
