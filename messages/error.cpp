#include "messages/error.hpp"

#include <utility>

#include <caf/make_message.hpp>

namespace parseflow {

std::string_view to_string(ec code) {
  switch (code) {
  case ec::none:
    return "none";
  case ec::unknown_metric:
    return "unknown_metric";
  case ec::box_hangs:
    return "box_hangs";
  case ec::store_unusable:
    return "store_unusable";
  case ec::not_ready:
    return "not_ready";
  case ec::store_away:
    return "store_away";
  case ec::unknown_peer:
    return "unknown_peer";
  case ec::refused:
    return "refused";
  }
  return "unknown_error";
}

caf::error make_error(ec code, std::string sentence) {
  return {static_cast<std::uint8_t>(code), caf::atom("parseflow"), caf::make_message(std::move(sentence))};
}

} // namespace parseflow
