// How peers are found and lost, in virtual time and without a network.
#include <doctest/doctest.h>

#include "actors/cluster/members.hpp"
#include "actors/cluster/peer_link.hpp"
#include "tests/support/still_system.hpp"
#include "tests/unit/actors/cluster/stub_peer_gateway.hpp"

namespace peer_link_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

constexpr auto silence = 3000ms;

// Takes the place of CAF's broker.
class stub_broker : public caf::event_based_actor {
public:
  stub_broker(caf::actor_config& config, std::shared_ptr<caf::strong_actor_ptr> peer)
      : caf::event_based_actor(config), peer_(std::move(peer)) {}

protected:
  caf::behavior make_behavior() override {
    return {[this](caf::connect_atom, const caf::io::scribe_ptr&,
                   std::uint16_t) -> caf::result<caf::node_id, caf::strong_actor_ptr, std::set<std::string>> {
      return {caf::node_id{}, *peer_, system().message_types(caf::detail::type_list<peer_gateway_actor>{})};
    }};
  }

private:
  std::shared_ptr<caf::strong_actor_ptr> peer_;
};

class stub_sink : public membership_sink_actor::base {
public:
  stub_sink(caf::actor_config& config, std::shared_ptr<membership> received)
      : membership_sink_actor::base(config), received_(std::move(received)) {}

protected:
  behavior_type make_behavior() override {
    return {[this](const membership& now) { *received_ = now; }};
  }

private:
  std::shared_ptr<membership> received_;
};

struct fixture : still_system {
  const node_identity own{cluster_protocol, "a", 1, "1.0"};
  std::shared_ptr<gateway_script> b = std::make_shared<gateway_script>();
  peer_gateway_actor gateway_b = system.spawn<stub_peer_gateway>(b);
  std::shared_ptr<caf::strong_actor_ptr> dialled =
      std::make_shared<caf::strong_actor_ptr>(caf::actor_cast<caf::strong_actor_ptr>(gateway_b));
  std::shared_ptr<bool> is_reachable = std::make_shared<bool>(true);
  std::shared_ptr<int> attempts = std::make_shared<int>(0);
  caf::actor broker = system.spawn<stub_broker>(dialled);
  std::shared_ptr<membership> received = std::make_shared<membership>();
  membership_sink_actor sink = system.spawn<stub_sink>(received);
  members_actor everybody = system.spawn<boxed<members>>(own, silence, std::vector<std::string>{"host:7100"},
                                                         std::vector<std::string>{"other:7100"});
  peer_link_actor box;

  fixture() {
    b->identity = {cluster_protocol, "b", 2, "1.1"};
    caf::anon_send(everybody, subscribe_atom_v, sink);
  }
  ~fixture() {
    stop(box, everybody, sink, broker, gateway_b);
    *dialled = nullptr;
    *received = {};
  }

  void dial() {
    box = system.spawn<boxed<peer_link>>(
        "host:7100", hello{own, "zebra:7100", nullptr},
        dialer{[up = is_reachable,
                attempts = attempts](const endpoint& target) -> expected<caf::io::scribe_ptr> {
                 ++*attempts;
                 CHECK(target == endpoint{"host", 7100});
                 return *up ? expected<caf::io::scribe_ptr>{caf::io::scribe_ptr{}}
                            : problem{"nobody is there"};
               },
               broker},
        silence, everybody);
    run();
  }

  std::vector<std::string> live() const {
    std::vector<std::string> names;
    for (const auto& peer : received->live)
      names.push_back(peer.identity.node);
    return names;
  }
};

using names = std::vector<std::string>;

} // namespace

TEST_CASE_FIXTURE(fixture, "peer link: a peer that answers is there") {
  dial();
  CHECK(live() == names{"b"});
  CHECK(received->absent == names{"other:7100"});
}

TEST_CASE_FIXTURE(fixture, "peer link: one that cannot be reached is tried again") {
  *is_reachable = false;
  dial();
  CHECK(live().empty());
  CHECK(received->absent == names{"host:7100", "other:7100"});
  *is_reachable = true;
  advance(2 * peer_link::first_backoff);
  CHECK(live() == names{"b"});
}

