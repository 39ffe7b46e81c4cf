// The command by which an app of Heroku gets its drain.
#pragma once

#include <string>
#include <string_view>

#include "messages/expected.hpp"
#include "messages/registry/registry.hpp"
#include "messages/settings/secret.hpp"

namespace parseflow {

/// Fails unless `url` has the form https://HOST[:PORT][/PATH] or http://…, as others reach the service.
expected<> check_public_url(std::string_view url);

/// For each app of the drain `heroku drains:add https://USER:PASSWORD@HOST/logdrains -a APP`, one a line.
/// Precondition: `public_url` is valid.
std::string drain_lines(const registered_drain& drain, const secret& password, std::string_view public_url);

} // namespace parseflow
