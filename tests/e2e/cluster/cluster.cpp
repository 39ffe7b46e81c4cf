#include "tests/e2e/cluster/cluster.hpp"

#include <algorithm>
#include <csignal>
#include <exception>
#include <iostream>

#include "tests/support/free_port.hpp"

namespace parseflow::e2e {

namespace {

std::vector<std::string> texts_in(const nlohmann::json& list) {
  return list.get<std::vector<std::string>>();
}

// As deploy/make-certificates.sh wants it.
std::string entry_of(const node_plan& plan) {
  return plan.name + "=" + plan.cluster_host;
}

std::vector<std::string> entries_of(const std::vector<node_plan>& plans) {
  std::vector<std::string> result;
  for (const auto& plan : plans)
    result.push_back(entry_of(plan));
  return result;
}

std::string tail_of(const std::string& log) {
  constexpr std::size_t length = 3000;
  return log.size() <= length ? log : "…" + log.substr(log.find('\n', log.size() - length));
}

} // namespace

cluster::cluster(std::string database_url, const std::vector<node_plan>& plans,
                 std::vector<std::string> arguments)
    : database_url_(std::move(database_url)), arguments_(std::move(arguments)), proofs_(entries_of(plans)) {
  for (const auto& plan : plans)
    plan_node(plan);
  for (std::size_t i = 0; i < size(); ++i)
    start(i);
}

cluster::~cluster() {
  if (std::uncaught_exceptions() == 0)
    return;
  for (const auto& each : nodes_)
    if (each.program)
      std::cerr << "log of node " << each.plan.name << ":\n" << tail_of(each.program->log()) << '\n';
}

void cluster::plan_node(const node_plan& plan) {
  auto& next = nodes_.emplace_back();
  next.plan = plan;
  next.port = free_port();
  next.cluster_port = free_port();
}

std::size_t cluster::add(const node_plan& plan) {
  proofs_.add(entry_of(plan));
  plan_node(plan);
  start(size() - 1);
  return size() - 1;
}

void cluster::forget(std::size_t index) {
  nodes_[index].is_forgotten = true;
}

service_options cluster::options_for(const member& of) const {
  const auto address = [](const member& each) {
    return each.plan.cluster_host + ":" + std::to_string(each.cluster_port);
  };
  std::string peers;
  for (const auto& each : nodes_)
    if (!each.is_forgotten)
      peers += (peers.empty() ? "" : ",") + address(each);
  service_options result;
  result.arguments = {"--storage.node=" + of.plan.name, "--http.host=" + of.plan.host,
                      "--http.port=" + std::to_string(of.port), "--cluster.listen=" + address(of),
                      "--cluster.peers=" + peers};
  const auto known_by = proofs_.arguments(of.plan.name);
  result.arguments.insert(result.arguments.end(), known_by.begin(), known_by.end());
  result.arguments.insert(result.arguments.end(), arguments_.begin(), arguments_.end());
  result.arguments.insert(result.arguments.end(), of.plan.arguments.begin(), of.plan.arguments.end());
  result.environment = of.plan.environment;
  result.environment["DATABASE_URL"] = database_url_;
  result.launcher = of.plan.launcher;
  return result;
}

void cluster::start(std::size_t index) {
  auto& started = nodes_[index];
  if (started.program) {
    started.program->options() = options_for(started);
    started.program->start();
  } else {
    started.program = std::make_unique<service>(options_for(started));
  }
  started.runs = true;
}

std::optional<int> cluster::stop(std::size_t index) {
  nodes_[index].runs = false;
  return node(index).stop();
}

void cluster::kill(std::size_t index) {
  nodes_[index].runs = false;
  node(index).kill();
}

void cluster::freeze(std::size_t index) {
  node(index).program().send_signal(SIGSTOP);
}

void cluster::thaw(std::size_t index) {
  node(index).program().send_signal(SIGCONT);
}

std::vector<std::string> cluster::running() const {
  std::vector<std::string> result;
  for (const auto& each : nodes_)
    if (each.runs)
      result.push_back(each.plan.name);
  std::sort(result.begin(), result.end());
  return result;
}

bool cluster::wait_until_joined() {
  return eventually([this] {
    return std::all_of(nodes_.begin(), nodes_.end(), [this](const member& each) {
      return !each.runs || texts_in(each.program->metrics().at("cluster").at("answered")) == running();
    });
  });
}

bool cluster::wait_until_settled(const traffic::truth& all) {
  return eventually(
      [&] {
        return std::all_of(nodes_.begin(), nodes_.end(), [&](const member& each) {
          if (!each.runs)
            return true;
          const auto now = each.program->metrics();
          return now.at("database").at("connected") == true &&
                 now.at("channel_health").at("backlog_size") == 0 &&
                 now.at("ingest").at("lines") == all.lines && now.at("ingest").at("bytes") == all.bytes &&
                 now.at("total_requests") == all.requests.count;
        });
      },
      settling_timeout);
}

balancer::backend cluster::backend(std::size_t index) const {
  return {nodes_[index].plan.host, nodes_[index].port};
}

std::vector<balancer::backend> cluster::backends() const {
  std::vector<balancer::backend> result;
  for (std::size_t i = 0; i < size(); ++i)
    result.push_back(backend(i));
  return result;
}

std::vector<node_plan> plain_nodes(std::size_t count) {
  std::vector<node_plan> result;
  for (std::size_t i = 0; i < count; ++i)
    result.push_back({std::string(1, static_cast<char>('a' + i))});
  return result;
}

} // namespace parseflow::e2e
