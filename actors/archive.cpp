// One reading per question.
#include "actors/archive.hpp"

#include <map>

#include "messages/service_log.hpp"

namespace parseflow {

archive::archive(caf::actor_config& config, std::unique_ptr<db::store> store)
    : super(config), store_(std::move(store)) {}

archive::behavior_type archive::make_behavior() {
  return {
      [this](archive_query& question) { return answer(question); },
  };
}

caf::result<archived_rollups> archive::answer(archive_query& question) {
  const auto opened = store_->open();
  if (opened.code != db::outcome::done)
    return make_error(opened.code == db::outcome::rejected ? ec::store_unusable : ec::store_away,
                      opened.message);
  std::map<std::string, std::shared_ptr<std::vector<stored_rollup>>> by_node;
  const auto read =
      store_->rollups(db::node_filter::all_but(std::move(question.live)), [&](stored_rollup part) {
        auto& parts = by_node[part.node];
        if (!parts)
          parts = std::make_shared<std::vector<stored_rollup>>();
        parts->push_back(std::move(part));
      });
  if (read.code == db::outcome::rejected)
    log(log_level::error, name(), "some minutes of other nodes are missing in the metrics",
        {{"problem", read.message}});
  else if (read.code != db::outcome::done)
    return make_error(ec::store_away, read.message);
  archived_rollups found;
  for (auto& [node, parts] : by_node)
    found.nodes.push_back({node, std::move(parts)});
  return found;
}

} // namespace parseflow
