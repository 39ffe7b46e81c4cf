#include "db/sqlite/recall.hpp"

#include <fmt/format.h>

#include "db/stored_text.hpp"

namespace parseflow::db {

void sqlite_recall::read_rollups(const node_filter& stored_nodes, const rollup_taker& take) {
  auto query =
      db_.prepare(fmt::format("SELECT minute, app, data, node FROM rollup WHERE node {} IN ({}) "
                              "ORDER BY minute, app, node",
                              stored_nodes.is_except ? "NOT" : "", parameters(stored_nodes.names.size())));
  for (const std::string& name : stored_nodes.names)
    query.text_not_null(name);
  while (query.step())
    take(minute_of(query.column_time(0)), query.column_bytes(1), query.column_bytes(2),
         query.column_bytes(3));
}

void sqlite_recall::find_frames(std::span<const frame_key> keys,
                                const std::function<void(const frame_key&)>& take) {
  auto query = db_.prepare("SELECT 1 FROM frame JOIN drain ON drain.id = drain_id "
                           "WHERE token = ? AND frame.id = ?");
  for (const frame_key& key : keys) {
    const std::string token = stored_name(key.drain), id = stored_name(key.id); // bound, not copied
    query.text_not_null(token);
    query.text_not_null(id);
    if (query.step())
      take(key);
    query.reset();
  }
}

} // namespace parseflow::db
