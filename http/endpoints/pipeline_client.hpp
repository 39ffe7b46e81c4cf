// Questions from a server thread to the boxes, several at once, each with a time limit.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include "messages/interfaces.hpp"
#include "messages/series.hpp"

namespace parseflow::http {

/// What the three boxes said, each nothing if it did not answer in time.
struct overview {
  snapshot_ptr metrics;
  std::optional<receiver_status> receiver;
  /// As last told: the DB writer does not answer while its database makes it wait. Nothing before the first.
  std::optional<writer_status> writer;
};

/// The same with the totals of every app.
struct totals_overview {
  totals_ptr totals;
  std::optional<receiver_status> receiver;
  std::optional<writer_status> writer;
};

/// The boxes as the server's threads see them. Any thread may call; calls block.
class box_questions {
public:
  /// How long the answers to questions about counts, and the receiver, may take.
  static constexpr std::chrono::milliseconds patience{1000};
  /// The writer's part of it.
  static constexpr std::chrono::milliseconds writer_patience{100};
  /// The receiver's, where nothing else is asked.
  static constexpr std::chrono::milliseconds status_patience{250};

  box_questions(caf::actor_system& system, pipeline_handles boxes)
      : system_(system), boxes_(std::move(boxes)) {}

  /// Asks all three boxes at the same time.
  overview ask_all(const metrics_query& question);
  totals_overview ask_all(const totals_query& question);

  /// Asks the aggregator for the sums, and makes the series of them. Errors: ec::unknown_metric,
  /// caf::sec::request_timeout.
  caf::expected<series> ask_series(const series_query& question);

  /// Asks the receiver alone. Nothing if it does not answer in time.
  std::optional<receiver_status> ask_receiver();

  const entry_actor& entry() const { return boxes_.entry; }

private:
  template <class Counted, class Question>
  void ask(const Question& question, Counted& counted, std::optional<receiver_status>& receiver,
           std::optional<writer_status>& writer);

  caf::actor_system& system_;
  pipeline_handles boxes_;
  std::mutex mutex_;
  std::optional<writer_status> last_writer_; // guarded by mutex_
};

} // namespace parseflow::http
