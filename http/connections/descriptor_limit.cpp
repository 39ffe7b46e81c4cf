#include "http/connections/descriptor_limit.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

namespace parseflow::http {

expected<> raise_descriptor_limit(std::uint32_t max_connections) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t needed = rlim_t{max_connections} + reserved_descriptors;
  if (limit.rlim_cur >= needed)
    return {};
  return problem{fmt::format(
      "http.max-connections is {}, but this process may open only {} files, and needs {} for other "
      "things: raise the limit (ulimit -Hn, LimitNOFILE=) to {}, or lower http.max-connections",
      max_connections, limit.rlim_cur, reserved_descriptors, needed)};
}

} // namespace parseflow::http
