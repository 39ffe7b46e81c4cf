// How a function fails: it returns a value, or one sentence that says why there is none.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace parseflow {

/// Why something could not be done: one sentence for people, which says what happened, to what, and what to
/// do about it. It shows no secret.
struct [[nodiscard]] problem {
  std::string sentence;
};

/// A `T`, or the problem that prevented it: true if there is a value. Without `T` it only says whether the
/// call succeeded. A function returns its value, `{}` or `problem{"…"}`, and hands on what another one
/// answered with `return found.error()`.
template <class T = void>
class [[nodiscard]] expected : public tl::expected<T, problem> {
public:
  using tl::expected<T, problem>::expected;
  expected() = default;
  expected(problem why) : tl::expected<T, problem>(tl::unexpect, std::move(why)) {}
};

} // namespace parseflow
