// Passwords of drains: made, hashed, and compared.
#pragma once

#include <string>
#include <string_view>

#include "messages/registry/registry.hpp"
#include "messages/settings/secret.hpp"

namespace parseflow {

/// A new password: 40 letters and digits, about 200 bits.
secret generate_password();

/// A new id of a drain or a key: 16 random hex digits.
std::string generate_entry_id();

/// A password that `generate_password` made, as it is kept. Takes tens of milliseconds and 19 MB of memory.
drain_password kept_generated(const secret& password, timestamp now);

/// A password that a person chose, as it is kept: it has no mark, which would help to guess it.
drain_password kept_chosen(const secret& password, timestamp now);

/// 32 bits of a fast hash: turns nearly all guesses of a generated password away without the slow one.
std::string password_mark(std::string_view password);

/// True if `given` can be this password by its mark.
bool may_be(const drain_password& kept, std::string_view given);

/// True if `given` is this password. As slow as `kept_generated`.
bool is_password(const drain_password& kept, const std::string& given);

} // namespace parseflow
