#include "actors/cluster/caller_door.hpp"

#include <caf/io/abstract_broker.hpp>
#include <caf/io/scribe.hpp>

namespace parseflow::actors {

void caller_door::admit(file_descriptor caller) {
  if (detached())
    return; // the broker has ended
  auto connection = network_.new_scribe(caller.release());
  const auto handle = connection->hdl();
  parent()->add_scribe(std::move(connection));
  caf::io::doorman::new_connection(&network_, handle);
}

} // namespace parseflow::actors
