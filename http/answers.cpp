// JSON answers.
#include "http/answers.hpp"

#include <nlohmann/json.hpp>

namespace parseflow::http {

void refuse(httplib::Response& response, int status, std::string_view code, std::string_view message) {
  response.status = status;
  const nlohmann::ordered_json body{{"error", code}, {"message", message}};
  // A message may quote what a client sent: whatever it was, the answer is valid JSON.
  response.set_content(body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
                       "application/json");
}

void answer_json(httplib::Response& response, std::string json) {
  response.set_content(std::move(json), "application/json");
}

} // namespace parseflow::http
