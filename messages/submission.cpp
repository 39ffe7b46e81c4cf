#include "messages/submission.hpp"

#include <algorithm>

namespace parseflow {

void settled_verdicts::give(const verdict_slot& slot, verdict given) {
  if (slot.take_)
    return slot.take_(given);
  if (!slot.sink_)
    return;
  auto sink = std::find_if(sinks_.begin(), sinks_.end(),
                           [&](const auto& known) { return known.first == slot.sink_; });
  if (sink == sinks_.end())
    sink = sinks_.insert(sinks_.end(), {slot.sink_, {}});
  sink->second.all.push_back({slot.request_, given});
}

} // namespace parseflow
