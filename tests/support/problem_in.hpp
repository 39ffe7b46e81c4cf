// What a call answered or a status reports, in a form that a failed check shows.
#pragma once

#include <optional>
#include <string>

#include "messages/expected.hpp"

namespace parseflow {

/// The sentence of the problem; empty if the call succeeded.
template <class T>
std::string problem_in(const expected<T>& answer) {
  return answer ? std::string{} : answer.error().sentence;
}

/// The sentence of the problem that a status reports; empty if it reports none.
inline std::string problem_in(const std::optional<problem>& reported) {
  return reported ? reported->sentence : std::string{};
}

} // namespace parseflow
