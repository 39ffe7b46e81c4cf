#include "http/render/line_text.hpp"

#include <array>
#include <cstdint>
#include <string_view>

#include "messages/logplex/colour_codes.hpp"

namespace parseflow::http {

namespace {

constexpr std::string_view end_of_colour = "\x1b[0m", pale = "\x1b[2m";
// Told apart on a light and on a dark ground; red says that something is wrong.
constexpr std::array<std::string_view, 5> dyno_colours{"\x1b[36m", "\x1b[32m", "\x1b[33m", "\x1b[35m",
                                                       "\x1b[34m"};

// FNV-1a: the colour of a dyno must not change.
std::string_view colour_of(std::string_view name) {
  std::uint32_t hash = 2166136261U;
  for (const char c : name)
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return dyno_colours[hash % dyno_colours.size()];
}

// Lines of a text that has several stand below each other.
std::string harmless(std::string text) {
  text.resize(logplex::copy_without_colours(text, text.data()).size());
  for (char& c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
      c = '.';
  return text;
}

} // namespace

std::string line_text(const nlohmann::json& line, bool has_colours) {
  const auto member = [&line](const char* name) { return harmless(line.value(name, "")); };
  const auto source = member("source"), severity = member("severity");
  const auto proc = member("kind") == "request" ? std::string{"router"} : member("dyno");
  std::string origin;
  if (!source.empty())
    origin = source + (proc.empty() ? "" : "[" + proc + "]") + ":";
  const bool is_bad = severity == "error" || severity == "fatal";
  const auto painted = [has_colours](std::string_view colour, const std::string& text) {
    return has_colours && !colour.empty() && !text.empty()
               ? std::string{colour}.append(text).append(end_of_colour)
               : text;
  };
  auto text = painted(pale, member("at")) + " ";
  if (!origin.empty())
    text += painted(colour_of(proc), origin) + " ";
  return text + painted(is_bad ? "\x1b[31m" : "", member("text"));
}

} // namespace parseflow::http
