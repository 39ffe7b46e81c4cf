#include "tests/e2e/cluster/haproxy.hpp"

#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>

#include "tests/support/free_port.hpp"
#include "tests/support/http_connection.hpp"

namespace parseflow::e2e {

namespace {

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

void replace(std::string& text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  if (at == std::string::npos)
    throw std::runtime_error("haproxy.cfg has no '" + from + "'");
  text.replace(at, from.size(), to);
}

} // namespace

haproxy::haproxy(const cluster& nodes) : port_(free_port()) {
  const auto plain_port = free_port(), stats_port = free_port();
  std::string config = content_of(PARSEFLOW_HAPROXY_CONFIG);
  const auto site = certificates_.folder() / "site.pem";
  std::ofstream{site} << content_of(certificates_.certificate("balancer"))
                      << content_of(certificates_.key("balancer"));
  replace(config, "maxconn 20000", "maxconn 2000"); // the limit of descriptors may be lower here
  replace(config, "/usr/local/etc/haproxy/site.pem", site.string());
  replace(config, "bind :8443", fmt::format("bind 127.0.0.1:{}", port_));
  replace(config, "bind :8080", fmt::format("bind 127.0.0.1:{}", plain_port));
  replace(config, "127.0.0.1:9999", fmt::format("127.0.0.1:{}", stats_port));
  replace(config, " resolvers docker init-addr last,libc,none", "");
  for (std::size_t i = 0; i < nodes.size(); ++i)
    replace(config, fmt::format(" {}:5000", nodes.name(i)),
            fmt::format(" {}:{}", nodes.backend(i).host, nodes.backend(i).port));
  const auto path = certificates_.folder() / "haproxy.cfg";
  std::ofstream{path} << config;
  program_ =
      std::make_unique<process>("/usr/sbin/haproxy", std::vector<std::string>{"-db", "-f", path.string()});
  const bool is_up = eventually([this, plain_port] {
    if (program_->wait(std::chrono::milliseconds{0}))
      return true;
    try {
      const http_connection probe{plain_port};
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  });
  if (!is_up || program_->wait(std::chrono::milliseconds{0}))
    throw std::runtime_error("HAProxy does not start: " + complaints());
}

bool haproxy::is_live(const std::string& node) const {
  const std::string text = program_->standard_output(), subject = "Server nodes/" + node + " is ";
  const auto last = text.rfind(subject);
  return last == std::string::npos || std::string_view(text).substr(last + subject.size()).starts_with("UP");
}

std::string haproxy::complaints() const {
  std::istringstream lines{program_->standard_output() + program_->standard_error()};
  std::string result;
  for (std::string line; std::getline(lines, line);)
    if (line.find(" 204 ") == std::string::npos)
      result += line + "\n";
  return result;
}

} // namespace parseflow::e2e
