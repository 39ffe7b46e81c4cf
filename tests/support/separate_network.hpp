// A network of the test's own, with hosts that can be cut off.
#pragma once

#include <string>
#include <vector>

namespace parseflow {

/// From construction until destruction the calling thread and the programs it starts are in a separate
/// network. The network has two switches, and this thread is connected to both. Needs root.
class separate_network {
public:
  enum class cable {
    front, ///< Leads to clients and the database.
    back   ///< Connects the nodes of a cluster.
  };

  /// @param hosts The number of hosts, each connected to both switches.
  explicit separate_network(std::size_t hosts);
  ~separate_network();
  separate_network(const separate_network&) = delete;
  separate_network& operator=(const separate_network&) = delete;

  /// Empty if the network exists; otherwise a sentence that says why it cannot be made here.
  const std::string& problem() const { return problem_; }

  /// This thread's address on that cable's switch.
  static std::string own_address(cable of) { return address_at(of, 1); }
  static std::string address(std::size_t host, cable of) { return address_at(of, host + 2); }
  /// The command prefix that starts a program on that host.
  std::vector<std::string> launcher(std::size_t host) const;

  /// From now until `plug` the switch silently drops every packet from and to the host. Throws
  /// std::runtime_error on failure.
  void unplug(std::size_t host, cable which) { set_port(host, which, "disabled"); }
  void plug(std::size_t host, cable which) { set_port(host, which, "forwarding"); }

private:
  static std::string address_at(cable of, std::size_t number);
  void build(std::size_t hosts);
  void add_host(std::size_t host);
  std::string path_of(std::size_t host) const;
  static void set_port(std::size_t host, cable which, const std::string& state);

  std::string problem_;
  int outside_ = -1;       // the namespace that the thread came from
  std::vector<int> hosts_; // the hosts' namespaces
};

} // namespace parseflow
