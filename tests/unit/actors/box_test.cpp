// A box leaves nothing behind when it ends.
#include <doctest/doctest.h>

#include "actors/box.hpp"
#include "messages/interfaces.hpp"
#include "tests/support/still_system.hpp"

namespace box_test {

using namespace parseflow;
using namespace parseflow::actors;
using namespace parseflow::test;

namespace {

class mute_source : public receiver_source_actor::base {
public:
  explicit mute_source(caf::actor_config& config) : receiver_source_actor::base(config) {}

protected:
  behavior_type make_behavior() override {
    return {[this](status_atom) -> caf::result<receiver_status> {
      return make_response_promise<receiver_status>(); // never kept
    }};
  }
};

// Passes its question on. While the answer is under way, the actor and its promise refer to each other.
class asking : public box_state<receiver_source_actor> {
public:
  static constexpr const char* box_name = "asking";

  asking(self_pointer self, receiver_source_actor source, std::shared_ptr<int> held,
         std::shared_ptr<bool> said_farewell)
      : box_state(self), source_(std::move(source)), held_(std::move(held)),
        said_farewell_(std::move(said_farewell)) {}

  behavior_type make_behavior() {
    return {[this](status_atom) -> caf::result<receiver_status> {
      auto promise = self_->make_response_promise<receiver_status>();
      self_->request(source_, caf::infinite, status_atom_v)
          .then([promise, held = held_](const receiver_status& status) mutable { promise.deliver(status); },
                [](const caf::error&) {});
      return promise;
    }};
  }

  void on_exit() { *said_farewell_ = held_ != nullptr; }

private:
  receiver_source_actor source_;
  std::shared_ptr<int> held_;
  std::shared_ptr<bool> said_farewell_;
};

} // namespace

TEST_CASE_FIXTURE(still_system, "box: lets go of its state and of questions under way when it ends") {
  auto held = std::make_shared<int>();
  const auto said_farewell = std::make_shared<bool>(false);
  auto source = system.spawn<mute_source>();
  auto box = system.spawn<boxed<asking>>(source, held, said_farewell);
  [[maybe_unused]] const auto pending = self->request(box, caf::infinite, status_atom_v);
  run();
  CHECK(held.use_count() == 3); // the state, the question, this test
  CHECK_FALSE(*said_farewell);
  stop(box);
  CHECK(*said_farewell);
  CHECK(held.use_count() == 1);
  stop(source);
}

TEST_CASE_FIXTURE(still_system, "box: is called by its name") {
  auto box = system.spawn<boxed<asking>>(receiver_source_actor{}, nullptr, std::make_shared<bool>());
  const auto& actor = dynamic_cast<const caf::local_actor&>(*caf::actor_cast<caf::abstract_actor*>(box));
  CHECK(std::string_view{actor.name()} == "asking");
  stop(box);
}

} // namespace box_test
