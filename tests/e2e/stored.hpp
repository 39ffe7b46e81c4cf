// What a database holds, read without the program's own code.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/traffic/facts.hpp"

namespace parseflow::e2e {

/// A row, by column. NULL is an empty text; times are microseconds since 1970.
using row = std::map<std::string, std::string>;

/// A database of the program.
class stored {
public:
  static stored in_sqlite(const std::string& path);
  static stored in_postgres(const std::string& url);

  std::vector<row> rows(const std::string& query) const { return run_(query); }
  std::uint64_t count(const std::string& table, const std::string& condition = "true") const;

  /// All rows of `request`: time, columns and `extra`, without `drain_id`.
  std::vector<row> requests() const;
  /// All rows of `log_line`: time, source, proc, kind, severity, text.
  std::vector<row> lines() const;

private:
  stored(std::function<std::vector<row>(const std::string&)> run, std::string time_column)
      : run_(std::move(run)), time_column_(std::move(time_column)) {}

  std::function<std::vector<row>(const std::string&)> run_;
  std::string time_column_; // `at` as microseconds
};

/// The rows that must be stored for the facts. `app` is the name under which the drain is registered.
row row_of(const traffic::request_facts& request, const std::string& app);
row row_of(const traffic::line_facts& line);

} // namespace parseflow::e2e
