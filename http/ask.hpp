// Questions from a server thread to boxes.
#pragma once

#include <chrono>
#include <optional>
#include <utility>

#include <caf/all.hpp>

namespace parseflow::http {

/// Questions that one request asks: send them all first, then wait for the answers, so that their times do
/// not add up.
class questions {
public:
  /// No box may keep a request longer than this.
  static constexpr std::chrono::seconds timeout{2};

  explicit questions(caf::actor_system& system) : self_(system) {}

  /// Sends a question; `receive` gets its answer.
  template <class Box, class... Question>
  auto send(const Box& box, Question&&... question) {
    return self_->request(box, timeout, std::forward<Question>(question)...);
  }

  /// The answer; nothing if there is none in time or the box answers an error, which goes to `problem` if
  /// given.
  template <class Answer, class Pending>
  std::optional<Answer> receive(Pending& pending, caf::error* problem = nullptr) {
    std::optional<Answer> result;
    pending.receive([&](Answer& answer) { result = std::move(answer); },
                    [&](caf::error& e) {
                      if (problem != nullptr)
                        *problem = std::move(e);
                    });
    return result;
  }

private:
  caf::scoped_actor self_;
};

} // namespace parseflow::http
