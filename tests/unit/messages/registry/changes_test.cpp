// Changes of the registry.
#include "messages/registry/changes.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/unit/messages/registry/some_registry.hpp"

namespace changes_test {

using namespace parseflow;
using namespace std::chrono_literals;

TEST_CASE("registry: a drain is added in its place, and its user is its own") {
  auto all = some_registry();
  CHECK(add_drain(all, some_drain("ab", "three")));
  CHECK(all.drains[1].id == "ab");
  CHECK(find_user(all, "three") == &all.drains[1]);
  const auto taken = add_drain(all, some_drain("cc", "one"));
  REQUIRE_FALSE(taken);
  CHECK(taken.error().sentence.find("the user one") != std::string::npos);
  CHECK_FALSE(add_drain(all, some_drain("aa", "four")));
  CHECK(all.drains.size() == 3);
}

TEST_CASE("registry: two passwords are valid, and a third one takes the place of the oldest") {
  auto all = some_registry();
  CHECK(add_password(all, "aa", {"second", "", registry_time(1s), {}}));
  CHECK(all.drains[0].passwords.size() == 2);
  CHECK(add_password(all, "aa", {"third", "", registry_time(2s), {}}));
  REQUIRE(all.drains[0].passwords.size() == 2);
  CHECK(all.drains[0].passwords[0].hash == "second");
  CHECK(all.drains[0].passwords[1].hash == "third");
  CHECK_FALSE(add_password(all, "zz", {"fourth", "", registry_time(), {}}));
}

TEST_CASE("registry: a removed drain takes its tokens along") {
  auto all = some_registry();
  CHECK(remove_drain(all, "aa"));
  CHECK(find_drain(all, "aa") == nullptr);
  CHECK(all.tokens.empty());
  CHECK_FALSE(remove_drain(all, "aa"));
}

TEST_CASE("registry: a token belongs to the drain that has shown it first") {
  auto all = some_registry();
  note_uses(all, {{}, {{"d.2", "bb", registry_time()}, {"d.1", "bb", registry_time(48h)}}});
  CHECK(owner_of(all, "d.1") == "aa");
  CHECK(owner_of(all, "d.2") == "bb");
  CHECK(owner_of(all, "d.3").empty());
  CHECK(all.tokens[0].last_seen == registry_time());
}

TEST_CASE("registry: a drain has twenty tokens, and one more when one was not shown for a month") {
  auto all = some_registry();
  registry_uses uses;
  for (int i = 0; i < 30; ++i)
    uses.tokens.push_back({fmt::format("d.t{:02}", i), "bb", registry_time(1h * i)});
  note_uses(all, uses);
  CHECK(all.tokens.size() == 1 + registry_copy::max_tokens);
  CHECK(owner_of(all, "d.t19") == "bb");
  CHECK(owner_of(all, "d.t20").empty());
  CHECK_FALSE(has_room_for_token(all, "bb", registry_time(48h)));
  CHECK(has_room_for_token(all, "aa", registry_time(48h)));
  CHECK(has_room_for_token(all, "bb", registry_time(30 * 24h)));
  note_uses(all, {{}, {{"d.t29", "bb", registry_time(30 * 24h)}}});
  CHECK(owner_of(all, "d.t00").empty());
  CHECK(owner_of(all, "d.t29") == "bb");
}

TEST_CASE("registry: times of last use grow in steps, and are no change of the registry") {
  auto all = some_registry();
  const auto before = all;
  const auto& password = all.drains[0].passwords[0];
  note_uses(all, {{{"aa", password.hash, registry_time(1h)}}, {{"d.1", "aa", registry_time(25h)}}});
  CHECK(password.last_used == registry_time(1h));
  CHECK(all.tokens[0].last_seen == registry_time(25h));
  note_uses(all, {{{"aa", password.hash, registry_time(1h + 59s)}}, {{"d.1", "aa", registry_time(26h)}}});
  CHECK(password.last_used == registry_time(1h));
  CHECK(all.tokens[0].last_seen == registry_time(25h));
  note_uses(all, {{{"aa", "another hash", registry_time(9h)}, {"zz", password.hash, registry_time(9h)}}, {}});
  CHECK(password.last_used == registry_time(1h));
  CHECK_FALSE(is_changed(before, all));
  CHECK(add_password(all, "aa", {"second", "", registry_time(), {}}));
  CHECK(is_changed(before, all));
}

TEST_CASE("registry: a key is added in its place, its name is its own, and it can be removed") {
  auto all = some_registry();
  CHECK(add_key(all, some_key("bb", "grafana")));
  CHECK(all.keys[0].id == "bb");
  CHECK(find_key(all, "bb") == &all.keys[0]);
  CHECK(find_key_named(all, "ci") == &all.keys[1]);
  const auto taken = add_key(all, some_key("dd", "ci"));
  REQUIRE_FALSE(taken);
  CHECK(taken.error().sentence.find("a key ci") != std::string::npos);
  CHECK_FALSE(add_key(all, some_key("cc", "other")));
  CHECK(remove_key(all, "cc"));
  CHECK(find_key_named(all, "ci") == nullptr);
  CHECK_FALSE(remove_key(all, "cc"));
  CHECK(all.keys.size() == 1);
}

TEST_CASE("registry: a key's last use grows in steps of a minute, and is no change of the registry") {
  auto all = some_registry();
  const auto before = all;
  note_uses(all, {{}, {}, {{"cc", registry_time(1h)}, {"zz", registry_time(1h)}}});
  CHECK(all.keys[0].last_used == registry_time(1h));
  note_uses(all, {{}, {}, {{"cc", registry_time(1h + 59s)}}});
  CHECK(all.keys[0].last_used == registry_time(1h));
  CHECK_FALSE(is_changed(before, all));
  all.session_key = secret{"another"};
  CHECK(is_changed(before, all));
}

TEST_CASE("registry: names of keys need no quoting, and an admin sees all apps") {
  CHECK(check_key(some_key("cc", "grafana-1.a_B")));
  for (const char* wrong : {"", "a b", "a:b", "-a", "é"})
    CHECK_FALSE(check_key(some_key("cc", wrong)));
  CHECK_FALSE(check_key(some_key("cc", std::string(65, 'a'))));
  auto key = some_key("cc", "ci");
  key.apps = {"a:b"};
  CHECK_FALSE(check_key(key));
  key = some_key("cc", "ci");
  key.role = key_role::admin;
  CHECK_FALSE(check_key(key));
  key.apps.clear();
  CHECK(check_key(key));
}

TEST_CASE("registry: users and apps need no quoting") {
  CHECK(check_user("shop-1.a_B"));
  for (const char* wrong : {"", "a b", "a:b", "a/b", "a@b", "'"})
    CHECK_FALSE(check_user(wrong));
  CHECK_FALSE(check_user(std::string(65, 'a')));
  CHECK(check_app("my-shop"));
  CHECK_FALSE(check_app("-a"));
  CHECK_FALSE(check_app("a b"));
}

TEST_CASE("registry: an entry of the environment has the same id everywhere") {
  CHECK(environment_drain_id("shop", "u") == environment_drain_id("shop", "u"));
  CHECK(environment_drain_id("shop", "u") != environment_drain_id("shop", "v"));
  CHECK(environment_drain_id("shop", "u").size() == 16);
}

} // namespace changes_test