TEST_CASE_FIXTURE(fixture, "peer link: a peer that is silent is down, and comes back with its first sign") {
  dial();
  b->gives_signs = false;
  advance(silence / 4);
  advance(silence / 4);
  advance(silence / 4);
  CHECK(live() == names{"b"});
  // The last sign of life may be one round old.
  advance(silence / 4);
  advance(silence / 4);
  CHECK(live().empty());
  CHECK(received->absent == names{"b", "other:7100"});
  b->gives_signs = true;
  advance(silence / 2); // the time of the greeting that was not answered
  advance(2 * peer_link::longest_backoff);
  CHECK(live() == names{"b"});
}

TEST_CASE_FIXTURE(fixture, "peer link: a peer that dies is down at once") {
  dial();
  stop(gateway_b);
  CHECK(live().empty());
}

TEST_CASE_FIXTURE(fixture, "peer link: a peer that dies in the middle of a round is dialled once at a time") {
  dial();
  stop(gateway_b);
  *is_reachable = false;
  advance(peer_link::first_backoff);
  CHECK(*attempts == 2);
  // A sign of life was due when the peer died: it does not start a second series of attempts.
  advance(silence / 4 - peer_link::first_backoff);
  const auto before = *attempts;
  for (int i = 0; i < 4; ++i)
    advance(peer_link::longest_backoff);
  CHECK(*attempts <= before + 5);
}

TEST_CASE_FIXTURE(fixture, "peer link: another protocol and another node of the same name are no peers") {
  SUBCASE("protocol") {
    b->identity.protocol = cluster_protocol + 1;
  }
  SUBCASE("name") {
    b->identity.node = "a";
  }
  dial();
  CHECK(live().empty());
  CHECK(received->absent == names{"host:7100", "other:7100"});
}

TEST_CASE_FIXTURE(fixture, "members: a peer that says that it stops is leaving, until it is back") {
  dial();
  caf::anon_send(everybody, leave_atom_v, b->identity);
  run();
  REQUIRE(received->live.size() == 1);
  CHECK(received->live[0].is_leaving);
}

TEST_CASE_FIXTURE(fixture, "members: all peers learn that this node stops") {
  dial();
  CHECK(ask<bool>(everybody, stop_atom_v));
  CHECK(b->leaving == names{"a"});
}

TEST_CASE_FIXTURE(fixture, "members: a peer that calls is there until it is silent") {
  const hello from{
      {cluster_protocol, "c", 3, "1.0"}, "other:7100", caf::actor_cast<caf::strong_actor_ptr>(gateway_b)};
  caf::anon_send(everybody, from);
  run();
  CHECK(live() == names{"c"});
  advance(silence / 2);
  caf::anon_send(everybody, from);
  run();
  advance(silence / 2);
  CHECK(live() == names{"c"});
  advance(silence / 2);
  CHECK(live().empty());
  CHECK(received->absent == names{"c", "host:7100"});
  caf::anon_send(everybody, from);
  run();
  CHECK(live() == names{"c"});
}

TEST_CASE_FIXTURE(fixture, "members: a caller that dies is gone at once") {
  CHECK(ask<node_identity>(everybody, hello{{cluster_protocol, "c", 3, "1.0"},
                                            "other:7100",
                                            caf::actor_cast<caf::strong_actor_ptr>(gateway_b)}) == own);
  CHECK(live() == names{"c"});
  stop(gateway_b);
  CHECK(live().empty());
  CHECK(received->absent == names{"c", "host:7100"});
}

TEST_CASE_FIXTURE(fixture, "members: who is not listed, or is called from here, is refused") {
  const auto refusal_of = [&](const std::string& address) {
    auto pending = self->request(
        everybody, caf::infinite,
        hello{{cluster_protocol, "d", 4, "1.0"}, address, caf::actor_cast<caf::strong_actor_ptr>(gateway_b)});
    run();
    caf::error why;
    pending.receive([](const node_identity&) {}, [&](const caf::error& refusal) { why = refusal; });
    return why;
  };
  CHECK(refusal_of("new:7100") == ec::unknown_peer);
  CHECK(refusal_of("host:7100") == ec::unknown_peer);
  CHECK(live().empty());
  CHECK(received->absent == names{"host:7100", "other:7100"});
}

TEST_CASE_FIXTURE(fixture, "members: a caller of another protocol or with this node's name is no peer") {
  hello from{
      {cluster_protocol + 1, "c", 3, "1.0"}, "other:7100", caf::actor_cast<caf::strong_actor_ptr>(gateway_b)};
  caf::anon_send(everybody, from);
  from.identity = {cluster_protocol, "a", 5, "1.0"};
  caf::anon_send(everybody, from);
  run();
  CHECK(live().empty());
}

} // namespace peer_link_test
