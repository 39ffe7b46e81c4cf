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
  all.drains[0].passwords.push_back({"hash", "0a0b0c0d", registry_time(), registry_time()});
  CHECK(copy_in(copy_text(all)) == all);
}

TEST_CASE("copy_text: a text that is cut anywhere is none") {
  const auto text = copy_text(some_registry());
  for (std::size_t size = 0; size < text.size(); ++size)
    CHECK_FALSE(copy_in(std::string_view{text}.substr(0, size)));
  CHECK_FALSE(copy_in(text + "x\n"));
}

TEST_CASE("copy_text: a text of another form is none") {
  for (const char* wrong :
       {"parseflow-registry 2\nversion 1\nend\n", "parseflow-registry 1\nversion x\nend\n",
        "parseflow-registry 1\napp a\nend\n", "parseflow-registry 1\ndrain a b 1 other\nend\n",
        "parseflow-registry 1\ndrain a%4 b 1 imported\nend\n",
        "parseflow-registry 1\ndrain a b 1 imported\npassword h m 1\nend\n",
        "parseflow-registry 1\ntoken a b 1 2\nend\n", "parseflow-registry 1\nkey a\nend\n"})
    CHECK_FALSE(copy_in(wrong));
}

} // namespace copy_text_test
