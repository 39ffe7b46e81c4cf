// Serialization as on the network.
#pragma once

#include <caf/all.hpp>
#include <doctest/doctest.h>

namespace parseflow::test {

/// What `value` is after a trip through CAF's binary form, inside a message.
template <class T>
T round_trip(caf::actor_system& system, const T& value) {
  caf::binary_serializer::container_type buffer;
  caf::binary_serializer sink{system, buffer};
  REQUIRE_FALSE(sink(caf::make_message(value)));
  caf::binary_deserializer source{system, buffer};
  caf::message result;
  REQUIRE_FALSE(source(result));
  REQUIRE(result.match_elements<T>());
  return result.get_as<T>(0);
}

} // namespace parseflow::test
