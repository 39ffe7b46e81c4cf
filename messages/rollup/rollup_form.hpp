// The compact form of a rollup, as it lies in the database and goes between nodes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "messages/rollup/minute_rollup.hpp"

namespace parseflow::rollup {

/// The compact form, starting with a version, for the database's table `rollup`.
std::string encode(const minute_rollup& value);

/// The same form, with no requests by second.
std::string encode(const span_rollup& value);

/// The reverse of `encode`; also reads the forms of earlier versions. Nothing if the bytes are damaged or of
/// a version that this program does not know.
std::optional<minute_rollup> decode(std::string_view bytes, extent detail = extent::all);

} // namespace parseflow::rollup
