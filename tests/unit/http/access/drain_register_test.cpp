// Whose credentials and tokens are whose, and what is decided while the registry is not known.
#include "http/access/drain_register.hpp"

#include <doctest/doctest.h>

#include "messages/registry/changes.hpp"
#include "messages/registry/environment_drains.hpp"
#include "messages/registry/password.hpp"

namespace drain_register_test {

using namespace parseflow;
using namespace parseflow::http;
using namespace std::chrono_literals;

namespace {

using answer = drain_register::answer;
using token_is = drain_register::token_is;
using clock = drain_register::clock;

constexpr timestamp noon{std::chrono::hours{490'000}};
const clock::time_point start{1h};

registered_drain drain(const std::string& id, const std::string& user, const std::string& password,
                       std::vector<std::string> apps = {"shop"}) {
  return {id, user, std::move(apps), {kept_generated(secret{password}, noon)}, noon, false};
}

registry_news news(const registry_copy& copy, clock::time_point as_of = start) {
  return {std::make_shared<const registry_copy>(copy), as_of};
}

// Asks, and has the password checked if that is wanted.
drain_register::finding settled(drain_register& drains, const basic_credentials& given,
                                clock::time_point arrived = start) {
  auto found = drains.find(given, arrived, noon);
  if (found.what == answer::hash) {
    drains.check(given);
    found = drains.find(given, arrived, noon);
  }
  return found;
}

} // namespace

TEST_CASE("drain register: the drains of the settings are known at once, by user and password") {
  drain_register drains{{{"shop", "u1", secret{"p1"}}, {"blog", "u2", secret{"p2"}}}, true};
  CHECK_FALSE(drains.is_empty());
  const auto found = drains.find({"u1", "p1"}, start, noon);
  REQUIRE(found.what == answer::known);
  CHECK(found.who->apps == std::vector<std::string>{"shop"});
  CHECK(found.who->id == environment_drain_id("shop", "u1"));
  CHECK(found.who->has_old_keys);
  CHECK(drains.has_user("u2"));
  CHECK_FALSE(drains.has_user("u3"));
}

TEST_CASE("drain register: without a registry wrong credentials are unknown") {
  drain_register drains{{{"shop", "u1", secret{"p1"}}, {"blog", "u2", secret{"p2"}}}, false};
  for (const auto& wrong :
       {basic_credentials{"u1", "p2"}, basic_credentials{"u1", ""}, basic_credentials{"u1p", "1"}, {"", ""}})
    CHECK(drains.find(wrong, start, noon).what == answer::unknown);
  CHECK(drain_register{{}, false}.is_empty());
}

TEST_CASE("drain register: while no registry was ever read nobody is turned away") {
  int doubts = 0;
  drain_register drains{{}, true, [&] { ++doubts; }};
  CHECK(drains.find({"u", "p"}, start, noon).what == answer::wait);
  CHECK(doubts == 1);
  drains.take({nullptr, {}});
  CHECK(drains.find({"u", "p"}, start, noon).what == answer::wait);
  drains.take(news({}));
  CHECK(drains.find({"u", "p"}, start, noon).what == answer::unknown);
}

TEST_CASE("drain register: a password is hashed once") {
  drain_register drains{{}, true};
  drains.take(news({1, {drain("aa", "u", "p")}, {}}));
  REQUIRE(drains.find({"u", "p"}, start, noon).what == answer::hash);
  drains.check({"u", "p"});
  const auto found = drains.find({"u", "p"}, start, noon);
  REQUIRE(found.what == answer::known);
  CHECK(found.who->id == "aa");
  CHECK_FALSE(found.who->has_old_keys);
  auto newer = registry_copy{2, {drain("bb", "v", "q")}, {}};
  newer.drains.insert(newer.drains.begin(), drain("cc", "w", "q"));
  CHECK(drains.find({"u", "p"}, start + 1h, noon).what == answer::known); // needs no newer news
}

TEST_CASE("drain register: a guess of a generated password is not hashed, and repeats cost nothing") {
  int doubts = 0;
  drain_register drains{{}, true, [&] { ++doubts; }};
  drains.take(news({1, {drain("aa", "u", "p")}, {}}));
  CHECK(drains.find({"u", "guess"}, start, noon).what == answer::unknown);
  CHECK(drains.find({"u", "guess"}, start + 1h, noon).what == answer::unknown);
  CHECK(doubts == 0);
}

TEST_CASE("drain register: credentials that are newer than the copy wait for news, then they are judged") {
  int doubts = 0;
  drain_register drains{{}, true, [&] { ++doubts; }};
  drains.take(news({}, start - 1s));
  CHECK(drains.find({"u", "p"}, start, noon).what == answer::wait);
  CHECK(doubts == 1);
  drains.take(news({1, {drain("aa", "u", "p")}, {}}, start + 1s));
  CHECK(settled(drains, {"u", "p"}).what == answer::known);
  CHECK(settled(drains, {"u", "q"}).what == answer::unknown);
}

TEST_CASE(
    "drain register: a chosen password that is wrong is hashed once, and not before it is confirmed 401") {
  drain_register drains{{}, true};
  auto chosen = drain("aa", "u", "p");
  chosen.passwords[0].mark.clear();
  drains.take(news({1, {chosen}, {}}, start - 1s));
  REQUIRE(drains.find({"u", "guess"}, start, noon).what == answer::hash);
  drains.check({"u", "guess"});
  CHECK(drains.find({"u", "guess"}, start, noon).what == answer::wait);
  drains.take(news({1, {chosen}, {}}, start + 1s));
  CHECK(settled(drains, {"u", "guess"}).what == answer::unknown);
}

TEST_CASE("drain register: only so many passwords are hashed at once") {
  drain_register drains{{}, true};
  auto chosen = drain("aa", "u", "p");
  chosen.passwords[0].mark.clear();
  drains.take(news({1, {chosen}, {}}));
  for (std::size_t i = 0; i < drain_register::max_hashing; ++i)
    CHECK(drains.find({"u", std::to_string(i)}, start, noon).what == answer::hash);
  CHECK(drains.find({"u", "p"}, start, noon).what == answer::wait);
  drains.check({"u", "0"});
  CHECK(settled(drains, {"u", "p"}).what == answer::known);
}

TEST_CASE("drain register: a rotated password is valid until the next rotation, a removed drain is not") {
  drain_register drains{{}, true};
  registry_copy all{1, {drain("aa", "u", "one")}, {}};
  drains.take(news(all));
  CHECK(settled(drains, {"u", "one"}).what == answer::known);
  REQUIRE(add_password(all, "aa", kept_generated(secret{"two"}, noon)));
  drains.take(news(all));
  CHECK(settled(drains, {"u", "one"}).who->id == settled(drains, {"u", "two"}).who->id);
  REQUIRE(add_password(all, "aa", kept_generated(secret{"three"}, noon)));
  drains.take(news(all));
  CHECK(settled(drains, {"u", "one"}).what == answer::unknown);
  CHECK(settled(drains, {"u", "two"}).what == answer::known);
  CHECK(settled(drains, {"u", "three"}).what == answer::known);
  REQUIRE(remove_drain(all, "aa"));
  drains.take(news(all));
  CHECK(settled(drains, {"u", "two"}).what == answer::unknown);
  CHECK(drains.is_empty());
}

TEST_CASE("drain register: uses are noted, but not each of them") {
  drain_register drains{{}, true};
  drains.take(news({1, {drain("aa", "u", "p")}, {}}));
  const auto found = settled(drains, {"u", "p"});
  settled(drains, {"u", "p"});
  CHECK(drains.show("d.1", *found.who, noon) == token_is::own);
  CHECK(drains.show("d.1", *found.who, noon) == token_is::own);
  const auto uses = drains.take_uses();
  REQUIRE(uses.passwords.size() == 1);
  CHECK(uses.passwords[0].drain == "aa");
  CHECK(uses.passwords[0].at == noon);
  CHECK(uses.tokens == std::vector<learnt_token>{{"d.1", "aa", noon}});
  CHECK(drains.take_uses().empty());
}

TEST_CASE("drain register: a token belongs to who has shown it first, here or on another node") {
  drain_register drains{{}, true};
  const registry_copy all{
      1, {drain("aa", "u", "p", {"shop"}), drain("bb", "v", "q", {"blog"})}, {{"d.2", "bb", noon}}};
  drains.take(news(all));
  const auto shop = settled(drains, {"u", "p"}).who, blog = settled(drains, {"v", "q"}).who;
  CHECK(drains.show("d.1", *shop, noon) == token_is::own);
  CHECK(drains.show("d.1", *blog, noon) == token_is::foreign);
  CHECK(drains.show("d.2", *shop, noon) == token_is::foreign);
  CHECK(drains.show("d.2", *blog, noon) == token_is::own);
  drains.take(news(all)); // d.1 is not stored yet
  CHECK(drains.show("d.1", *blog, noon) == token_is::foreign);
}

TEST_CASE("drain register: two drains of the same app may show each other's tokens") {
  drain_register drains{{{"shop", "u", secret{"p"}}, {"shop", "v", secret{"q"}}, {"blog", "w", secret{"r"}}},
                        false};
  const auto one = settled(drains, {"u", "p"}).who, two = settled(drains, {"v", "q"}).who,
             other = settled(drains, {"w", "r"}).who;
  CHECK(one->id != two->id);
  CHECK(drains.show("d.1", *one, noon) == token_is::own);
  CHECK(drains.show("d.1", *two, noon) == token_is::own);
  CHECK(drains.show("d.1", *other, noon) == token_is::foreign);
}

TEST_CASE("drain register: a drain's tokens are told apart up to a number") {
  drain_register drains{{}, true};
  drains.take(news({1, {drain("aa", "u", "p")}, {}}));
  const auto who = settled(drains, {"u", "p"}).who;
  for (std::size_t i = 0; i < registry_copy::max_tokens; ++i)
    CHECK(drains.show("d." + std::to_string(i), *who, noon) == token_is::own);
  CHECK(drains.show("d.x", *who, noon) == token_is::one_too_many);
  CHECK(drains.show("d.0", *who, noon) == token_is::own);
  CHECK(drains.take_uses().tokens.size() == registry_copy::max_tokens);
}

} // namespace drain_register_test
