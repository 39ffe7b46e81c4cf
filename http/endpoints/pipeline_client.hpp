// Asks the boxes from a server thread, several at once, each with a time limit: see answer_timeouts.hpp.
#pragma once

#include <optional>
#include <vector>

#include "messages/interfaces.hpp"
#include "messages/series.hpp"

namespace parseflow::http {

/// The answers of the boxes; each is empty if the box did not answer in time.
struct overview {
  snapshot_ptr metrics;
  alert_report_ptr alerts;
  std::optional<receiver_status> receiver;
  /// All zero without a cluster.
  std::optional<forwarding_status> forwarding;
  /// All zero if no box keeps lines.
  std::optional<tail_status> tails;
};

/// Like `overview`, with the totals of every app.
struct totals_overview {
  totals_ptr totals;
  alert_report_ptr alerts;
  std::optional<receiver_status> receiver;
  std::optional<forwarding_status> forwarding;
  std::optional<tail_status> tails;
};

/// The boxes, as seen by the server's threads. Any thread may call; calls block.
class pipeline_client {
public:
  pipeline_client(caf::actor_system& system, pipeline_handles boxes)
      : system_(system), boxes_(std::move(boxes)) {}

  /// Asks all boxes at the same time.
  overview ask_all(const metrics_query& question);
  /// The alerts are this node's, as the totals are.
  totals_overview ask_all(const totals_query& question);

  /// Asks only this node's boxes: a probe must not ask all nodes.
  overview ask_ready();

  /// Asks for the sums, and makes the series from them. Errors:
  /// ec::unknown_metric, caf::sec::request_timeout.
  caf::expected<std::vector<series>> ask_series(const series_query& question);

  /// Asks the registrar, which changes the registry or reports of it. Errors: ec::refused, ec::store_away,
  /// caf::sec::request_timeout; ec::store_away without a registrar.
  caf::expected<issued_password> ask(const drain_wish& wish);
  caf::expected<issued_password> ask(const drain_rotation& wish);
  caf::expected<registered_drain> ask(const drain_removal& wish);
  caf::expected<drain_reports_ptr> ask(const drains_query& question);
  caf::expected<issued_key> ask(const key_wish& wish);
  caf::expected<registered_key> ask(const key_removal& wish);
  caf::expected<key_list> ask(const keys_query& question);
  /// Ends all sessions.
  caf::expected<bool> ask(sign_out_atom wish);

  /// True if lines can be followed.
  bool has_tails() const { return static_cast<bool>(boxes_.tails); }
  /// Has a reader's stream begin. Does not block.
  void begin_tail(tail_wish wish);

  /// Asks only the receiver. Empty if it does not answer in time.
  std::optional<receiver_status> ask_receiver();

  const entry_actor& entry() const { return boxes_.entry; }

private:
  template <class Answer, class Question>
  caf::expected<Answer> ask_registrar(const Question& question);
  template <class Overview, class Counted, class Question>
  Overview ask(const Question& question, Counted Overview::*counted, const alerts_query& alerts);

  caf::actor_system& system_;
  pipeline_handles boxes_;
};

} // namespace parseflow::http
