// What a call answered, in a form that a failed check shows.
#pragma once

#include <string>

#include "messages/expected.hpp"

namespace parseflow {

/// The sentence of the problem; empty if the call succeeded.
template <class T>
std::string problem_in(const expected<T>& answer) {
  return answer ? std::string{} : answer.error().sentence;
}

} // namespace parseflow
