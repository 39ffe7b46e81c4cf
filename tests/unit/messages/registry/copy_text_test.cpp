// The copy of the registry as text.
#include "messages/registry/copy_text.hpp"

#include <doctest/doctest.h>

#include "tests/unit/messages/registry/some_registry.hpp"

namespace copy_text_test {

using namespace parseflow;

TEST_CASE("copy_text: what is written is read again") {
  auto all = some_registry();
  CHECK(copy_in(copy_text(all)) == all);
  CHECK(copy_in(copy_text({})) == registry_copy{});
  all.drains[0].apps = {"a b%\n", "é\x7f\x01"};
  all.drains[0].is_imported = true;
  all.keys[0].apps = {"a b", "c"};
  all.keys.push_back({"dd", "root", key_role::admin, {}, "0f", registry_time(), registry_time()});
  all.drains[0].passwords.push_back({"hash", "0a0b0c0d", registry_time(), registry_time()});
  CHECK(copy_in(copy_text(all)) == all);
}

TEST_CASE("copy_text: a text that is cut anywhere is none") {
  const auto text = copy_text(some_registry());
  for (std::size_t size = 0; size < text.size(); ++size)
    CHECK_FALSE(copy_in(std::string_view{text}.substr(0, size)));
  CHECK_FALSE(copy_in(text + "x\n"));
}

TEST_CASE("copy_text: the text of a version before keys is read") {
  const auto copy = copy_in("parseflow-registry 1\nversion 4\ndrain a u 5 registered\napp shop\nend\n");
  REQUIRE(copy);
  CHECK(copy->version == 4);
  CHECK(copy->drains.at(0).apps == std::vector<std::string>{"shop"});
  CHECK(copy->keys.empty());
  CHECK(copy->session_key.empty());
}

TEST_CASE("copy_text: a text of another form is none") {
  for (const char* wrong :
       {"parseflow-registry 3\nversion 1\nend\n", "parseflow-registry 1\nversion x\nend\n",
        "parseflow-registry 1\napp a\nend\n", "parseflow-registry 1\ndrain a b 1 other\nend\n",
        "parseflow-registry 1\ndrain a%4 b 1 imported\nend\n",
        "parseflow-registry 1\ndrain a b 1 imported\npassword h m 1\nend\n",
        "parseflow-registry 1\ntoken a b 1 2\nend\n", "parseflow-registry 1\nkey a\nend\n",
        "parseflow-registry 2\nsees a\nend\n", "parseflow-registry 2\nkey a b root 0f 1 2\nend\n",
        "parseflow-registry 2\nkey a b read 0f 1\nend\n"})
    CHECK_FALSE(copy_in(wrong));
}

} // namespace copy_text_test
