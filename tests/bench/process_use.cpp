// Reads the files in /proc/PID.
#include "tests/bench/process_use.hpp"

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include <unistd.h>

#include <fmt/format.h>

namespace parseflow::bench {

namespace {

// The number after `name` in a file with one name per line; 0 if there is none.
double number_in(pid_t pid, const char* file, const std::string& name) {
  std::ifstream in{fmt::format("/proc/{}/{}", pid, file)};
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(name))
      return std::stod(line.substr(name.size()));
  return 0;
}

double cpu_seconds(pid_t pid) {
  std::ifstream stat{fmt::format("/proc/{}/stat", pid)};
  const std::string text{std::istreambuf_iterator<char>(stat), {}};
  // After "(name)" the state is field 3; user and system time are fields 14 and 15.
  std::istringstream fields{text.substr(text.rfind(')') + 1)};
  std::string field;
  double ticks = 0;
  for (int number = 3; fields >> field; ++number)
    if (number == 14 || number == 15)
      ticks += std::stod(field);
  return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

} // namespace

process_use use_of(pid_t pid) {
  constexpr double kb_per_mb = 1024;
  return {cpu_seconds(pid), number_in(pid, "status", "VmRSS:") / kb_per_mb,
          number_in(pid, "status", "VmHWM:") / kb_per_mb,
          static_cast<std::uint64_t>(number_in(pid, "io", "write_bytes:"))};
}

} // namespace parseflow::bench
