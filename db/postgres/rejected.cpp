// The table of frames that the database refused, in PostgreSQL.
#include "db/postgres/rejected.hpp"

#include "db/postgres/array.hpp"
#include "db/postgres/partitions.hpp"
#include "db/row_mapping.hpp"
#include "db/stored_text.hpp"

namespace parseflow::db {

namespace {

timestamp micros(const pqxx::field& field) {
  return timestamp{std::chrono::microseconds{field.as<std::int64_t>()}};
}

} // namespace

void add_rejected(postgres_session& session, const frame& refused, std::string_view reason) {
  std::string why;
  make_storable(reason, why);
  postgres_transaction transaction(session);
  transaction.exec_params("INSERT INTO rejected_frame (drain, frame_id, app, structured_data, received_at, "
                          "reason, body) VALUES ($1, $2, $3, $4, $5::timestamptz, $6, $7) "
                          "ON CONFLICT DO NOTHING",
                          stored_name(refused.key.drain), stored_name(refused.key.id),
                          stored_name(refused.app), refused.mode == structured_data::present,
                          timestamptz_text(storable_time(refused.received_at)), why, binary(refused.body));
  transaction.commit();
}

void read_rejected_groups(postgres_session& session, const std::function<void(rejected_group)>& take) {
  postgres_transaction transaction(session, access::read);
  for (const pqxx::row& row : transaction.exec(
           "SELECT app, reason, count(*), (extract(epoch FROM min(received_at)) * 1000000)::bigint, "
           "(extract(epoch FROM max(received_at)) * 1000000)::bigint FROM rejected_frame "
           "GROUP BY app, reason ORDER BY count(*) DESC, app COLLATE \"C\", reason COLLATE \"C\""))
    take({original_name(row[0].c_str()), row[1].c_str(), row[2].as<std::uint64_t>(), micros(row[3]),
          micros(row[4])});
}

void read_rejected_frames(postgres_session& session, std::int64_t after,
                          const std::function<void(rejected_frame)>& take) {
  postgres_transaction transaction(session, access::read);
  for (const pqxx::row& row :
       transaction.exec_params("SELECT id, drain, frame_id, app, structured_data, (extract(epoch FROM "
                               "received_at) * 1000000)::bigint, "
                               "body FROM rejected_frame WHERE id > $1 ORDER BY id LIMIT 10",
                               after)) {
    auto kept = std::make_shared<frame>();
    kept->key = {original_name(row[1].c_str()), original_name(row[2].c_str())};
    kept->app = original_name(row[3].c_str());
    kept->mode = row[4].as<bool>() ? structured_data::present : structured_data::absent;
    kept->received_at = micros(row[5]);
    kept->body = bytes_of(row[6]);
    take({row[0].as<std::int64_t>(), std::move(kept)});
  }
}

void forget_rejected(postgres_transaction& transaction, const std::vector<frame_row>& stored) {
  std::string drains, ids;
  for (const frame_row& row : stored) {
    append_element(drains, row.drain);
    append_element(ids, row.id);
  }
  transaction.exec_params(
      "DELETE FROM rejected_frame USING unnest($1::text[], $2::text[]) AS asked (drain, id) "
      "WHERE rejected_frame.drain = asked.drain AND frame_id = asked.id",
      closed(drains), closed(ids));
}

} // namespace parseflow::db
