// The app that a request asks about, as far as its key allows.
#pragma once

#include <optional>
#include <string>

#include "http/connections/exchange.hpp"

namespace parseflow::http {

/// The value of `?app=`; empty: all apps. For a key that sees some apps only: one of these, the only one if
/// there is just one and the request names none. Otherwise nothing, and answers 400 or 403, with the `apps` to
/// choose from.
std::optional<std::string> asked_app(exchange& current);

} // namespace parseflow::http
