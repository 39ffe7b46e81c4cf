// The registrar: follows the registry, keeps its copy, and stores what is asked for.
#include "actors/registrar.hpp"

#include <doctest/doctest.h>

#include "db/registry_file.hpp"
#include "tests/support/memory_registry.hpp"
#include "tests/support/still_system.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/messages/registry/some_registry.hpp"

namespace registrar_test {

using namespace parseflow;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

struct heard {
  int times = 0;
  registry_news last;
};

registry_listener_actor::behavior_type stub_listener(registry_listener_actor::pointer,
                                                     const std::shared_ptr<heard>& into) {
  return {[into](const registry_news& news) {
    ++into->times;
    into->last = news;
  }};
}

struct fixture : still_system {
  ~fixture() { stop(box, listener); }

  void start() {
    box = system.spawn<actors::boxed<actors::registrar>>(std::make_unique<memory_registry>(shared),
                                                         folder.path().string(),
                                                         environment_drains({{"blog", "e", secret{"p"}}}));
    listener = system.spawn(stub_listener, news);
    caf::anon_send(box, subscribe_atom_v, listener);
    run();
  }

  template <class Answer, class Question>
  std::string refusal(const Question& question) {
    auto pending = self->request(box, caf::infinite, question);
    scheduler.run();
    std::string sentence;
    pending.receive([](const Answer&) {}, [&](caf::error& problem) { sentence = system.render(problem); });
    return sentence;
  }

  temp_dir folder;
  std::shared_ptr<shared_registry> shared = std::make_shared<shared_registry>();
  std::shared_ptr<heard> news = std::make_shared<heard>();
  registrar_actor box;
  registry_listener_actor listener;
};

} // namespace

TEST_CASE_FIXTURE(fixture, "registrar: it reads the registry at the start, and again while it changes") {
  shared->all = some_registry();
  start();
  REQUIRE(news->last.copy);
  CHECK(*news->last.copy == some_registry());
  CHECK(news->last.as_of != std::chrono::steady_clock::time_point{});
  CHECK(db::read_registry_file(folder.path()) == some_registry());
  const auto before = news->last;
  advance(2s);
  CHECK(news->last.copy == before.copy);
  CHECK(news->last.as_of > before.as_of);
  REQUIRE(remove_drain(shared->all, "aa"));
  ++shared->all.version;
  advance(2s);
  CHECK(*news->last.copy == shared->all);
  CHECK(db::read_registry_file(folder.path()) == shared->all);
}

TEST_CASE_FIXTURE(fixture, "registrar: while the database is away the copy in the data folder counts") {
  REQUIRE(db::save_registry_file(folder.path().string(), some_registry()));
  shared->is_away = true;
  start();
  REQUIRE(news->last.copy);
  CHECK(*news->last.copy == some_registry());
  CHECK(news->last.as_of == std::chrono::steady_clock::time_point{});
  advance(10s);
  CHECK(news->last.as_of == std::chrono::steady_clock::time_point{});
  shared->is_away = false;
  advance(2s);
  CHECK(news->last.as_of != std::chrono::steady_clock::time_point{});
  CHECK(news->last.copy->drains.empty());
}

TEST_CASE_FIXTURE(fixture, "registrar: without a copy and a database it knows nothing, and says so") {
  shared->is_away = true;
  start();
  CHECK(news->times == 1);
  CHECK(news->last.copy == nullptr);
}

TEST_CASE_FIXTURE(fixture, "registrar: it looks when it is asked to, but not all the time") {
  start();
  advance(1s); // its look of the start
  advance(1s);
  const int before = shared->reads;
  for (int i = 0; i < 100; ++i)
    caf::anon_send(box, look_atom_v);
  run();
  CHECK(shared->reads == before + 1);
  advance(actors::registrar::shortest_interval);
  CHECK(shared->reads == before + 2);
  advance(actors::registrar::shortest_interval);
  CHECK(shared->reads == before + 2);
}

TEST_CASE_FIXTURE(fixture, "registrar: a new token is stored at once, times of last use once a minute") {
  shared->all = some_registry();
  start();
  const auto hash = shared->all.drains[0].passwords[0].hash;
  advance(2min);
  const int before = shared->edits;
  caf::anon_send(box, registry_uses{{}, {{"d.9", "bb", registry_time()}}});
  run();
  CHECK(owner_of(shared->all, "d.9") == "bb");
  CHECK(owner_of(*news->last.copy, "d.9") == "bb");
  CHECK(shared->edits == before + 1);
  caf::anon_send(box, registry_uses{{{"aa", hash, registry_time(1h)}}, {}});
  advance(30s);
  CHECK(shared->all.drains[0].passwords[0].last_used == timestamp{});
  for (int i = 0; i < 20; ++i)
    advance(2s);
  CHECK(shared->all.drains[0].passwords[0].last_used == registry_time(1h));
  CHECK(shared->edits == before + 2);
}

