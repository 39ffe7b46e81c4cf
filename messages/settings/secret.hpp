// Secrets, by type: what is one cannot be shown by mistake.
#pragma once

#include <string>
#include <utility>

namespace parseflow {

/// A text that must not be logged or shown: it has no formatter, and only `reveal` gives it out.
class secret {
public:
  secret() = default;
  explicit secret(std::string text) : text_(std::move(text)) {}
  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

private:
  std::string text_;
};

} // namespace parseflow
