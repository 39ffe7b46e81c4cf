// Which keys and sessions are known, and what they allow.
#include "http/access/key_register.hpp"

#include <future>

#include <doctest/doctest.h>

namespace key_register_test {

using namespace parseflow;
using http::key_register;
using namespace std::chrono_literals;

namespace {

constexpr timestamp now{1'772'460'451s};

registered_key made(const std::string& id, const std::string& key, std::vector<std::string> apps = {}) {
  return {id, "name of " + id, key_role::read, std::move(apps), key_hash(key), now, {}};
}

registry_news news(std::vector<registered_key> keys, const std::string& session_key = "5e55") {
  return {std::make_shared<registry_copy>(registry_copy{1, {}, {}, std::move(keys), secret{session_key}}),
          {}};
}

} // namespace

TEST_CASE("key register: without any key nobody needs one, and with one everybody does") {
  key_register keys{secret{}};
  CHECK(keys.is_open());
  CHECK_FALSE(keys.find("", now));
  keys.take({});
  CHECK(keys.is_open());
  keys.take(news({made("cc", "pf_a")}));
  CHECK_FALSE(keys.is_open());
  keys.take(news({}));
  CHECK(keys.is_open());
  CHECK_FALSE(key_register{secret{"k3y"}}.is_open());
}

TEST_CASE("key register: until the registry was read it says so, and a session waits for its signing key") {
  key_register keys{secret{"k3y"}, true, true}, other{secret{"another"}};
  CHECK(keys.is_unread());
  CHECK_FALSE(other.is_unread());
  keys.take({});
  CHECK(keys.is_unread());
  const auto known = news({});
  other.take(known);
  auto opened =
      std::async(std::launch::async, [&] { return keys.open_session(*keys.find("k3y", now), now); });
  keys.take(known);
  CHECK_FALSE(keys.is_unread());
  CHECK(other.holder_of(opened.get(), now));
}

TEST_CASE("key register: the key of the settings is an admin, those of the registry are what it says") {
  key_register keys{secret{"k3y"}};
  auto admin = made("aa", "pf_admin");
  admin.role = key_role::admin;
  keys.take(news({admin, made("cc", "pf_a", {"shop"})}));
  const auto first = keys.find("k3y", now), second = keys.find("pf_admin", now),
             third = keys.find("pf_a", now);
  REQUIRE(first);
  CHECK(first->role == key_role::admin);
  CHECK(first->may_see("any"));
  REQUIRE(second);
  CHECK(second->role == key_role::admin);
  REQUIRE(third);
  CHECK(third->key == "cc");
  CHECK(third->role == key_role::read);
  CHECK(third->may_see("shop"));
  CHECK_FALSE(third->may_see("blog"));
  for (const auto* wrong : {"", "pf_b", "k3", "cc", "name of cc"})
    CHECK_FALSE(keys.find(wrong, now));
  CHECK_FALSE(keys.find(key_hash("pf_a"), now));
}

TEST_CASE("key register: a session stands for its key as it is now, and ends with it") {
  key_register keys{secret{"k3y"}};
  keys.take(news({made("cc", "pf_a", {"shop"})}));
  const auto token = keys.open_session(*keys.find("pf_a", now), now);
  const auto own = keys.open_session(*keys.find("k3y", now), now);
  REQUIRE(keys.holder_of(token, now));
  CHECK(keys.holder_of(token, now)->apps == std::vector<std::string>{"shop"});
  CHECK(keys.holder_of(own, now)->role == key_role::admin);
  keys.take(news({}));
  CHECK_FALSE(keys.holder_of(token, now));
  CHECK(keys.holder_of(own, now));
}

TEST_CASE("key register: every node takes a session, whatever its key of the settings is now") {
  key_register one{secret{"k3y"}}, other{secret{"another"}}, without{secret{}};
  one.take(news({}));
  other.take(news({}));
  without.take(news({}));
  const auto token = one.open_session(*one.find("k3y", now), now);
  CHECK(other.holder_of(token, now));
  CHECK_FALSE(without.holder_of(token, now)); // such a key is not known any more
}

TEST_CASE("key register: another signing key ends all sessions") {
  key_register keys{secret{"k3y"}};
  keys.take(news({}, "first"));
  const auto token = keys.open_session(*keys.find("k3y", now), now);
  keys.take(news({}, "second"));
  CHECK_FALSE(keys.holder_of(token, now));
}

TEST_CASE("key register: without a registry sessions are signed by the key of the settings") {
  key_register one{secret{"k3y"}}, same{secret{"k3y"}}, other{secret{"another"}};
  const auto token = one.open_session(*one.find("k3y", now), now);
  CHECK(same.holder_of(token, now));
  CHECK_FALSE(other.holder_of(token, now));
}

TEST_CASE("key register: a link only reads, and sees what its maker sees or less") {
  key_register keys{secret{"k3y"}};
  keys.take(news({made("cc", "pf_a", {"shop", "blog"})}));
  const auto admin = *keys.find("k3y", now), two = *keys.find("pf_a", now);
  const auto all = keys.holder_of(keys.share(admin, {}, now + 24h).value(), now);
  REQUIRE(all);
  CHECK(all->role == key_role::read);
  CHECK(all->shared_until == now + 24h);
  CHECK(all->may_see("any"));
  const auto narrow = keys.holder_of(keys.share(admin, {"shop"}, now + 24h).value(), now);
  REQUIRE(narrow);
  CHECK(narrow->apps == std::vector<std::string>{"shop"});
  const auto same = keys.holder_of(keys.share(two, {}, now + 24h).value(), now);
  REQUIRE(same);
  CHECK(same->apps == std::vector<std::string>{"shop", "blog"});
  CHECK_FALSE(keys.holder_of(keys.open_session(two, now), now)->shared_until);
}

TEST_CASE("key register: a link ends at its end, with its maker's key, and with all sessions") {
  key_register keys{secret{"k3y"}};
  keys.take(news({made("cc", "pf_a")}));
  const auto link = keys.share(*keys.find("pf_a", now), {}, now + 24h).value();
  CHECK(keys.holder_of(link, now + 24h - 1s));
  CHECK_FALSE(keys.holder_of(link, now + 24h));
  keys.take(news({}));
  CHECK_FALSE(keys.holder_of(link, now));
  keys.take(news({made("cc", "pf_a")}));
  CHECK(keys.holder_of(link, now));
  keys.take(news({made("cc", "pf_a")}, "another"));
  CHECK_FALSE(keys.holder_of(link, now));
}

TEST_CASE("key register: what the registry does not sign is no link") {
  key_register keys{secret{"k3y"}};
  CHECK_FALSE(keys.share(*keys.find("k3y", now), {}, now + 24h));
}

TEST_CASE("key register: uses are noted now and then, of keys and of their sessions") {
  key_register keys{secret{"k3y"}};
  keys.take(news({made("cc", "pf_a")}));
  for (int i = 0; i < 100; ++i)
    REQUIRE(keys.find("pf_a", now + 10ms * i));
  REQUIRE(keys.find("k3y", now));
  auto uses = keys.take_uses();
  REQUIRE(uses.size() == 1);
  CHECK(uses[0].key == "cc");
  CHECK(uses[0].at == now);
  CHECK(keys.take_uses().empty());
  CHECK(keys.holder_of(keys.open_session(*keys.find("pf_a", now), now), now + 1min));
  CHECK(keys.take_uses().size() == 1);
}

TEST_CASE("key register: beyond loopback it is not open, even if there are no keys any more") {
  key_register keys{secret{}, false};
  CHECK_FALSE(keys.is_open());
  keys.take(news({made("cc", "pf_a")}));
  keys.take(news({}));
  CHECK_FALSE(keys.is_open());
  CHECK_FALSE(keys.find("", now));
}

TEST_CASE("key register: another key of the settings takes the place of the first, whose sessions go on") {
  key_register keys{secret{"k3y"}};
  keys.take(news({}));
  const auto token = keys.open_session(*keys.find("k3y", now), now);
  keys.take_up(secret{"another"});
  CHECK_FALSE(keys.find("k3y", now));
  CHECK(keys.find("another", now));
  CHECK(keys.holder_of(token, now));
  keys.take_up(secret{});
  CHECK_FALSE(keys.find("another", now));
  CHECK_FALSE(keys.holder_of(token, now));
  CHECK(keys.is_open());
}

} // namespace key_register_test
