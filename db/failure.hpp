// How a call to a database fails: what is thrown inside db/, and the one way in which it becomes a result.
#pragma once

#include <concepts>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

#include "db/store.hpp"

namespace parseflow::db {

/// The database cannot be used as it is, and trying again does not help.
struct unusable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Another session changed a rollup meanwhile. Nothing was stored; the same may succeed later.
struct stale_rollup : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Runs `action` and turns what it throws into a result whose message begins with `place`, the name of the
/// database for people. `explain` is called while the database's own exception is handled (so `throw;` finds
/// it), and says what it means, without the place.
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
