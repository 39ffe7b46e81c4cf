#include "db/rejected_rows.hpp"

#include <memory>
#include <utility>

#include "db/row_mapping.hpp"
#include "db/stored_text.hpp"

namespace parseflow::db {

rejected_row row_of(const frame& refused, std::string_view reason) {
  rejected_row row{stored_name(refused.key.drain),
                   stored_name(refused.key.id),
                   stored_name(refused.app),
                   refused.mode == structured_data::present,
                   storable_time(refused.received_at),
                   {},
                   refused.body};
  make_storable(reason, row.reason);
  return row;
}

rejected_frame frame_of(std::int64_t number, rejected_row row) {
  auto kept = std::make_shared<frame>();
  kept->key = {original_name(row.drain), original_name(row.frame_id)};
  kept->app = original_name(row.app);
  kept->mode = row.has_structured_data ? structured_data::present : structured_data::absent;
  kept->received_at = row.received_at;
  kept->body = std::move(row.body);
  return {number, std::move(kept)};
}

} // namespace parseflow::db
