// COUNTRY DATABASE: maps network addresses to countries, from a MaxMind file such as GeoLite2-Country.mmdb.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "messages/expected.hpp"
#include "messages/rollup/builder.hpp"
#include "messages/settings/settings.hpp"

struct MMDB_s;

namespace parseflow::db {

/// An open file, mapped into memory. Move-only; several threads may call `lookup` at the same time.
class country_database {
public:
  /// Fails if `path` cannot be read or holds no countries.
  static expected<country_database> open(const std::string& path);

  /// The country of an IPv4 or IPv6 address in text form: two letters, or empty if the country is unknown or
  /// the text is not an address. The view is valid as long as the database.
  std::string_view lookup(std::string_view address) const;

private:
  struct closer {
    void operator()(MMDB_s* file) const;
  };
  using open_file = std::unique_ptr<MMDB_s, closer>;

  explicit country_database(open_file file) : file_(std::move(file)) {}

  open_file file_;
};

/// The lookup that parsers use; empty if the settings name no country database.
expected<rollup::country_lookup> open_country_lookup(const parser_settings& parser);

} // namespace parseflow::db
