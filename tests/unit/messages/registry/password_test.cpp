// Passwords of drains.
#include "messages/registry/password.hpp"

#include <doctest/doctest.h>

#include "tests/unit/messages/registry/some_registry.hpp"

namespace password_test {

using namespace parseflow;

TEST_CASE("password: a generated one is long, plain and new each time") {
  const auto one = generate_password(), two = generate_password();
  CHECK(one.reveal().size() == 40);
  CHECK(one.reveal() != two.reveal());
  CHECK(one.reveal().find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") ==
        std::string::npos);
  CHECK(generate_entry_id().size() == 16);
  CHECK(generate_entry_id() != generate_entry_id());
}

TEST_CASE("password: it is kept by argon2id, and only it is recognised") {
  const auto password = generate_password();
  const auto kept = kept_generated(password, registry_time());
  CHECK(kept.hash.starts_with("$argon2id$"));
  CHECK(kept.hash.find(password.reveal()) == std::string::npos);
  CHECK(is_password(kept, password.reveal()));
  CHECK_FALSE(is_password(kept, password.reveal() + "x"));
  CHECK(kept.created == registry_time());
}

TEST_CASE("password: a guess of a generated one is turned away by its mark, of a chosen one by the hash") {
  const auto generated = kept_generated(secret{"generated"}, registry_time()),
             chosen = kept_chosen(secret{"chosen"}, registry_time());
  CHECK(may_be(generated, "generated"));
  CHECK_FALSE(may_be(generated, "guess"));
  CHECK(may_be(chosen, "guess"));
  CHECK_FALSE(is_password(chosen, "guess"));
  CHECK(is_password(chosen, "chosen"));
}

} // namespace password_test
