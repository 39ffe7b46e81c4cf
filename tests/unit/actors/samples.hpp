// Small frames and batches for the tests of the boxes.
#pragma once

#include <future>
#include <memory>
#include <string>

#include "messages/batch.hpp"
#include "messages/submission.hpp"

namespace parseflow::test {

inline frame_ptr some_frame(std::string id, std::size_t bytes = 10, std::string drain = "d.1") {
  auto result = std::make_shared<frame>();
  result->key = {std::move(drain), std::move(id)};
  result->app = "shop";
  result->body.assign(bytes, 'x');
  return result;
}

/// A submission, and the future of its verdict.
struct waiting_request {
  explicit waiting_request(frame_ptr content)
      : message{std::move(content),
                verdict_slot{[promise = promise](verdict given) { promise->set_value(given); }}},
        answer(promise->get_future()) {}

  std::shared_ptr<std::promise<verdict>> promise = std::make_shared<std::promise<verdict>>();
  submission message;
  std::future<verdict> answer;

  /// The message that brings it to a box.
  submissions group() const { return {{message}}; }

  bool is_answered() const { return answer.wait_for(std::chrono::seconds{0}) == std::future_status::ready; }
};

/// A batch of one plain line.
inline batch_ptr some_batch(std::uint64_t sequence, std::string id, std::uint32_t lines = 1) {
  auto result = std::make_shared<batch>();
  result->sequence = sequence;
  result->origin = some_frame(std::move(id));
  result->records.framing.lines = lines;
  return result;
}

} // namespace parseflow::test
