#include "http/endpoints/keys.hpp"

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "http/connections/json_text.hpp"
#include "http/connections/reply.hpp"
#include "http/endpoints/registry_answers.hpp"

namespace parseflow::http {

namespace {

nlohmann::ordered_json key_json(const registered_key& key) {
  return {{"id", key.id},
          {"name", key.name},
          {"role", to_string(key.role)},
          {"apps", key.apps},
          {"created_at", time_or_null(key.created)},
          {"last_used_at", time_or_null(key.last_used)}};
}

// The wish in a JSON body {"name": "ci", "role": "read", "apps": ["shop"]}; nothing if it has another form.
std::optional<key_wish> key_wish_in(const std::string& body) {
  const auto given = nlohmann::json::parse(body, nullptr, false);
  if (!given.is_object() || !given.contains("name"))
    return std::nullopt;
  key_wish wish;
  for (const auto& [name, value] : given.items()) {
    if (name == "name" && value.is_string()) {
      wish.name = value.get<std::string>();
    } else if (name == "role" && value.is_string()) {
      const auto role = key_role_from(value.get<std::string>());
      if (!role)
        return std::nullopt;
      wish.role = *role;
    } else if (name == "apps") {
      auto apps = texts_in(value);
      if (!apps)
        return std::nullopt;
      wish.apps = *std::move(apps);
    } else {
      return std::nullopt;
    }
  }
  return wish;
}

} // namespace

void get_keys(exchange& current, pipeline_client& boxes) {
  if (!has_only_parameters(current.request, {}, current.response))
    return;
  const auto found = boxes.ask(keys_query{});
  if (!found)
    return answer_failure(current.response, found.error(), 503, "registry_away");
  nlohmann::ordered_json answer;
  answer["keys"] = nlohmann::ordered_json::array();
  for (const auto& one : found->all)
    answer["keys"].push_back(key_json(one));
  set_json(current.response, json_text(answer));
}

void post_key(exchange& current, pipeline_client& boxes) {
  const auto wish = key_wish_in(current.request.body);
  if (!wish)
    return set_error(
        current.response, 400, "bad_key",
        R"(The body must be JSON of the form {"name": "ci", "role": "read or admin", "apps": ["optional"]}.)");
  const auto issued = boxes.ask(*wish);
  if (!issued)
    return answer_failure(current.response, issued.error(), 409, "refused");
  auto shown = key_json(issued->key);
  shown["key"] = issued->text.reveal();
  set_json(current.response, json_text(shown));
  current.response.status = 201;
}

void remove_key(exchange& current, pipeline_client& boxes) {
  auto id = id_in(current, key_path_prefix);
  if (id.empty())
    return set_error(current.response, 404, "not_found", "A key is at /api/keys/ID.");
  const auto removed = boxes.ask(key_removal{std::move(id)});
  if (!removed)
    return answer_failure(current.response, removed.error(), 404, "unknown_key");
  current.response.status = 204;
}

void end_all_sessions(exchange& current, pipeline_client& boxes) {
  const auto ended = boxes.ask(sign_out_atom_v);
  if (!ended)
    return answer_failure(current.response, ended.error(), 503, "registry_away");
  current.response.status = 204;
}

} // namespace parseflow::http
