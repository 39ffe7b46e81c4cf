// What the retention of every database has in common: the order of a pass and the handling of failures. The
// backends have the SQL: db/sqlite, db/postgres.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <utility>

#include "db/downsample_walk.hpp"
#include "db/failure.hpp"
#include "db/retention.hpp"

namespace parseflow::db {

/// Thrown while another node removes rows: ends this pass; the next pass continues at the same place.
struct not_our_turn {};

/// What `database_retention` needs from a database. Any call may throw `not_our_turn` and the exceptions that
/// `failure` explains.
template <class T>
concept retention_backend = requires(T& t, std::size_t table, timestamp cutoff, timestamp now,
                                     retention_clocks& clocks, retention_step& done) {
  // True: a piece that fails is skipped until the next pass, so that it does not block the others.
  { T::skips_what_fails } -> std::convertible_to<bool>;
  // The database's name in messages, without secrets.
  { t.place() } -> std::same_as<std::string>;
  // Connects; a no-op while connected.
  t.open();
  // What the exception that is being handled means. Closes a connection that cannot be used any more.
  { t.failure() } -> std::same_as<result>;
  // Limits the time of a call for as long as the returned object exists.
  t.limited();
  t.read_clocks(clocks);
  // Removes some rows before `cutoff` from the table with this index in `kept_tables`. False: nothing is left
  // to remove for now.
  { t.remove(table, cutoff, now, done) } -> std::same_as<bool>;
  { t.rollups() } -> std::same_as<rollup_table&>;
  // Does one piece of the work that follows all tables. False: nothing is left to do for now.
  { t.tidy(now) } -> std::same_as<bool>;
  // Called when a pass is over; the next one begins some time later.
  t.end_pass();
};

/// A retention that uses a `Backend`, constructed from `arguments`.
template <retention_backend Backend>
class database_retention final : public retention {
public:
  template <class... Arguments>
  explicit database_retention(const retention_settings& kept, Arguments&&... arguments)
      : kept_(kept), backend_(std::forward<Arguments>(arguments)...) {}

  retention_clocks clocks() override {
    retention_clocks read;
    read.outcome = call([&] { backend_.read_clocks(read); });
    return read;
  }

  retention_step step(const retention_limits& pass) override {
    retention_step done;
    done.outcome = call([&] { do_step(pass, done); });
    if (done.is_pass_over)
      backend_.end_pass();
    return done;
  }

private:
  // No data is written here that the database could reject: any failure may be gone later, so all
  // become `retry`.
  template <class Action>
  result call(Action action) {
    result done = guarded(
        backend_.place(),
        [&] {
          backend_.open();
          [[maybe_unused]] const auto limit = backend_.limited();
          action();
        },
        [&] { return backend_.failure(); });
    if (done.code != outcome::done)
      done.code = outcome::retry;
    return done;
  }

  void do_step(const retention_limits& pass, retention_step& done) {
    while (place_ < kept_tables.size() && !cutoff(kept_tables[place_], kept_, pass))
      ++place_;
    const std::size_t place = place_;
    if constexpr (Backend::skips_what_fails)
      place_ = next(place);
    try {
      const bool has_more = do_piece(place, pass, done);
      place_ = has_more ? place : next(place);
      done.is_pass_over = place_ == 0 && !has_more;
    } catch (const not_our_turn&) {
      place_ = place;
      done.is_pass_over = true;
    }
  }

  bool do_piece(std::size_t place, const retention_limits& pass, retention_step& done) {
    if (place < kept_tables.size())
      return backend_.remove(place, *cutoff(kept_tables[place], kept_, pass), pass.now, done);
    if (const std::size_t level = place - kept_tables.size(); level < downsampling_.size())
      return downsampling_[level].step(backend_.rollups(), pass.now, done.downsampled);
    return backend_.tidy(pass.now);
  }

  static std::size_t next(std::size_t place) {
    return place < kept_tables.size() + downsample_levels.size() ? place + 1 : 0;
  }

  const retention_settings kept_;
  Backend backend_;
  std::array<downsample_walk, downsample_levels.size()> downsampling_{downsample_walk(downsample_levels[0]),
                                                                      downsample_walk(downsample_levels[1])};
  // What the next step works on: the index of a table; after the last table the levels of downsampling, then
  // tidying up.
  std::size_t place_ = 0;
};

} // namespace parseflow::db
