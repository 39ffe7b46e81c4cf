// The cluster's port: TLS in both directions between this node and its peers.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/connections/listen_socket.hpp"
#include "http/gate/peer_certificates.hpp"
#include "http/gate/peer_connection.hpp"
#include "messages/cluster/gate.hpp"

namespace parseflow::http {

/// Bounds on what strangers at the cluster's port may occupy, and for how long.
struct gate_limits {
  /// Connections in all. For a further one, the oldest that has not finished its handshake is closed, first
  /// of those that have not sent a byte; if all have finished it, the new one is closed.
  std::size_t max_connections = 16;
  std::chrono::milliseconds handshake{5000};
  /// How often the files of the certificates are looked at.
  std::chrono::milliseconds refresh{5000};
};

/// The limits for a cluster of so many peers.
gate_limits limits_for(const cluster_settings& cluster);

/// One thread owns all connections, and never waits for one of them.
class tls_gate : public cluster_gate {
public:
  /// Null if the settings name no cluster. Fails if the certificates cannot be used.
  static expected<std::unique_ptr<cluster_gate>> make(const cluster_settings& cluster);

  /// @param certificates Must be loaded.
  tls_gate(std::string listen, std::unique_ptr<peer_certificates> certificates, gate_limits limits);
  /// Calls `close`. No call of `dial` may be in progress.
  ~tls_gate() override;

  expected<> open(caller_taker take) override;
  expected<file_descriptor> dial(const endpoint& peer) override;
  void stop_dialling() override;
  void close() override;
  refused_callers refused() const override;

private:
  using clock = peer_connection::clock;
  using connections = std::map<std::uint64_t, std::unique_ptr<peer_connection>>;
  enum class refusal { by_limit, by_handshake, unlisted };

  void run();
  int wait_ms() const;
  void look_at_certificates();
  void adopt_dialled();
  void accept_callers();
  void accept_caller(file_descriptor socket);
  void refuse_for_descriptors();
  bool make_room();
  void watch(int descriptor, std::uint64_t number, std::uint32_t events);
  void watch_peer(peer_connection& peer, std::uint64_t number);
  void advance(std::uint64_t number);
  bool shake_hands(std::uint64_t number, peer_connection& caller);
  void end_overdue();
  void refuse(refusal why);

  std::string listen_;
  std::unique_ptr<peer_certificates> certificates_; // outlives the connections
  gate_limits limits_;
  listen_socket listener_{{"cluster.listen", "cluster.listen"}};
  file_descriptor epoll_, wake_;
  file_descriptor dials_over_; // readable from `stop_dialling` on
  file_descriptor spare_;      // given up for a moment to refuse a caller when there are no others
  caller_taker take_;
  std::atomic<bool> is_stopping_ = false;
  std::thread thread_;

  // Of the thread:
  connections open_;
  std::uint64_t last_number_;
  std::vector<std::uint64_t> eager_; // have more to pass on
  clock::time_point refreshed_{}, refusal_logged_{}, accepts_from_{};

  mutable std::mutex mutex_; // guards what follows
  std::vector<std::unique_ptr<peer_connection>> dialled_;
  refused_callers refused_;
};

} // namespace parseflow::http
