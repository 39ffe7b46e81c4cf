// The base of all boxes: an actor around one state object, which it destroys when it ends.
#pragma once

#include <memory>
#include <utility>

#include <caf/all.hpp>

namespace parseflow::actors {

/// The state of a box and its message handlers: `class router : public box_state<router_actor>`. Such a class
/// has a `box_name` for the log and a `make_behavior()` whose handlers stand in the order of the interface.
/// It may have an `on_exit()` for work that must be done when the box ends; the destructor does not suffice
/// for that. Handlers capture `this` and nothing on their caller's stack.
template <class Handle>
class box_state {
public:
  using handle = Handle;
  using behavior_type = typename Handle::behavior_type;
  using self_pointer = typename Handle::pointer;

  explicit box_state(self_pointer self) : self_(self) {}
  box_state(const box_state&) = delete;
  box_state& operator=(const box_state&) = delete;

protected:
  ~box_state() = default;

  /// The actor that sends, asks and answers. Outlives the state.
  self_pointer self_;
};

/// The actor: `spawn<boxed<router>>(…)`. It makes the state before the first message and destroys it after
/// the last. Boxes hold each other's handles, and a handler that waits for an answer may hold a promise and
/// through it its own actor. All of that is released when the box ends, so every actor is freed.
template <class State>
class boxed final : public State::handle::base {
public:
  template <class... Arguments>
  explicit boxed(caf::actor_config& config, Arguments&&... arguments)
      : State::handle::base(config),
        state_(std::make_unique<State>(this, std::forward<Arguments>(arguments)...)) {}

  const char* name() const override { return State::box_name; }

  void on_exit() override {
    if constexpr (requires { state_->on_exit(); })
      state_->on_exit();
    // A protected member of CAF 0.17.6 (see cmake/TestedVersions.cmake), which itself drops the handlers of
    // pending requests only with the actor. Without it, no handler could hold a promise: promises would have
    // to be members of the state, which it looks up when the answer comes.
    this->multiplexed_responses_.clear();
    state_.reset();
  }

protected:
  typename State::behavior_type make_behavior() override { return state_->make_behavior(); }

private:
  std::unique_ptr<State> state_;
};

} // namespace parseflow::actors
