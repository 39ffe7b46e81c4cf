#include "db/postgres/write.hpp"

#include <span>

#include <fmt/format.h>

#include "db/postgres/rejected.hpp"
#include "db/postgres/values.hpp"

namespace parseflow::db {

namespace {

struct frame_columns {
  template <class Frames>
  explicit frame_columns(const Frames& frames) {
    for (const auto& [key, rows] : frames) {
      drains.add(fmt::format_int(key.first).c_str());
      ids.add(key.second);
      times.add(rows.front()->received_at);
    }
  }
  array_literal drains, ids, times;
};

} // namespace

std::vector<const frame_row*> postgres_write::add_frames(const std::vector<frame_row>& rows,
                                                         write_result& before) {
  frames_by_key frames;
  for (const frame_row& row : rows)
    frames[{row.drain_id, row.id}].push_back(&row);
  std::vector<const frame_row*> added;
  if (!frames.empty())
    insert_frames(frames, added, before);
  if (!frames.empty())
    find_frames(frames, before);
  return added;
}

// Removes the frames that it inserts from `frames`, so that those that were stored before are left.
void postgres_write::insert_frames(frames_by_key& frames, std::vector<const frame_row*>& added,
                                   write_result& before) {
  const frame_columns asked(frames);
  for (const pqxx::row& stored : transaction_.exec_params(
           "INSERT INTO frame (drain_id, id, received_at, node) SELECT drain_id, id, at, $4::text "
           "FROM unnest($1::integer[], $2::text[], $3::timestamptz[]) AS asked (drain_id, id, at) "
           "ON CONFLICT DO NOTHING RETURNING drain_id, id",
           asked.drains.text(), asked.ids.text(), asked.times.text(), node_)) {
    const auto frame = frames.find({stored[0].as<std::int32_t>(), stored[1].c_str()});
    added.push_back(frame->second.front());
    for (const frame_row* again : std::span{frame->second}.subspan(1))
      before.stored_here.push_back(again->source);
    frames.erase(frame);
  }
}

// Finds out which node stored the frames that were stored before.
void postgres_write::find_frames(const frames_by_key& frames, write_result& before) {
  const frame_columns asked(frames);
  for (const pqxx::row& stored : transaction_.exec_params(
           "SELECT drain_id, id, coalesce(node <> $3, false) FROM frame "
           "JOIN unnest($1::integer[], $2::text[]) AS asked (drain_id, id) USING (drain_id, id)",
           asked.drains.text(), asked.ids.text(), node_))
    for (const frame_row* row : frames.at({stored[0].as<std::int32_t>(), stored[1].c_str()}))
      (stored[2].as<bool>() ? before.stored_elsewhere : before.stored_here).push_back(row->source);
}

void postgres_write::end_rows() {
  if (copy_)
    copy_->finish();
  copy_.reset();
}

void postgres_write::forget_rejected(const std::vector<frame_row>& rows) {
  db::forget_rejected(transaction_, rows);
}

} // namespace parseflow::db
