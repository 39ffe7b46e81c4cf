#include "tests/e2e/stored.hpp"

#include <stdexcept>

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>
#include <sqlite3.h>

namespace parseflow::e2e {

namespace {

std::vector<row> run_sqlite(const std::string& path, const std::string& query) {
  sqlite3* handle = nullptr;
  const int opened = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database{handle, sqlite3_close};
  sqlite3_stmt* prepared = nullptr;
  if (opened != SQLITE_OK || sqlite3_busy_timeout(handle, 10'000) != SQLITE_OK ||
      sqlite3_prepare_v2(handle, query.c_str(), -1, &prepared, nullptr) != SQLITE_OK)
    throw std::runtime_error(query + ": " + sqlite3_errmsg(handle));
  const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement{prepared, sqlite3_finalize};
  std::vector<row> result;
  while (sqlite3_step(prepared) == SQLITE_ROW) {
    auto& next = result.emplace_back();
    for (int i = 0; i < sqlite3_column_count(prepared); ++i) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(prepared, i));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(prepared, i));
      next[sqlite3_column_name(prepared, i)] = text ? std::string(text, size) : std::string{};
    }
  }
  return result;
}

std::vector<row> run_postgres(const std::string& url, const std::string& query) {
  pqxx::connection connection{url};
  pqxx::read_transaction transaction{connection};
  std::vector<row> result;
  for (const auto& tuple : transaction.exec(query)) {
    auto& next = result.emplace_back();
    for (const auto& field : tuple)
      next[field.name()] = field.is_null() ? std::string{} : field.c_str();
  }
  return result;
}

std::string time_text(timestamp at) {
  return std::to_string(at.time_since_epoch().count());
}

std::string number_text(std::int64_t number) {
  return number == traffic::unknown ? std::string{} : std::to_string(number);
}

// The same object in one form, so that the spacing of the databases does not matter.
std::string canonical(const std::string& text) {
  return text.empty() ? text : nlohmann::json::parse(text).dump();
}

} // namespace

stored stored::in_sqlite(const std::string& path) {
  return {[path](const std::string& query) { return run_sqlite(path, query); }, "at"};
}

stored stored::in_postgres(const std::string& url) {
  return {[url](const std::string& query) { return run_postgres(url, query); },
          "(extract(epoch from at) * 1000000)::bigint"};
}

std::uint64_t stored::count(const std::string& table, const std::string& condition) const {
  return std::stoull(rows("SELECT count(*) AS n FROM " + table + " WHERE " + condition).at(0).at("n"));
}

std::vector<row> stored::requests() const {
  auto result = rows("SELECT " + time_column_ +
                     " AS at, app, dyno, method, path, host, request_id, fwd, status, code, connect_ms, "
                     "service_ms, bytes, protocol, tls_version, level, extra, raw FROM request");
  for (auto& next : result)
    next["extra"] = canonical(next["extra"]);
  return result;
}

std::vector<row> stored::lines() const {
  return rows("SELECT " + time_column_ + " AS at, source, proc, kind, severity, text, raw FROM log_line");
}

row row_of(const traffic::request_facts& request, const std::string& app) {
  return {{"at", time_text(request.at)},
          {"app", app},
          {"dyno", request.dyno},
          {"method", request.method},
          {"path", request.path},
          {"host", request.host},
          {"request_id", request.request_id},
          {"fwd", request.fwd},
          {"status", number_text(request.status)},
          {"code", request.code},
          {"connect_ms", number_text(request.connect_ms)},
          {"service_ms", number_text(request.service_ms)},
          {"bytes", number_text(request.bytes)},
          {"protocol", request.protocol},
          {"tls_version", request.tls_version},
          {"level", request.level},
          {"extra", request.extra.empty() ? std::string{} : nlohmann::json(request.extra).dump()},
          {"raw", {}}};
}

row row_of(const traffic::line_facts& line) {
  return {{"at", time_text(line.at)},  {"source", line.source}, {"proc", line.proc}, {"kind", line.kind},
          {"severity", line.severity}, {"text", line.text},     {"raw", {}}};
}

} // namespace parseflow::e2e