TEST_CASE_FIXTURE(fixture, "registrar: uses wait while the database is away") {
  shared->all = some_registry();
  start();
  shared->is_away = true;
  caf::anon_send(box, registry_uses{{}, {{"d.9", "bb", registry_time()}}});
  run();
  shared->is_away = false;
  for (int i = 0; i < 40; ++i)
    advance(2s);
  CHECK(owner_of(shared->all, "d.9") == "bb");
}

TEST_CASE_FIXTURE(fixture, "registrar: it registers, rotates and removes, and its listeners know at once") {
  start();
  const auto issued = ask<issued_password>(box, drain_wish{{"shop"}, "u"});
  CHECK(issued.password.reveal().size() == 40);
  CHECK(news->last.copy->drains == std::vector{issued.drain});
  const auto second = ask<issued_password>(box, drain_rotation{issued.drain.id});
  CHECK(second.drain.passwords.size() == 2);
  CHECK(second.password.reveal() != issued.password.reveal());
  CHECK(refusal<issued_password>(drain_wish{{"shop"}, "u"}).find("refused") != std::string::npos);
  CHECK(refusal<issued_password>(drain_wish{{}, "v"}).find("refused") != std::string::npos);
  CHECK(ask<registered_drain>(box, drain_removal{issued.drain.id}).user == "u");
  CHECK(news->last.copy->drains.empty());
  CHECK(refusal<registered_drain>(drain_removal{issued.drain.id}).find("there is no drain") !=
        std::string::npos);
  shared->is_away = true;
  CHECK(refusal<issued_password>(drain_wish{{"shop"}, "w"}).find("store_away") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "registrar: it makes and removes keys, and its listeners know at once") {
  start();
  const auto issued = ask<issued_key>(box, key_wish{"ci", key_role::read, {"shop"}});
  CHECK(issued.key.hash == key_hash(issued.text.reveal()));
  CHECK(news->last.copy->keys == std::vector{issued.key});
  CHECK(refusal<issued_key>(key_wish{"ci", key_role::read, {}}).find("a key ci") != std::string::npos);
  CHECK(refusal<issued_key>(key_wish{"", key_role::read, {}}).find("refused") != std::string::npos);
  caf::anon_send(box, registry_uses{{}, {}, {{issued.key.id, issued.key.created + 1h}}});
  for (int i = 0; i < 40; ++i)
    advance(2s);
  CHECK(ask<key_list>(box, keys_query{}).all.at(0).last_used == issued.key.created + 1h);
  CHECK(ask<registered_key>(box, key_removal{issued.key.id}).name == "ci");
  CHECK(news->last.copy->keys.empty());
  CHECK(refusal<registered_key>(key_removal{issued.key.id}).find("there is no key") != std::string::npos);
  shared->is_away = true;
  CHECK(refusal<issued_key>(key_wish{"cd", key_role::read, {}}).find("store_away") != std::string::npos);
  CHECK(refusal<key_list>(keys_query{}).find("store_away") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "registrar: it makes the key of sessions once, and another one to end them all") {
  start();
  const auto first = news->last.copy->session_key;
  CHECK(first.reveal().size() == 64);
  advance(10s);
  CHECK((news->last.copy->session_key == first));
  CHECK(ask<bool>(box, sign_out_atom_v));
  CHECK_FALSE((news->last.copy->session_key == first));
  shared->is_away = true;
  CHECK(refusal<bool>(sign_out_atom_v).find("store_away") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "registrar: it reports the drains of the registry and of the environment") {
  shared->all = some_registry();
  start();
  const auto reports = ask<drain_reports_ptr>(box, drains_query{});
  REQUIRE(reports->all.size() == 3);
  CHECK(reports->all[2].is_of_environment);
  shared->is_away = true;
  CHECK(refusal<drain_reports_ptr>(drains_query{}).find("store_away") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "registrar: at a stop it stores what waits, if the database is there") {
  shared->all = some_registry();
  start();
  const auto hash = shared->all.drains[0].passwords[0].hash;
  caf::anon_send(box, registry_uses{{{"aa", hash, registry_time(1h)}}, {}});
  shared->is_away = true;
  CHECK(ask<bool>(box, stop_atom_v));
  CHECK(shared->all.drains[0].passwords[0].last_used == timestamp{});
  shared->is_away = false;
  CHECK(ask<bool>(box, stop_atom_v));
  CHECK(shared->all.drains[0].passwords[0].last_used == registry_time(1h));
}

} // namespace registrar_test
