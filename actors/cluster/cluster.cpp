#include "actors/cluster/cluster.hpp"

#include <random>

#include <caf/io/basp_broker.hpp>
#include <caf/io/middleman.hpp>
#include <fmt/format.h>

#include "actors/cluster/addresses.hpp"
#include "actors/cluster/archive.hpp"
#include "actors/cluster/caller_door.hpp"
#include "actors/cluster/forwarder.hpp"
#include "actors/cluster/gatherer.hpp"
#include "actors/cluster/members.hpp"
#include "actors/cluster/peer_gateway.hpp"
#include "actors/cluster/peer_link.hpp"
#include "actors/cluster/tail_gatherer.hpp"
#include "db/store.hpp"
#include "messages/service_log.hpp"

namespace parseflow::actors {

namespace {

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

void prepare_network(caf::actor_system_config& configuration, const cluster_settings& cluster) {
  configuration.load<caf::io::middleman>();
  // CAF disconnects a peer that it finds silent; otherwise the bytes for that peer would pile up here, and a
  // second connection to it would collide with the first. CAF must do so before the peer counts as down.
  configuration.set("middleman.heartbeat-interval", caf::timespan{cluster.peer_timeout / 6});
  configuration.set("middleman.connection-timeout", caf::timespan{cluster.peer_timeout * 5 / 6});
}

// Speaks CAF's protocol on all connections.
caf::actor network_broker(caf::actor_system& system) {
  return system.middleman().named_broker<caf::io::basp_broker>(caf::atom("BASP"));
}

} // namespace

expected<std::optional<cluster_place>> prepare_cluster(caf::actor_system_config& configuration,
                                                       const cluster_settings& cluster, std::string release) {
  if (!cluster.is_on())
    return std::nullopt;
  prepare_network(configuration, cluster);
  auto address = own_entry(cluster);
  if (!address)
    return problem{
        "cluster.peers must list all nodes, including this one, and be the same on every node: no entry is "
        "this machine with the port of cluster.listen"};
  return cluster_place{*std::move(address), std::move(release)};
}

cluster::cluster(caf::actor_system& system, const settings& configuration, const cluster_place& place,
                 std::unique_ptr<cluster_gate> gate, const pipeline& local,
                 std::shared_ptr<const tail_form> form, const fatal_callback& on_fatal)
    : system_(system), settings_(configuration.cluster),
      gate_(std::move(gate)), own_{cluster_protocol, configuration.storage.node, random_number(),
                                   place.release} {
  // In each pair of nodes, the one whose address is greater dials. If both dialled at the same moment, each
  // could keep a different one of the two connections, and cut off the other as silent. So all nodes must
  // write the addresses alike.
  std::vector<std::string> dialled, callers;
  for (const auto& address : settings_.peers)
    if (address != place.address)
      (address < place.address ? dialled : callers).push_back(address);
  members_ = system.spawn<boxed<members>>(own_, settings_.peer_timeout, dialled, callers);
  forwarder_ = system.spawn<boxed<forwarder>>(own_.node, local.receiver(), configuration.receiver.hold,
                                              settings_, [this] { return gate_->refused(); });
  // Detached: it blocks on the database.
  archive_ = system.spawn<boxed<archive>, caf::detached>(
      db::make_store(configuration.storage, configuration.retention));
  gatherer_ = system.spawn<boxed<gatherer>>(own_.node, local.handles().metrics, local.judge(), archive_,
                                            settings_.answer_timeout);
  tails_ = system.spawn<boxed<tail_gatherer>>(own_, local.handles().tails, settings_.peers.size(),
                                              std::move(form));
  gateway_ = system.spawn<boxed<peer_gateway>>(local.receiver(), local.handles().metrics, local.judge().box,
                                               members_, tails_);
  caf::anon_send(members_, subscribe_atom_v, caf::actor_cast<membership_sink_actor>(forwarder_));
  caf::anon_send(members_, subscribe_atom_v, caf::actor_cast<membership_sink_actor>(gatherer_));
  caf::anon_send(members_, subscribe_atom_v, caf::actor_cast<membership_sink_actor>(tails_));
  const dialer network{[this](const endpoint& target) -> expected<caf::io::scribe_ptr> {
                         auto connected = gate_->dial(target);
                         if (!connected)
                           return connected.error();
                         return system_.middleman().backend().new_scribe(connected->release());
                       },
                       network_broker(system)};
  const hello greeting{own_, place.address, caf::actor_cast<caf::strong_actor_ptr>(gateway_)};
  for (const auto& address : dialled)
    links_.push_back(system.spawn<boxed<peer_link>, caf::detached>(address, greeting, network,
                                                                   settings_.peer_timeout, members_));
  watch(members_, "members box", on_fatal);
  watch(forwarder_, "forwarder", on_fatal);
  watch(archive_, "archive", on_fatal);
  watch(gatherer_, "gatherer", on_fatal);
  watch(tails_, "tail gatherer", on_fatal);
  watch(gateway_, "peer gateway", on_fatal);
  for (const auto& one : links_)
    watch(one, "link to a peer", on_fatal);
}

cluster::~cluster() {
  stop();
}

expected<> cluster::start() {
  auto& network = system_.middleman().backend();
  const auto door = caf::make_counted<caller_door>(network);
  caf::anon_send(network_broker(system_), caf::publish_atom_v, caf::io::doorman_ptr{door},
                 caller_door::number, caf::actor_cast<caf::strong_actor_ptr>(gateway_),
                 system_.message_types(caf::detail::type_list<peer_gateway_actor>{}));
  auto opened = gate_->open([&network, door](file_descriptor caller) {
    network.post([door, descriptor = caller.release()] { door->admit(file_descriptor{descriptor}); });
  });
  if (!opened)
    return opened;
  log(log_level::info, "cluster", "listening for peers",
      {{"node", own_.node}, {"address", settings_.listen}});
  return {};
}

void cluster::take_up(const alert_rules& fresh) {
  caf::anon_send(gatherer_, fresh);
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
  gate_->stop_dialling();
  for (auto& one : links_)
    end(one);
  end(gateway_);
  end(forwarder_);
  end(gatherer_);
  end(tails_);
  end(archive_);
  end(members_);
  gate_->close();
}

} // namespace parseflow::actors
