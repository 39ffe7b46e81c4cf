// The storage settings → the store that they name.
#include <string_view>

#include "db/postgres_store.hpp"
#include "db/sqlite_store.hpp"

namespace parseflow::db {

std::unique_ptr<store> make_store(const storage_settings& settings) {
  constexpr std::string_view sqlite = "sqlite:";
  const std::string& url = settings.url.reveal();
  if (url.empty())
    return make_sqlite_store({settings.directory + "/parseflow.db", settings.node, true});
  if (url.starts_with(sqlite))
    return make_sqlite_store({url.substr(sqlite.size()), settings.node});
  return make_postgres_store({url, settings.node, {}});
}

} // namespace parseflow::db
