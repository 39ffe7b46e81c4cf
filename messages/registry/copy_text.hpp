// The registry's copy as text: a file with the drains and keys that count while the database is away.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "messages/registry/registry.hpp"

namespace parseflow {

/// The text, one fact a line:
///
///   parseflow-registry 2
///   version 17
///   session-key HEX                     (if there is one)
///   drain ID USER CREATED imported|registered
///   app NAME                            (of the drain above)
///   password HASH MARK|- CREATED USED   (of the drain above)
///   token TOKEN DRAIN SEEN
///   key ID NAME read|admin HASH CREATED USED
///   sees APP                            (of the key above; none: all)
///   end
///
/// Times are microseconds since 1970. Spaces, line breaks and `%` within a name are written as %XX.
std::string copy_text(const registry_copy& copy);

/// The copy in `text`, which may be of version 1, before keys; nothing if it is not whole, or of another form.
std::optional<registry_copy> copy_in(std::string_view text);

} // namespace parseflow
