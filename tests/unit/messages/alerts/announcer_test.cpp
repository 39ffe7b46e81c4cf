#include <doctest/doctest.h>

#include "messages/alerts/announcer.hpp"

using namespace parseflow;
using namespace parseflow::alerts;
using namespace std::chrono_literals;

namespace {

const timestamp now{1'772'460'451s};

alert raised(const std::string& app = "shop", timestamp at = now) {
  alert result;
  result.type = "busy";
  result.app = app;
  result.raised_at = at;
  return result;
}

alert resolved(const std::string& app = "shop", timestamp at = now) {
  auto result = raised(app, at);
  result.is_resolved = true;
  result.resolved_at = at + 5min;
  return result;
}

using announcements = std::vector<announcement>;

announcements for_all(const alert& one) {
  return {{audience::node, one}, {audience::external, one}};
}

announcements for_node(const alert& one) {
  return {{audience::node, one}};
}

announcements for_others(const alert& one) {
  return {{audience::external, one}};
}

std::vector<announcement> announce(announcer& box, const alert& one, std::vector<alert> open = {},
                                   timestamp at = now) {
  return box.announce({&one, 1}, open, at);
}

} // namespace

TEST_CASE("announcer: without a cluster everything is announced to all, at once and once") {
  announcer box{false};
  CHECK(announce(box, raised()) == for_all(raised()));
  CHECK(announce(box, raised("")) == for_all(raised("")));
  CHECK(announce(box, resolved()) == for_all(resolved()));
  CHECK(box.announce({}, {}, now).empty());
}

TEST_CASE("announcer: of the nodes of a cluster only the notifier announces an app's alert externally") {
  announcer notifier{true}, other{true};
  CHECK(notifier.take_turn(true, {}, now).empty());
  CHECK(other.take_turn(false, {}, now).empty());
  CHECK(announce(notifier, raised()) == for_all(raised()));
  CHECK(announce(other, raised()) == for_node(raised()));
  CHECK(announce(other, resolved()) == for_node(resolved()));
}

TEST_CASE("announcer: a node of a cluster announces nothing of apps before it knows who the notifier is") {
  announcer box{true};
  CHECK(announce(box, raised()) == for_node(raised()));
  CHECK(box.take_turn(true, {}, now) == for_others(raised()));
}

TEST_CASE("announcer: each node announces the alerts about its own database") {
  announcer box{true};
  box.take_turn(false, {}, now);
  CHECK(announce(box, raised("")) == for_all(raised("")));
  CHECK(announce(box, resolved("")) == for_all(resolved("")));
}

TEST_CASE("announcer: a new notifier announces once what the last one did not") {
  announcer box{true};
  announce(box, raised());
  CHECK(box.take_turn(false, {}, now).empty());
  CHECK(box.take_turn(true, {}, now + 5min) == for_others(raised()));
  CHECK(box.take_turn(false, {}, now + 5min).empty());
  CHECK(box.take_turn(true, {}, now + 5min).empty());
}

TEST_CASE("announcer: a new notifier does not announce again what the last one announced") {
  announcer box{true};
  announce(box, raised());
  const std::vector<alert> by_last{raised("shop", now + 20s)}; // the last notifier raised it a moment later
  CHECK(box.take_turn(false, by_last, now).empty());
  CHECK(box.take_turn(true, {}, now).empty());
  box.take_turn(false, {}, now);
  // The end of the alert is news as well, and so is the same alert of another day or app.
  announce(box, resolved());
  CHECK(box.take_turn(true, by_last, now) == for_others(resolved()));
  box.take_turn(false, {}, now);
  announce(box, raised("shop", now + 2min));
  CHECK(box.take_turn(true, by_last, now) == for_others(raised("shop", now + 2min)));
  box.take_turn(false, {}, now);
  announce(box, raised("blog"));
  CHECK(box.take_turn(true, by_last, now) == for_others(raised("blog")));
}

TEST_CASE("announcer: what the last one announced is known also at the moment of the change") {
  announcer box{true};
  announce(box, raised());
  const std::vector<alert> by_last{raised()};
  CHECK(box.take_turn(true, by_last, now).empty());
}

TEST_CASE("announcer: a new notifier does not announce what is no news any more") {
  announcer box{true};
  announce(box, raised());
  CHECK(box.take_turn(true, {}, now + announcer::news + 1s).empty());
}

TEST_CASE("announcer: an alert that was open before this node came is stored and not announced again") {
  announcer box{true};
  box.take_turn(true, {}, now);
  CHECK(announce(box, raised(), {raised("shop", now - 2min)}) == for_node(raised()));
  CHECK(announce(box, raised(), {raised("blog", now - 2min)}) == for_all(raised()));
  CHECK(announce(box, raised(), {resolved("shop", now - 2min)}) == for_all(raised()));
  // Another node is a moment ahead of this one.
  CHECK(announce(box, raised(), {raised("shop", now - 1s)}) == for_all(raised()));
  // No node has announced its end yet.
  CHECK(announce(box, resolved(), {raised("shop", now - 2min)}) == for_all(resolved()));
}

TEST_CASE("announcer: reports to the other nodes what it announced, for some minutes") {
  announcer box{true};
  CHECK(box.announced(now).empty());
  box.note_announced(raised(), now);
  box.note_announced(raised("blog"), now + 5min);
  CHECK(box.announced(now + 6min) == std::vector<alert>{raised(), raised("blog")});
  CHECK(box.announced(now + announcer::news + 1s) == std::vector<alert>{raised("blog")});
}
