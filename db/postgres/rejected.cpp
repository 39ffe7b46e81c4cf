#include "db/postgres/rejected.hpp"

#include "db/postgres/values.hpp"
#include "db/stored_text.hpp"

namespace parseflow::db {

void add_rejected(postgres_session& session, const rejected_row& row) {
  postgres_transaction transaction(session);
  transaction.exec_params("INSERT INTO rejected_frame (drain, frame_id, app, structured_data, received_at, "
                          "reason, body) VALUES ($1, $2, $3, $4, $5::timestamptz, $6, $7) "
                          "ON CONFLICT DO NOTHING",
                          row.drain, row.frame_id, row.app, row.has_structured_data,
                          timestamptz_text(row.received_at), row.reason, binary(row.body));
  transaction.commit();
}

void read_rejected_groups(postgres_session& session, const std::function<void(rejected_group)>& take) {
  postgres_transaction transaction(session, access::read);
  for (const pqxx::row& row : transaction.exec(
           "SELECT app, reason, count(*), (extract(epoch FROM min(received_at)) * 1000000)::bigint, "
           "(extract(epoch FROM max(received_at)) * 1000000)::bigint FROM rejected_frame "
           "GROUP BY app, reason ORDER BY count(*) DESC, app COLLATE \"C\", reason COLLATE \"C\""))
    take({original_name(row[0].c_str()), row[1].c_str(), row[2].as<std::uint64_t>(), time_in(row[3]),
          time_in(row[4])});
}

void read_rejected_frames(postgres_session& session, std::int64_t after,
                          const std::function<void(rejected_frame)>& take) {
  postgres_transaction transaction(session, access::read);
  for (const pqxx::row& row : transaction.exec_params(
           "SELECT id, drain, frame_id, app, structured_data, (extract(epoch FROM received_at) * "
           "1000000)::bigint, body FROM rejected_frame WHERE id > $1 ORDER BY id LIMIT $2",
           after, rejected_rows_at_once))
    take(frame_of(row[0].as<std::int64_t>(), {row[1].c_str(),
                                              row[2].c_str(),
                                              row[3].c_str(),
                                              row[4].as<bool>(),
                                              time_in(row[5]),
                                              {},
                                              bytes_of(row[6])}));
}

void forget_rejected(postgres_transaction& transaction, const std::vector<frame_row>& stored) {
  array_literal drains, ids;
  for (const frame_row& row : stored) {
    drains.add(row.drain);
    ids.add(row.id);
  }
  transaction.exec_params(
      "DELETE FROM rejected_frame USING unnest($1::text[], $2::text[]) AS asked (drain, id) "
      "WHERE rejected_frame.drain = asked.drain AND frame_id = asked.id",
      drains.text(), ids.text());
}

} // namespace parseflow::db
