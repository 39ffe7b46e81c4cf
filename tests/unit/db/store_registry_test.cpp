// The registry of drains in every database.
#include <thread>

#include "messages/registry/changes.hpp"
#include "tests/unit/db/store_suite.hpp"
#include "tests/unit/messages/registry/some_registry.hpp"

namespace store_registry_test {

using namespace parseflow;
using namespace std::chrono_literals;

namespace {

db::result add(db::registry_store& registry, const registered_drain& drain) {
  expected<> refusal;
  auto done = registry.edit([&](registry_copy& all) { return add_drain(all, drain); }, refusal);
  CHECK(refusal);
  return done;
}

registry_copy all_of(db::registry_store& registry) {
  registry_copy all;
  CHECK_DONE(registry.read(all));
  return all;
}

} // namespace

STORE_TEST("registry: an empty database has an empty one") {
  site_type site;
  const auto registry = site.make_registry();
  CHECK_DONE(registry->open());
  CHECK(all_of(*registry) == registry_copy{});
}

STORE_TEST("registry: what is stored is read again, by another node too") {
  site_type site;
  const auto registry = site.make_registry(), other = site.make_registry();
  CHECK_DONE(registry->open());
  CHECK_DONE(other->open());
  auto drain = some_drain("bb", "two");
  drain.apps = {"shop", "a b", "étude"};
  drain.is_imported = true;
  drain.passwords.push_back({"second", "0a0b0c0d", registry_time(1s), registry_time(2s)});
  CHECK_DONE(add(*registry, drain));
  CHECK_DONE(add(*registry, some_drain("aa", "one")));
  const auto all = all_of(*other);
  CHECK(all.version == 2);
  REQUIRE(all.drains.size() == 2);
  CHECK(all.drains[0] == some_drain("aa", "one"));
  CHECK(all.drains[1] == drain);
}

STORE_TEST("registry: each change is a new version, but not a time of last use") {
  site_type site;
  const auto registry = site.make_registry();
  CHECK_DONE(registry->open());
  const auto drain = some_drain("aa", "one");
  CHECK_DONE(add(*registry, drain));
  auto known = all_of(*registry);
  expected<> refusal;
  const auto note = [&](registry_uses uses) {
    CHECK_DONE(registry->edit(
        [&](registry_copy& all) {
          note_uses(all, uses);
          return expected<>{};
        },
        refusal));
  };
  note({{{"aa", drain.passwords[0].hash, registry_time(1h)}}, {}});
  CHECK_DONE(registry->read(known));
  CHECK(known.drains[0] == drain); // not read again
  CHECK(all_of(*registry).drains[0].passwords[0].last_used == registry_time(1h));
  note({{}, {{"d.1", "aa", registry_time()}}});
  CHECK_DONE(registry->read(known));
  CHECK(known.version == 2);
  CHECK(known.tokens == std::vector<learnt_token>{{"d.1", "aa", registry_time()}});
  CHECK_DONE(registry->edit([](registry_copy& all) { return remove_drain(all, "aa"); }, refusal));
  CHECK_DONE(registry->read(known));
  CHECK(known == registry_copy{3, {}, {}});
  CHECK(value(site, "SELECT count(*) FROM registered_app") == "0");
  CHECK(value(site, "SELECT count(*) FROM registered_password") == "0");
}

STORE_TEST("registry: keys and the key of sessions are stored and read again, by another node too") {
  site_type site;
  const auto registry = site.make_registry(), other = site.make_registry();
  CHECK_DONE(registry->open());
  CHECK_DONE(other->open());
  auto key = some_key("bb", "grafana");
  key.apps = {"shop", "a b", "étude"};
  key.last_used = registry_time(1s);
  auto admin = some_key("aa", "root");
  admin.apps.clear();
  admin.role = key_role::admin;
  expected<> refusal;
  CHECK_DONE(registry->edit(
      [&](registry_copy& all) -> expected<> {
        all.session_key = secret{"5e55"};
        if (auto added = add_key(all, key); !added)
          return added;
        return add_key(all, admin);
      },
      refusal));
  CHECK(refusal);
  const auto all = all_of(*other);
  CHECK(all.version == 1);
  CHECK((all.session_key == secret{"5e55"}));
  REQUIRE(all.keys.size() == 2);
  CHECK(all.keys[0] == admin);
  CHECK(all.keys[1] == key);
  CHECK_DONE(registry->edit(
      [&](registry_copy& now) -> expected<> {
        note_uses(now, {{}, {}, {{"bb", registry_time(1h)}}});
        return remove_key(now, "aa");
      },
      refusal));
  key.last_used = registry_time(1h);
  CHECK(all_of(*other) == registry_copy{2, {}, {}, {key}, secret{"5e55"}});
  CHECK_DONE(registry->edit([](registry_copy& now) { return remove_key(now, "bb"); }, refusal));
  CHECK(value(site, "SELECT count(*) FROM registered_key_app") == "0");
}

STORE_TEST("registry: a change that is refused leaves everything as it was") {
  site_type site;
  const auto registry = site.make_registry();
  CHECK_DONE(registry->open());
  CHECK_DONE(add(*registry, some_drain("aa", "one")));
  expected<> refusal;
  CHECK_DONE(registry->edit(
      [](registry_copy& all) {
        all.drains.clear();
        return add_drain(all, some_drain("aa", "one")) ? problem{"no"} : expected<>{};
      },
      refusal));
  REQUIRE_FALSE(refusal);
  CHECK(refusal.error().sentence == "no");
  CHECK(all_of(*registry).drains.size() == 1);
}

STORE_TEST("registry: changes of several nodes at once all count") {
  site_type site;
  CHECK_DONE(site.make_registry()->open());
  constexpr int nodes = 4, changes = 5;
  std::vector<std::thread> threads;
  for (int node = 0; node < nodes; ++node)
    threads.emplace_back([&, node] {
      const auto registry = site.make_registry();
      while (registry->open().code != db::outcome::done) {
      }
      for (int i = 0; i < changes; ++i) {
        const auto id = std::to_string(node) + std::to_string(i);
        expected<> refusal;
        while (registry->edit([&](registry_copy& all) { return add_drain(all, some_drain(id, id)); }, refusal)
                   .code != db::outcome::done) {
        }
      }
    });
  for (auto& thread : threads)
    thread.join();
  const auto registry = site.make_registry();
  CHECK_DONE(registry->open());
  const auto all = all_of(*registry);
  CHECK(all.drains.size() == nodes * changes);
  CHECK(all.version == nodes * changes);
}

STORE_TEST("registry: the activity of apps is what nodes have stored") {
  site_type site;
  const auto store = site.make_store();
  CHECK_DONE(store->open());
  const auto batch = make_batch({}, {app_message("one"), app_message("two")});
  CHECK_DONE(write(*store, {batch}));
  const auto registry = site.make_registry();
  CHECK_DONE(registry->open());
  std::vector<app_activity> found;
  CHECK_DONE(registry->read_activity(test_time() - 1h, found));
  REQUIRE(found.size() == 1);
  CHECK(found[0].app == "shop");
  CHECK(found[0].lines == 2);
  CHECK(found[0].last_seen != timestamp{});
  found.clear();
  CHECK_DONE(registry->read_activity(test_time() + 1h, found));
  CHECK(found.at(0).lines == 0);
}

} // namespace store_registry_test
