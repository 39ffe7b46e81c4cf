// Credentials: how they are read from headers, and which match.
#include "http/access/credentials.hpp"

#include <doctest/doctest.h>

namespace credentials_test {

using namespace parseflow;
using namespace parseflow::http;

TEST_CASE("credentials: a Basic header gives user and password") {
  const auto given = basic_credentials_in("Basic c2hvcDpzM2NyZXQ6eA=="); // shop:s3cret:x
  REQUIRE(given);
  CHECK(given->user == "shop");
  CHECK(given->password == "s3cret:x");
}

TEST_CASE("credentials: the scheme may be written in any case, and a user alone has an empty password") {
  const auto given = basic_credentials_in("bAsIc c2hvcA=="); // shop
  REQUIRE(given);
  CHECK(given->user == "shop");
  CHECK(given->password.empty());
}

TEST_CASE("credentials: anything else gives none") {
  for (const auto* text :
       {"", "Basic", "Basic ", "Bearer c2hvcA==", "Basic !!!!", "Basic c2hvcA=", "c2hvcA=="})
    CHECK_MESSAGE(!basic_credentials_in(text), text);
}

TEST_CASE("API key: matches itself only") {
  const api_key key{secret{"k%41y"}};
  CHECK(key.matches("k%41y"));
  CHECK_FALSE(key.matches("kAy"));
  CHECK_FALSE(key.matches("k%41"));
  CHECK_FALSE(key.matches(""));
}

TEST_CASE("API key: an unset key is open, and nothing matches it") {
  const api_key key{secret{}};
  CHECK(key.is_open());
  CHECK_FALSE(key.matches(""));
}

} // namespace credentials_test
