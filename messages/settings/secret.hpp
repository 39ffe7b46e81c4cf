// A type for secrets, so that none is shown by mistake.
#pragma once

#include <string>
#include <utility>

namespace parseflow {

/// A text that must not be logged or shown: it has no formatter, and only `reveal` returns it.
class secret {
public:
  secret() = default;
  explicit secret(std::string text) : text_(std::move(text)) {}
  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }
  /// Not for what strangers send: the time it takes tells how much is right.
  bool operator==(const secret&) const = default;

private:
  std::string text_;
};

} // namespace parseflow
