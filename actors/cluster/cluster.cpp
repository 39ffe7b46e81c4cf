#include "actors/cluster/cluster.hpp"

#include <random>

#include <caf/io/middleman.hpp>
#include <caf/openssl/manager.hpp>
#include <caf/openssl/publish.hpp>
#include <fmt/format.h>

#include "actors/cluster/addresses.hpp"
#include "actors/cluster/archive.hpp"
#include "actors/cluster/forwarder.hpp"
#include "actors/cluster/gatherer.hpp"
#include "actors/cluster/members.hpp"
#include "actors/cluster/peer_gateway.hpp"
#include "actors/cluster/peer_link.hpp"
#include "actors/cluster/tls_errors.hpp"
#include "actors/cluster/tls_files.hpp"
#include "db/store.hpp"
#include "messages/service_log.hpp"

namespace parseflow::actors {

namespace {

constexpr std::chrono::seconds connect_timeout{1};

std::uint64_t random_number() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

// Reports a box that ends by itself for any reason other than an ordinary exit or a shutdown.
template <class Handle>
void watch(const Handle& box, const std::string& what, const fatal_callback& on_fatal) {
  auto* const actor = caf::actor_cast<caf::abstract_actor*>(box);
  actor->attach_functor([what, on_fatal, &system = actor->home_system()](const caf::error& reason) {
    if (reason && reason != caf::exit_reason::normal && reason != caf::exit_reason::user_shutdown)
      on_fatal(fmt::format("the {} failed: {}", what, system.render(reason)));
  });
}

expected<> prepare_network(caf::actor_system_config& configuration, const cluster_settings& cluster) {
  configuration.load<caf::io::middleman>();
  // CAF disconnects a peer that it finds silent; otherwise the bytes for that peer would pile up here, and a
  // second connection to it would collide with the first. CAF must do so before the peer counts as down.
  configuration.set("middleman.heartbeat-interval", caf::timespan{cluster.peer_timeout / 6});
  configuration.set("middleman.connection-timeout", caf::timespan{cluster.peer_timeout * 5 / 6});
  if (!cluster.is_encrypted())
    return {};
  if (auto checked = check_tls_files(cluster); !checked)
    return checked;
  configuration.load<caf::openssl::manager>();
  configuration.openssl_certificate = cluster.certificate;
  configuration.openssl_key = cluster.key;
  configuration.openssl_cafile = cluster.authority;
  return {};
}

} // namespace

expected<std::optional<cluster_place>> prepare_cluster(caf::actor_system_config& configuration,
                                                       const cluster_settings& cluster, std::string release) {
  if (!cluster.is_on())
    return std::nullopt;
  if (auto prepared = prepare_network(configuration, cluster); !prepared)
    return prepared.error();
  auto address = own_entry(cluster);
  if (!address)
    return problem{
        "cluster.peers must list all nodes, including this one, and be the same on every node: no entry is "
        "this machine with the port of cluster.listen"};
  return cluster_place{*std::move(address), std::move(release)};
}

cluster::cluster(caf::actor_system& system, const settings& configuration, const cluster_place& place,
                 const pipeline& local, const fatal_callback& on_fatal)
    : system_(system), settings_(configuration.cluster), own_{cluster_protocol, configuration.storage.node,
                                                              random_number(), place.release} {
  // In each pair of nodes, the one whose address is greater dials. If both dialled at the same moment, each
  // could keep a different one of the two connections, and cut off the other as silent. So all nodes must
  // write the addresses alike.
  std::vector<std::string> dialled, callers;
  for (const auto& address : settings_.peers)
    if (address != place.address)
      (address < place.address ? dialled : callers).push_back(address);
  members_ = system.spawn<boxed<members>>(own_, settings_.peer_timeout, dialled, callers);
  forwarder_ =
      system.spawn<boxed<forwarder>>(own_.node, local.receiver(), configuration.receiver.hold, settings_);
  // Detached: it blocks on the database.
  archive_ = system.spawn<boxed<archive>, caf::detached>(
      db::make_store(configuration.storage, configuration.retention));
  gatherer_ = system.spawn<boxed<gatherer>>(own_.node, local.handles().metrics, local.judge(), archive_,
                                            settings_.answer_timeout);
  gateway_ = system.spawn<boxed<peer_gateway>>(own_, local.receiver(), local.handles().metrics,
                                               local.judge().box, members_);
  caf::anon_send(members_, subscribe_atom_v, caf::actor_cast<membership_sink_actor>(forwarder_));
  caf::anon_send(members_, subscribe_atom_v, caf::actor_cast<membership_sink_actor>(gatherer_));
  const dialer network{[](const endpoint& target) { return is_reachable(target, connect_timeout); },
                       settings_.is_encrypted() ? system.openssl_manager().actor_handle()
                                                : system.middleman().actor_handle()};
  const hello greeting{own_, place.address, caf::actor_cast<caf::strong_actor_ptr>(gateway_)};
  for (const auto& address : dialled)
    links_.push_back(system.spawn<boxed<peer_link>, caf::detached>(address, greeting, network,
                                                                   settings_.peer_timeout, members_));
  watch(members_, "members box", on_fatal);
  watch(forwarder_, "forwarder", on_fatal);
  watch(archive_, "archive", on_fatal);
  watch(gatherer_, "gatherer", on_fatal);
  watch(gateway_, "peer gateway", on_fatal);
  for (const auto& one : links_)
    watch(one, "link to a peer", on_fatal);
}

cluster::~cluster() {
  stop();
}

expected<> cluster::start() {
  if (settings_.is_encrypted() && !clears_tls_errors())
    return problem{"this program is linked in a way that makes TLS between nodes unsafe: "
                   "build it as CMakeLists.txt says"};
  const auto at = *endpoint_from(settings_.listen);
  const auto listening = settings_.is_encrypted()
                             ? caf::openssl::publish(gateway_, at.port, at.host.c_str(), true)
                             : system_.middleman().publish(gateway_, at.port, at.host.c_str(), true);
  if (!listening)
    return problem{fmt::format("cannot listen for peers on {} (cluster.listen): {}", settings_.listen,
                               system_.render(listening.error()))};
  log(log_level::info, "cluster", "listening for peers",
      {{"node", own_.node},
       {"address", settings_.listen},
       {"tls", settings_.is_encrypted() ? "mutual" : "none"}});
  return {};
}

void cluster::leave() {
  caf::scoped_actor self{system_};
  self->request(members_, 2 * members::farewell_timeout, stop_atom_v)
      .receive([](bool) {}, [](const caf::error&) {});
}

void cluster::stop() {
  if (!gateway_)
    return;
  caf::scoped_actor self{system_};
  const auto end = [&](auto& box) {
    caf::anon_send_exit(box, caf::exit_reason::user_shutdown);
    self->wait_for(box);
    box = nullptr;
  };
  for (auto& one : links_)
    end(one);
  end(gateway_);
  end(forwarder_);
  end(gatherer_);
  end(archive_);
  end(members_);
}

} // namespace parseflow::actors
