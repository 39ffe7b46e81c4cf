// POST /logdrains with a registrar: drains of the registry, and requests that are held until it is known.
#include <future>

#include <doctest/doctest.h>

#include "messages/registry/password.hpp"
#include "tests/unit/http/stub_boxes.hpp"

namespace registered_drain_test {

using namespace parseflow;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* shop = "Authorization: Basic dTE6cDE=\r\n"; // u1:p1
constexpr const char* blog = "Authorization: Basic dTI6cDI=\r\n"; // u2:p2

registered_drain drain(const std::string& id, const std::string& user, const std::string& password,
                       std::vector<std::string> apps) {
  return {id, user, std::move(apps), {kept_generated(secret{password}, {})}, {}, false};
}

registry_copy two_drains() {
  return {1, {drain("aa", "u1", "p1", {"shop"}), drain("bb", "u2", "p2", {"blog", "wiki"})}, {}};
}

settings patient(std::chrono::milliseconds hold) {
  settings values;
  values.receiver.hold = hold;
  return values;
}

} // namespace

TEST_CASE("registered drain: its credentials let it in, and say which app and which drain it is") {
  stub_service service{{}, with_registrar::yes};
  service.tell(two_drains());
  CHECK(
      service.post("x", std::string{shop} + "Logplex-Drain-Token: d.1\r\nLogplex-Frame-Id: F1\r\n").status ==
      204);
  CHECK(service.script->last_frame().key == frame_key{"d.1@aa", "F1"});
  CHECK(service.script->last_frame().app == "shop");
  CHECK(service.post("x", shop).status == 204);
  CHECK(service.script->last_frame().key.drain == "@aa");
  CHECK(service.post("x").status == 401);
}

TEST_CASE("registered drain: with several apps, ?app= says which one it is") {
  stub_service service{{}, with_registrar::yes};
  service.tell(two_drains());
  CHECK(service.post("x", blog, "/logdrains?app=wiki").status == 204);
  CHECK(service.script->last_frame().app == "wiki");
  CHECK(service.post("x", blog, "/logdrains?app=shop").status == 204);
  CHECK(service.script->last_frame().app == "blog");
}

TEST_CASE("registered drain: a token of another drain is refused") {
  stub_service service{{}, with_registrar::yes};
  service.tell(two_drains());
  const std::string token = "Logplex-Drain-Token: d.1\r\n";
  CHECK(service.post("x", shop + token).status == 204);
  CHECK(service.post("x", blog + token).status == 403);
  CHECK(service.post("x", blog).status == 204);
}

TEST_CASE("registered drain: an imported one keeps the keys that it had") {
  auto all = two_drains();
  all.drains[0].is_imported = true;
  stub_service service{{}, with_registrar::yes};
  service.tell(all);
  CHECK(
      service.post("x", std::string{shop} + "Logplex-Drain-Token: d.1\r\nLogplex-Frame-Id: F1\r\n").status ==
      204);
  CHECK(service.script->last_frame().key == frame_key{"d.1", "F1"});
  CHECK(service.post("x", shop).status == 204);
  CHECK(service.script->last_frame().key.drain == "shop");
}

TEST_CASE("registered drain: a request is held until the registry is known, and then let in") {
  stub_service service{patient(20s), with_registrar::yes};
  auto held = std::async(std::launch::async, [&] { return service.post("x", shop).status; });
  REQUIRE(service.waits_for_look());
  service.tell(two_drains());
  CHECK(held.get() == 204);
}

TEST_CASE("registered drain: while the registry cannot be read it is 503, and never 401") {
  stub_service service{patient(100ms), with_registrar::yes};
  CHECK(service.post("x", shop).status == 503);
  service.tell(two_drains(), std::chrono::steady_clock::time_point{}); // from the data folder
  CHECK(service.post("x", shop).status == 204);
  CHECK(service.post("x", "Authorization: Basic dTM6cDM=\r\n").status == 503);
  service.tell(two_drains());
  CHECK(service.post("x", "Authorization: Basic dTM6cDM=\r\n").status == 401);
}

TEST_CASE("registered drain: a drain that was added just now is let in with the next news") {
  stub_service service{patient(20s), with_registrar::yes};
  service.tell({}, std::chrono::steady_clock::now() - 1s);
  auto held = std::async(std::launch::async, [&] { return service.post("x", shop).status; });
  REQUIRE(service.waits_for_look());
  service.tell(two_drains());
  CHECK(held.get() == 204);
}

TEST_CASE("registered drain: without any, this machine's own user may post, with whatever credentials") {
  stub_service service{{}, with_registrar::yes};
  CHECK(service.post("x").status == 204); // nothing was read yet
  service.tell({});
  CHECK(service.post("x").status == 204);
  CHECK(service.post("x", shop).status == 204);
}

} // namespace registered_drain_test
