// Keys of readers.
#include "messages/registry/key.hpp"

#include <doctest/doctest.h>

#include "messages/registry/random.hpp"

namespace key_test {

using namespace parseflow;

TEST_CASE("key: a generated one is long, plain and new each time") {
  const auto one = generate_key(), two = generate_key();
  CHECK(one.reveal().size() == 43);
  CHECK(one.reveal().starts_with("pf_"));
  CHECK(one.reveal() != two.reveal());
}

TEST_CASE("key: it is kept as a hash, the same on every node") {
  CHECK(key_hash("pf_a").size() == 64);
  CHECK(key_hash("pf_a") == key_hash("pf_a"));
  CHECK(key_hash("pf_a") != key_hash("pf_b"));
}

TEST_CASE("key: the one that signs sessions is 256 random bits") {
  CHECK(generate_session_key().reveal().size() == 64);
  CHECK_FALSE(generate_session_key() == generate_session_key());
}

TEST_CASE("key: roles have names") {
  for (const auto role : {key_role::read, key_role::admin})
    CHECK(key_role_from(to_string(role)) == role);
  CHECK_FALSE(key_role_from("root"));
  CHECK_FALSE(key_role_from(""));
}

TEST_CASE("random: hex of as many bytes as asked for, new each time") {
  const auto text = random_hex(32);
  CHECK(text.size() == 64);
  CHECK(text.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(random_hex(32) != text);
}

} // namespace key_test
