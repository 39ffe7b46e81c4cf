// Without an address, the credentials decide where the service listens: see `http_settings::host`.
#include "messages/settings/reachability.hpp"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "messages/service_log.hpp"

namespace parseflow {

std::optional<std::string> reachability_warning(const http_settings& http, bool has_registered,
                                                bool is_in_container) {
  const bool lacks_drains = http.drains.empty(), lacks_key = http.api_key.empty();
  if (!http.host.empty() || (!lacks_drains && !lacks_key) ||
      (lacks_drains && lacks_key && !has_registered && !is_in_container))
    return std::nullopt;
  // The address is chosen before the registry is read.
  const char* missing = has_registered
                            ? (lacks_key ? "METRICS_API_KEY and http.host=0.0.0.0" : "http.host=0.0.0.0")
                        : !lacks_key    ? "PARSEFLOW_DRAINS"
                        : !lacks_drains ? "METRICS_API_KEY"
                                        : "PARSEFLOW_DRAINS and METRICS_API_KEY";
  return fmt::format(
      "only this {} can reach the service: set {} to let others in, or http.host=127.0.0.1 to keep them out",
      is_in_container ? "container" : "machine", missing);
}

void log_reachability(const http_settings& http, std::uint16_t port, bool has_registered) {
  log(log_level::info, "main", "listening on " + own_url(http, port));
  if (const auto warning = reachability_warning(http, has_registered, is_in_container()))
    log(log_level::warn, "main", *warning);
}

bool is_in_container() {
  std::error_code ignored;
  return std::filesystem::exists("/.dockerenv", ignored) ||
         std::filesystem::exists("/run/.containerenv", ignored) ||
         std::getenv("KUBERNETES_SERVICE_HOST") != nullptr;
}

} // namespace parseflow
