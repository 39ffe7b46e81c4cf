#include "tests/support/json_schema.hpp"

#include <algorithm>

#include <regex.h>

namespace parseflow::test {

namespace {

using nlohmann::json;

// An extended POSIX expression, since std::regex does not compile without warnings in a sanitizer build.
bool matches(const std::string& text, const std::string& pattern) {
  regex_t expression{};
  if (regcomp(&expression, pattern.c_str(), REG_EXTENDED | REG_NOSUB) != 0)
    return false;
  const bool found = regexec(&expression, text.c_str(), 0, nullptr, 0) == 0;
  regfree(&expression);
  return found;
}

bool has_type(const json& value, const std::string& type) {
  return type == "integer"   ? value.is_number_integer()
         : type == "number"  ? value.is_number()
         : type == "string"  ? value.is_string()
         : type == "boolean" ? value.is_boolean()
         : type == "array"   ? value.is_array()
         : type == "object"  ? value.is_object()
                             : false;
}

class checker {
public:
  explicit checker(const json& root) : root_(root) {}

  void check(const json& value, const json& schema, const std::string& place) {
    if (schema.is_boolean()) {
      require(schema.get<bool>(), place, "is not described");
      return;
    }
    for (const auto& [keyword, wanted] : schema.items())
      check_keyword(value, schema, keyword, wanted, place);
  }

  std::vector<std::string> violations;

private:
  void require(bool holds, const std::string& place, const std::string& what) {
    if (!holds)
      violations.push_back(place + " " + what);
  }

  void check_keyword(const json& value, const json& schema, const std::string& keyword, const json& wanted,
                     const std::string& place) {
    static const std::vector<std::string> silent = {"$schema", "$defs", "title", "description"};
    if (std::find(silent.begin(), silent.end(), keyword) != silent.end())
      return;
    if (keyword == "$ref")
      check(value, root_.at(json::json_pointer(wanted.get<std::string>().substr(1))), place);
    else if (keyword == "type")
      require(has_type(value, wanted), place, "is no " + wanted.get<std::string>());
    else if (keyword == "enum")
      require(std::find(wanted.begin(), wanted.end(), value) != wanted.end(), place,
              "is none of " + wanted.dump());
    else if (keyword == "minimum")
      require(!value.is_number() || value >= wanted, place, "is below " + wanted.dump());
    else if (keyword == "maximum")
      require(!value.is_number() || value <= wanted, place, "is above " + wanted.dump());
    else if (keyword == "pattern")
      require(!value.is_string() || matches(value.get<std::string>(), wanted.get<std::string>()), place,
              "does not match " + wanted.dump());
    else if (keyword == "items")
      check_items(value, wanted, place);
    else if (keyword == "required")
      for (const auto& name : wanted)
        require(!value.is_object() || value.contains(name.get<std::string>()), place,
                "lacks " + name.get<std::string>());
    else if (keyword == "properties" || keyword == "additionalProperties")
      check_properties(value, schema, keyword, wanted, place);
    else
      require(false, place, "has a schema with the unsupported keyword " + keyword);
  }

  void check_items(const json& value, const json& schema, const std::string& place) {
    if (!value.is_array())
      return;
    for (std::size_t i = 0; i < value.size(); ++i)
      check(value[i], schema, place + "/" + std::to_string(i));
  }

  void check_properties(const json& value, const json& schema, const std::string& keyword, const json& wanted,
                        const std::string& place) {
    if (!value.is_object())
      return;
    const bool are_named = keyword == "properties";
    for (const auto& [name, member] : value.items()) {
      const bool is_named = schema.contains("properties") && schema["properties"].contains(name);
      if (is_named == are_named)
        check(member, are_named ? wanted[name] : wanted, place + "/" + name);
    }
  }

  const json& root_;
};

} // namespace

std::vector<std::string> schema_violations(const json& value, const json& schema) {
  checker found(schema);
  found.check(value, schema, "");
  return found.violations;
}

} // namespace parseflow::test
