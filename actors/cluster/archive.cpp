#include "actors/cluster/archive.hpp"

#include <map>

#include "messages/service_log.hpp"
#include "messages/system_time.hpp"

namespace parseflow::actors {

archive::archive(self_pointer self, std::unique_ptr<db::store> store)
    : box_state(self), store_(std::move(store)) {}

archive::behavior_type archive::make_behavior() {
  return {
      [this](archive_query& question) { return answer(question); },
  };
}

caf::result<archived_counts> archive::answer(archive_query& question) {
  const auto opened = store_->open();
  if (opened.code != db::outcome::done)
    return make_error(opened.code == db::outcome::rejected ? ec::store_unusable : ec::store_away,
                      opened.message);
  const auto now = system_time();
  std::map<std::string, std::shared_ptr<rollup::app_timelines>> by_node;
  const auto read =
      store_->rollups(db::node_filter::all_but(std::move(question.live)), [&](const stored_rollup& part) {
        auto& counts = by_node[part.node];
        if (!counts)
          counts = std::make_shared<rollup::app_timelines>();
        counts->restore(part.app, part.at, part.data, now);
      });
  if (read.code == db::outcome::rejected)
    log(log_level::error, box_name, "some minutes of other nodes are missing in the metrics",
        {{"problem", read.message}});
  else if (read.code != db::outcome::done)
    return make_error(ec::store_away, read.message);
  archived_counts found;
  for (auto& [node, counts] : by_node) {
    counts->age(minute_of(now));
    found.nodes.push_back({node, std::move(counts)});
  }
  return found;
}

} // namespace parseflow::actors
