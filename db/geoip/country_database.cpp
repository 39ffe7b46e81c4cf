#include "db/geoip/country_database.hpp"

#include <array>
#include <cstring>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <maxminddb.h>

namespace parseflow::db {

namespace {

// False if `text` is not an address.
bool parse_address(std::string_view text, sockaddr_storage& into) {
  std::array<char, INET6_ADDRSTRLEN> copy{};
  if (text.empty() || text.size() >= copy.size() || text.find('\0') != std::string_view::npos)
    return false;
  text.copy(copy.data(), text.size());
  std::memset(&into, 0, sizeof into);
  auto& v4 = reinterpret_cast<sockaddr_in&>(into);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(into);
  if (inet_pton(AF_INET, copy.data(), &v4.sin_addr) == 1) {
    into.ss_family = AF_INET;
    return true;
  }
  into.ss_family = AF_INET6;
  return inet_pton(AF_INET6, copy.data(), &v6.sin6_addr) == 1;
}

} // namespace

void country_database::closer::operator()(MMDB_s* file) const {
  MMDB_close(file);
  delete file;
}

expected<country_database> country_database::open(const std::string& path) {
  auto file = std::make_unique<MMDB_s>();
  const int code = MMDB_open(path.c_str(), MMDB_MODE_MMAP, file.get());
  if (code != MMDB_SUCCESS)
    return problem{fmt::format("the country database {} cannot be opened: {}", path, MMDB_strerror(code))};
  open_file opened{file.release()};
  const std::string_view type = opened->metadata.database_type;
  if (type.find("Country") == std::string_view::npos && type.find("City") == std::string_view::npos)
    return problem{
        fmt::format("the file {} is a MaxMind database of type {}, which holds no countries", path, type)};
  return country_database{std::move(opened)};
}

std::string_view country_database::lookup(std::string_view address) const {
  sockaddr_storage parsed;
  if (!parse_address(address, parsed))
    return {};
  int code = MMDB_SUCCESS;
  MMDB_lookup_result_s found =
      MMDB_lookup_sockaddr(file_.get(), reinterpret_cast<const sockaddr*>(&parsed), &code);
  if (code != MMDB_SUCCESS || !found.found_entry)
    return {};
  MMDB_entry_data_s country;
  code = MMDB_get_value(&found.entry, &country, "country", "iso_code", nullptr);
  if (code != MMDB_SUCCESS || !country.has_data || country.type != MMDB_DATA_TYPE_UTF8_STRING ||
      country.data_size != 2)
    return {};
  return {country.utf8_string, 2};
}

expected<rollup::country_lookup> open_country_lookup(const parser_settings& parser) {
  if (parser.country_database.empty())
    return {};
  auto opened = country_database::open(parser.country_database);
  if (!opened)
    return opened.error();
  return [known = std::make_shared<const country_database>(*std::move(opened))](std::string_view address) {
    return known->lookup(address);
  };
}

} // namespace parseflow::db
