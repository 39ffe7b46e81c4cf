// Serializes values as the network does.
#pragma once

#include <caf/all.hpp>
#include <doctest/doctest.h>

namespace parseflow::test {

/// `value` after it was serialized in CAF's binary format and read back, inside a message.
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
