// A peer that does what the test sets.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/cluster/interfaces.hpp"

namespace parseflow::test {

/// What the peer does, and what it received. Shared by test and actor.
struct gateway_script {
  node_identity identity;
  /// Nothing: the peer does not answer.
  std::optional<verdict> on_frame = verdict::stored;
  std::vector<std::string> frames; // ids
  /// Null: the question fails.
  snapshot_ptr metrics;
  watched_counts_ptr watched = std::make_shared<const watched_counts>();
  /// Null: the question fails.
  alert_report_ptr alerts = std::make_shared<const alert_report>();
  bool answers_questions = true;
  bool gives_signs = true;
  std::vector<std::string> leaving; // names
};

class stub_peer_gateway : public peer_gateway_actor::base {
public:
  stub_peer_gateway(caf::actor_config& config, std::shared_ptr<gateway_script> script)
      : peer_gateway_actor::base(config), script_(std::move(script)) {}

  void on_exit() override { kept_.clear(); }

protected:
  behavior_type make_behavior() override {
    return {
        [](const peer_tail&) { return false; },
        [](const peer_lines&) {},
        [](const peer_lines_taken&) {},
        [this](const hello&) -> caf::result<node_identity> {
          if (script_->gives_signs)
            return script_->identity;
          return make_response_promise<node_identity>();
        },
        [this](const over_wire<frame>& arrival) -> caf::result<verdict> {
          script_->frames.push_back(arrival.value->key.id);
          if (script_->on_frame)
            return *script_->on_frame;
          kept_.push_back(make_response_promise<verdict>());
          return kept_.back();
        },
        [this](const metrics_query&) -> caf::result<over_wire<metrics_snapshot>> {
          if (!script_->answers_questions)
            return make_response_promise<over_wire<metrics_snapshot>>();
          if (!script_->metrics)
            return make_error(ec::not_ready);
          return over_wire<metrics_snapshot>{script_->metrics};
        },
        [](const series_query&) { return over_wire<series_sums>{std::make_shared<series_sums>()}; },
        [this](const watch_query&) -> caf::result<over_wire<watched_counts>> {
          if (!script_->watched)
            return make_error(ec::not_ready);
          return over_wire<watched_counts>{script_->watched};
        },
        [this](const alerts_query&) -> caf::result<over_wire<alert_report>> {
          if (!script_->alerts)
            return make_error(ec::not_ready);
          return over_wire<alert_report>{script_->alerts};
        },
        [this](leave_atom, const node_identity& who) {
          script_->leaving.push_back(who.node);
          return true;
        },
    };
  }

private:
  std::shared_ptr<gateway_script> script_;
  std::vector<caf::typed_response_promise<verdict>> kept_;
};

} // namespace parseflow::test
