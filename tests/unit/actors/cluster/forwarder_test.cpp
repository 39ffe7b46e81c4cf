// Where frames go, also when that fails. There are two peers, b and c; the time is virtual.
#include <doctest/doctest.h>

#include "actors/cluster/forwarder.hpp"
#include "messages/cluster/rendezvous.hpp"
#include "tests/support/still_system.hpp"
#include "tests/unit/actors/cluster/stub_peer_gateway.hpp"
#include "tests/unit/actors/samples.hpp"

namespace forwarder_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;
using namespace std::chrono_literals;

namespace {

constexpr auto hold = 4000ms;

class stub_entry : public entry_actor::base {
public:
  stub_entry(caf::actor_config& config, std::shared_ptr<std::vector<std::string>> taken)
      : entry_actor::base(config), taken_(std::move(taken)) {}

protected:
  behavior_type make_behavior() override {
    return {
        [this](const submissions& arrivals) {
          for (const auto& one : arrivals.all) {
            taken_->push_back(one.content->key.id);
            settled_.give(one.answer, verdict::stored);
          }
        },
    };
  }

private:
  std::shared_ptr<std::vector<std::string>> taken_;
  settled_verdicts settled_;
};

struct fixture : still_system {
  std::shared_ptr<std::vector<std::string>> own = std::make_shared<std::vector<std::string>>();
  std::shared_ptr<gateway_script> b = std::make_shared<gateway_script>(),
                                  c = std::make_shared<gateway_script>();
  entry_actor entry = system.spawn<stub_entry>(own);
  peer_gateway_actor gateway_b = system.spawn<stub_peer_gateway>(b),
                     gateway_c = system.spawn<stub_peer_gateway>(c);
  cluster_settings settings;
  forwarder_actor box;

  explicit fixture(std::uint64_t budget = 1000) {
    settings.forward_budget_bytes = budget;
    box = system.spawn<boxed<forwarder>>("a", entry, hold, settings, [] { return refused_callers{3, 2, 1}; });
    announce({"b", "c"});
  }
  ~fixture() { stop(box, entry, gateway_b, gateway_c); }

  void announce(const std::vector<std::string>& live) {
    membership now;
    for (const auto& name : live)
      now.live.push_back({node_identity{cluster_protocol, name, name == "b" ? 2U : 3U, "1"},
                          name == "b" ? gateway_b : gateway_c, false});
    caf::anon_send(box, now);
    run();
  }

  // An id whose nodes have this order.
  static std::string id_for(std::string_view order, int which = 0) {
    for (int i = 0;; ++i) {
      const auto id = std::to_string(i);
      const auto digest = digest_of(some_frame(id)->key);
      const auto score = [&](char node) {
        return rendezvous_score(digest, rendezvous_seed(std::string_view{&node, 1}));
      };
      bool fits = true;
      for (std::size_t n = 1; n < order.size(); ++n)
        fits = fits && score(order[n - 1]) > score(order[n]);
      if (fits && which-- == 0)
        return id;
    }
  }

  void post(waiting_request& request) {
    caf::anon_send(box, request.group());
    run();
  }

  forwarding_status status() { return ask<forwarding_status>(box, status_atom_v); }
};

struct tight_fixture : fixture {
  tight_fixture() : fixture(150) {}
};

} // namespace

TEST_CASE_FIXTURE(fixture, "forwarder: a frame goes to its owner, and one without an id stays") {
  waiting_request at_a{some_frame(id_for("abc"))}, at_b{some_frame(id_for("bca"))},
      at_c{some_frame(id_for("cab"))}, unnamed{some_frame("unnamed-" + id_for("bca"))};
  for (auto* request : {&at_a, &at_b, &at_c, &unnamed})
    post(*request);
  CHECK(*own == std::vector<std::string>{id_for("abc"), "unnamed-" + id_for("bca")});
  CHECK(b->frames == std::vector<std::string>{id_for("bca")});
  CHECK(c->frames == std::vector<std::string>{id_for("cab")});
  for (auto* request : {&at_a, &at_b, &at_c, &unnamed})
    CHECK(request->answer.get() == verdict::stored);
  CHECK(status().frames == 2);
  CHECK(status().failed_over == 0);
  CHECK(status().refused.by_limit == 3);
}

