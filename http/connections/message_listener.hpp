// Takes the messages of a box on that box's own thread.
#pragma once

#include <functional>
#include <utility>

#include <caf/actor_companion.hpp>
#include <caf/actor_system.hpp>

namespace parseflow::http {

/// An actor without a thread: a box of CAF's own would have its messages wait for one of CAF's threads first.
/// Only messages that are one `Message` are taken. `Handle` is the type by which boxes know it.
template <class Handle, class Message>
class message_listener {
public:
  message_listener() = default;
  /// Calls `stop`.
  ~message_listener() { stop(); }
  message_listener(const message_listener&) = delete;
  message_listener& operator=(const message_listener&) = delete;

  /// From now on calls `take` with each message, on the sender's thread. Call once.
  void listen(caf::actor_system& system, std::function<void(const caf::message&)> take) {
    const auto companion = system.spawn<caf::actor_companion>();
    caf::actor_cast<caf::actor_companion*>(companion)->on_enqueue(
        [take = std::move(take)](caf::mailbox_element_ptr element) {
          const auto content = element->move_content_to_message();
          if (content.match_elements<Message>())
            take(content);
        });
    handle_ = caf::actor_cast<Handle>(companion);
  }

  /// No call of `take` is under way afterwards, and none will come.
  void stop() {
    if (!handle_)
      return;
    auto* const companion = caf::actor_cast<caf::actor_companion*>(handle_);
    companion->on_enqueue({}); // returns when no call is under way
    companion->cleanup(caf::exit_reason::user_shutdown, nullptr);
    handle_ = nullptr;
  }

  /// Null before `listen` and after `stop`.
  const Handle& handle() const { return handle_; }

private:
  Handle handle_;
};

} // namespace parseflow::http
