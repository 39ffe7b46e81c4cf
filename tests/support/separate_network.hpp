// A network that only a test sees, with hosts that can be cut off.
#pragma once

#include <string>
#include <vector>

namespace parseflow {

/// From construction on, the calling thread and all that it starts are on a network of their own, until the
/// destructor brings the thread back. It has two switches, and this thread is on both of them. Needs the
/// rights of root.
class separate_network {
public:
  enum class cable {
    front, ///< To clients and the database.
    back   ///< Between the nodes of a cluster.
  };

  /// @param hosts So many, each with both cables plugged in.
  explicit separate_network(std::size_t hosts);
  ~separate_network();
  separate_network(const separate_network&) = delete;
  separate_network& operator=(const separate_network&) = delete;

  /// Empty if it is there; else a sentence that says why it cannot be made here.
  const std::string& problem() const { return problem_; }

  /// This thread's own address at the switch.
  static std::string own_address(cable of) { return address_at(of, 1); }
  static std::string address(std::size_t host, cable of) { return address_at(of, host + 2); }
  /// The words that start the program behind them on that host.
  std::vector<std::string> launcher(std::size_t host) const;

  /// The switch drops every packet from and to the host, and tells nobody, until `plug`. Throws
  /// std::runtime_error if that cannot be.
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
  std::vector<int> hosts_; // namespaces
};

} // namespace parseflow
