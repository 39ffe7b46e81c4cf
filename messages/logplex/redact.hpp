// Hides what must not be stored or shown. Works on the raw body, before anything is journaled, stored
// or parsed.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "messages/frame.hpp"

namespace parseflow::logplex {

/// Says which parts of a line's text to hide. All off by default, because hiding cannot be undone.
struct redaction_settings {
  /// `dev@example.com`, also with `%40`.
  bool email_addresses = false;
  /// The values of query parameters after a `?`: `/search?q=shoes` becomes `/search?q=*****`.
  bool query_values = false;
  /// The values of these keys, in upper or lower case, in `key=value`, `key: value`, `"key":"value"`,
  /// `"key"=>"value"` and `thing[key]=value`. A value that is an object or a list is hidden if the line is a
  /// JSON object, member by member.
  std::vector<std::string> keys;
};

/// Hides by writing `*` over each byte, so that lengths, and with them octet counts, stay correct. A text
/// that is a JSON object is read by its structure and stays one; a hidden value without quotes becomes `0`
/// and spaces. What a sender has cut in two is not recognised across the cut.
class redactor {
public:
  explicit redactor(redaction_settings rules);

  /// False if there is nothing to hide: then both functions do nothing.
  bool is_active() const { return is_active_; }

  /// Hides in the texts of all lines of `body`, in any of its forms; headers stay as they are. Damaged bytes
  /// are treated as one text. Linear in time; allocates nothing.
  void redact_body(std::string& body, structured_data mode) const;

  /// Hides in one text.
  void redact_text(char* text, std::size_t bytes) const;

private:
  class json_hider;

  // The size of the key at `at` if it is a word of its own there, else 0.
  std::size_t key_at(std::string_view text, std::size_t at) const;
  bool ends_with_key(std::string_view name) const;
  void redact_plain(char* text, std::size_t bytes) const;

  redaction_settings rules_;
  std::array<bool, 256> begins_key_{};
  bool is_active_ = false;
};

} // namespace parseflow::logplex