TEST_CASE_FIXTURE(fixture, "forwarder: what the owner has already is a duplicate") {
  b->on_frame = verdict::duplicate;
  waiting_request again{some_frame(id_for("bca"))};
  post(again);
  CHECK(again.answer.get() == verdict::duplicate);
}

TEST_CASE_FIXTURE(fixture, "forwarder: a silent owner is passed over after a third of the hold") {
  b->on_frame.reset();
  waiting_request first{some_frame(id_for("bca"))}, second{some_frame(id_for("bca", 1))};
  post(first);
  advance(hold / 3 - 1ms);
  CHECK(c->frames.empty());
  CHECK_FALSE(first.is_answered());
  advance(1ms);
  CHECK(c->frames.size() == 1);
  CHECK(first.answer.get() == verdict::stored);
  // The next frame does not wait for that peer at all.
  post(second);
  CHECK(b->frames.size() == 1);
  CHECK(second.answer.get() == verdict::stored);
  // After a while the peer gets another chance.
  b->on_frame = verdict::stored;
  advance(settings.peer_timeout);
  waiting_request third{some_frame(id_for("bca", 2))};
  post(third);
  CHECK(b->frames.size() == 2);
}

TEST_CASE_FIXTURE(fixture, "forwarder: when all peers are silent this node takes the frame within the hold") {
  b->on_frame.reset();
  c->on_frame.reset();
  waiting_request r{some_frame(id_for("bca"))};
  post(r);
  advance(hold / 3);
  advance(hold / 3);
  CHECK(*own == std::vector<std::string>{id_for("bca")});
  CHECK(r.answer.get() == verdict::stored);
  CHECK(status().failed_over == 2);
}

TEST_CASE_FIXTURE(fixture, "forwarder: frames at a peer that goes down move on at once") {
  b->on_frame.reset();
  waiting_request r{some_frame(id_for("bca"))};
  post(r);
  announce({"c"});
  CHECK(c->frames.size() == 1);
  CHECK(r.answer.get() == verdict::stored);
}

TEST_CASE_FIXTURE(fixture, "forwarder: a peer without room, or that stops, is passed over") {
  b->on_frame = verdict::overloaded;
  c->on_frame = verdict::stopping;
  waiting_request r{some_frame(id_for("bca"))}, next{some_frame(id_for("cab"))};
  post(r);
  CHECK(r.answer.get() == verdict::stored);
  CHECK(own->size() == 1);
  post(next); // c has said that it is stopping
  CHECK(c->frames.size() == 1);
  // b gets no frames for half a second.
  waiting_request second{some_frame(id_for("bca", 1))}, third{some_frame(id_for("bca", 2))};
  post(second);
  CHECK(b->frames.size() == 1);
  CHECK(second.answer.get() == verdict::stored);
  b->on_frame = verdict::stored;
  advance(500ms);
  post(third);
  CHECK(b->frames.size() == 2);
}

TEST_CASE_FIXTURE(tight_fixture, "forwarder: beyond the budget of a peer frames wait, and not for ever") {
  b->on_frame.reset();
  waiting_request first{some_frame(id_for("bca", 0), 100)}, second{some_frame(id_for("bca", 1), 100)};
  post(first);
  post(second);
  CHECK(b->frames.size() == 1);
  CHECK(status().waiting == 2);
  advance(hold / 3 + 100ms);
  CHECK(b->frames.size() == 1);
  CHECK(c->frames.size() == 2);
  CHECK(second.answer.get() == verdict::stored);
}

} // namespace forwarder_test
