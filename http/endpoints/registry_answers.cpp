#include "http/endpoints/registry_answers.hpp"

#include "http/connections/reply.hpp"
#include "http/render/time_text.hpp"
#include "messages/interfaces.hpp"

namespace parseflow::http {

namespace {

std::string sentence_in(const caf::error& problem) {
  return problem.context().match_elements<std::string>() ? problem.context().get_as<std::string>(0)
                                                         : std::string{"The registrar gave no reason."};
}

} // namespace

nlohmann::ordered_json time_or_null(timestamp at) {
  return at == timestamp{} ? nlohmann::ordered_json{} : nlohmann::ordered_json(rfc3339(at));
}

std::optional<std::vector<std::string>> texts_in(const nlohmann::json& given) {
  if (!given.is_array())
    return std::nullopt;
  std::vector<std::string> texts;
  for (const auto& one : given) {
    if (!one.is_string())
      return std::nullopt;
    texts.push_back(one.get<std::string>());
  }
  return texts;
}

void answer_failure(httplib::Response& response, const caf::error& problem, int refused_status,
                    std::string_view refused_code) {
  if (problem == make_error(ec::refused))
    return set_error(response, refused_status, refused_code, sentence_in(problem));
  set_error(response, 503, "registry_away", "The registry cannot be reached now: try again.");
}

std::string id_in(const exchange& current, std::string_view prefix, std::string_view ending) {
  std::string_view rest = current.request.path;
  rest.remove_prefix(prefix.size());
  if (!rest.ends_with(ending))
    return {};
  rest.remove_suffix(ending.size());
  return rest.find('/') == std::string_view::npos ? std::string{rest} : std::string{};
}

} // namespace parseflow::http
