// A database's connection in a store: opened once, limited in time, and no call throws.
#pragma once

#include <concepts>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "db/failure.hpp"
#include "db/store.hpp"

namespace parseflow::db {

/// What every store needs from a database. Any call may throw the exceptions that the two `…failure` functions
/// explain.
template <class T>
concept connection_backend = requires(T& t) {
  // The database's name in messages, without secrets.
  { t.place() } -> std::same_as<std::string>;
  { t.is_open() } -> std::same_as<bool>;
  // Connects; the store of lines also applies the migrations that are missing.
  t.open();
  t.close();
  // Clears what it has cached of the tables, and closes a connection that cannot be used any more.
  t.forget();
  // What the exception that is being handled means: `opening_failure` during `open`, `failure` at any
  // other time.
  { t.opening_failure() } -> std::same_as<result>;
  { t.failure() } -> std::same_as<result>;
  // Limits the time of a call for as long as the returned object exists.
  t.limited();
};

/// Holds a `Backend`, and turns what it throws into results. After a failure the backend forgets what it knew.
template <connection_backend Backend>
class guarded_backend {
public:
  template <class... Arguments>
  explicit guarded_backend(Arguments&&... arguments) : backend_(std::forward<Arguments>(arguments)...) {}

  /// For use within `call`.
  Backend* operator->() { return &backend_; }
  const Backend* operator->() const { return &backend_; }

  /// Connects; does nothing while connected.
  result open() {
    if (backend_.is_open())
      return {};
    result opened = guarded(
        backend_.place(), [&] { backend_.open(); }, [&] { return backend_.opening_failure(); });
    if (opened.code != outcome::done)
      backend_.close();
    return opened;
  }

  /// Calls `action` within the time that a call may take.
  template <class Action>
  result call(Action action) {
    return unlimited_call([&] {
      [[maybe_unused]] const auto limit = backend_.limited();
      action();
    });
  }

  template <class Action>
  result unlimited_call(Action action) {
    if (!backend_.is_open())
      return {outcome::retry, fmt::format("{}: not open", backend_.place())};
    result done = guarded(backend_.place(), action, [&] { return backend_.failure(); });
    if (done.code != outcome::done)
      backend_.forget();
    return done;
  }

private:
  Backend backend_;
};

} // namespace parseflow::db
