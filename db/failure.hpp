// How a database call fails: the exceptions thrown inside db/, and the one function that turns them
// into results.
#pragma once

#include <concepts>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

#include "db/store.hpp"

namespace parseflow::db {

/// The database cannot be used as it is; trying again does not help.
struct unusable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Another session changed a rollup meanwhile. Nothing was stored; the same call may succeed later.
struct stale_rollup : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Runs `action` and turns an exception into a result. The message begins with `place`, the database's name
/// for people. `explain` is called while the database's own exception is being handled, so `throw;` rethrows
/// it; it returns what the exception means, without the place.
template <std::invocable Action, std::invocable Explain>
result guarded(std::string_view place, Action action, Explain explain) {
  result failed;
  try {
    action();
    return {};
  } catch (const unusable& e) {
    failed = {outcome::rejected, e.what()};
  } catch (const stale_rollup& e) {
    failed = {outcome::retry, e.what()};
  } catch (const std::bad_alloc&) {
    failed = {outcome::retry, "out of memory"};
  } catch (const std::exception&) {
    failed = explain();
  }
  failed.message = std::string(place) + ": " + failed.message;
  return failed;
}

} // namespace parseflow::db
