// Lines as text for a terminal.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace parseflow::http {

/// `2026-03-02T14:07:31.118Z app[web.1]: text`, without a line feed at its end. `line` is one of the objects of
/// `append_line`. With colours the same dyno always has the same one, and errors are red. Control characters,
/// which could do anything to a terminal, are shown as dots, and colours of the line itself are left out.
std::string line_text(const nlohmann::json& line, bool has_colours);

} // namespace parseflow::http
