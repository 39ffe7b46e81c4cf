// PARSER: turns each frame into a batch, which holds its records and their partial rollup.
#pragma once

#include "actors/box.hpp"
#include "messages/interfaces.hpp"
#include "messages/rollup/builder.hpp"

namespace parseflow::actors {

/// Parses a frame into a batch without a sequence, for all sinks.
/// @param is_kept_raw Keeps the bytes as one malformed line.
std::shared_ptr<batch> parsed(frame_ptr content, bool is_kept_raw, rollup::builder& counts);

/// Spawn cooperatively, one per core: it only computes.
class parser : public box_state<parser_actor> {
public:
  static constexpr const char* box_name = "parser";

  /// @param countries Called from this actor only; may be empty.
  parser(self_pointer self, router_actor router, rollup::limits bounds, rollup::country_lookup countries);

  behavior_type make_behavior();

private:
  batch_ptr parse(const parse_job& job, parse_receipt& receipt);

  router_actor router_;
  rollup::builder builder_;
};

} // namespace parseflow::actors
