// Which batches of a group each sink gets.
#include <memory>
#include <vector>

#include <doctest/doctest.h>

#include "actors/router.hpp"
#include "tests/support/still_system.hpp"
#include "tests/unit/actors/samples.hpp"

namespace router_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;

namespace {

// The sequences of each message that a sink got.
using messages = std::vector<std::vector<std::uint64_t>>;

class stub_sink : public sink_actor::base {
public:
  stub_sink(caf::actor_config& config, std::shared_ptr<messages> got)
      : sink_actor::base(config), got_(std::move(got)) {}

protected:
  behavior_type make_behavior() override {
    return {[this](const batch_group& next) {
      got_->emplace_back();
      for (const auto& one : next.all)
        got_->back().push_back(one->sequence);
    }};
  }

private:
  std::shared_ptr<messages> got_;
};

struct fixture : still_system {
  std::shared_ptr<messages> metrics = std::make_shared<messages>();
  std::shared_ptr<messages> database = std::make_shared<messages>();
  router_actor box = system.spawn<boxed<router>>();

  fixture() {
    caf::anon_send(box, add_sink_atom_v, delivery::metrics, sink_actor{system.spawn<stub_sink>(metrics)});
    caf::anon_send(box, add_sink_atom_v, delivery::database, sink_actor{system.spawn<stub_sink>(database)});
    run();
  }
  ~fixture() { stop(box); }

  // Sends a group with a batch of each delivery; the sequences count from 1.
  void send(const std::vector<delivery>& deliveries) {
    batch_group group;
    for (const auto deliver_to : deliveries) {
      auto one = std::make_shared<batch>();
      one->sequence = group.all.size() + 1;
      one->deliver_to = deliver_to;
      group.all.push_back(std::move(one));
    }
    caf::anon_send(box, std::move(group));
    run();
  }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "router: a group is one message to each sink") {
  send({delivery::all, delivery::all, delivery::all});
  CHECK(*metrics == messages{{1, 2, 3}});
  CHECK(*database == messages{{1, 2, 3}});
}

TEST_CASE_FIXTURE(fixture, "router: a sink gets the batches that are for it, in their order") {
  send({delivery::metrics, delivery::all, delivery::database, delivery::all});
  CHECK(*metrics == messages{{1, 2, 4}});
  CHECK(*database == messages{{2, 3, 4}});
}

TEST_CASE_FIXTURE(fixture, "router: a sink gets no message without batches") {
  send({delivery::database});
  CHECK(metrics->empty());
  CHECK(*database == messages{{1}});
}

} // namespace router_test
