// The most frequent names of an unbounded set in bounded memory: the mergeable form of the
// space-saving summary.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parseflow::rollup {

/// Subtracts a payload: within `heavy_hitters` the name `subtract` is its member.
template <class Payload>
void subtract_payload(Payload& from, const Payload& counted) {
  subtract(from, counted);
}

/// Names, each with its payload. `Payload` has a number `count` and a `merge(Payload&, const Payload&)`.
///
/// Nothing is lost: the payloads of all entries and `other` add up to everything ever added. A name's true
/// count is at least its `payload.count` and at most `missed` more. Exact (every `missed` is 0, `other` is
/// empty) until there have been more than `capacity` names. After that, of N counted things, no `missed` and
/// no count of an absent name is above N / (capacity + 1), however the merges were nested (Agarwal et al.,
/// Mergeable Summaries, 2012).
template <class Payload>
class heavy_hitters {
public:
  struct entry {
    std::string key;
    Payload payload;
    /// At most this many of the name's counts went to `other` while it had no entry.
    std::uint64_t missed = 0;

    bool operator==(const entry&) const = default;
  };

  heavy_hitters() = default;

  /// The summary of `exact`, the payloads of distinct names in ascending order, cut to the `capacity` most
  /// frequent ones.
  heavy_hitters(std::vector<entry> exact, std::size_t capacity) : entries_(std::move(exact)) {
    cut(capacity);
  }

  /// A summary from its parts. Precondition: `entries` ascend by key, and none has a `missed`
  /// above `absent_bound`.
  static heavy_hitters from_parts(std::vector<entry> entries, Payload other, std::uint64_t absent_bound) {
    heavy_hitters result;
    result.entries_ = std::move(entries);
    result.other_ = std::move(other);
    result.absent_bound_ = absent_bound;
    return result;
  }

  /// Adds all of `from` and keeps the `capacity` most frequent names.
  void add(const heavy_hitters& from, std::size_t capacity) {
    merge(other_, from.other_);
    if (from.absent_bound_ != 0)
      for (auto& known : entries_)
        known.missed += from.absent_bound_;
    std::size_t at = 0;
    const auto old = entries_.size();
    for (const auto& next : from.entries_) {
      at = first_not_before(next.key, at, old);
      if (at < old && entries_[at].key == next.key) {
        merge(entries_[at].payload, next.payload);
        entries_[at].missed += next.missed - from.absent_bound_; // it has an entry there
      } else {
        entries_.push_back({next.key, next.payload, next.missed + absent_bound_});
      }
    }
    if (entries_.size() != old)
      std::inplace_merge(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(old),
                         entries_.end(), [](const entry& a, const entry& b) { return a.key < b.key; });
    absent_bound_ += from.absent_bound_;
    cut(capacity);
  }

  /// Subtracts all that `counted` added. A name that has since lost its entry, or a part of its count,
  /// joins `other`, so that the total of all entries and `other` stays exact. Uses `may_include` and
  /// `subtract` of `Payload`.
  void subtract(const heavy_hitters& counted) {
    std::size_t at = 0;
    for (const auto& gone : counted.entries_) {
      at = first_not_before(gone.key, at, entries_.size());
      const bool is_known = at < entries_.size() && entries_[at].key == gone.key;
      if (is_known && may_include(entries_[at].payload, gone.payload)) {
        subtract_payload(entries_[at].payload, gone.payload);
        continue;
      }
      if (is_known) {
        absent_bound_ = std::max(absent_bound_, most(entries_[at]));
        merge(other_, entries_[at].payload);
        entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(at));
      }
      subtract_payload(other_, gone.payload);
    }
    subtract_payload(other_, counted.other_);
    std::erase_if(entries_, [](const entry& e) { return e.payload == Payload{}; });
  }

  /// In ascending order of names.
  const std::vector<entry>& entries() const { return entries_; }

  /// Calls `visit` with every payload, including `other`. `visit` must not change the counts.
  template <class Visitor>
  void each_payload(Visitor visit) {
    for (auto& e : entries_)
      visit(e.payload);
    visit(other_);
  }

  /// Calls `rename` with every name. `rename` must not change their order.
  template <class Rename>
  void rename_all(Rename rename) {
    for (auto& e : entries_)
      rename(e.key);
  }

  /// What was counted for names while they had no entry.
  const Payload& other() const { return other_; }

  /// No name without an entry was counted more often than this.
  std::uint64_t absent_bound() const { return absent_bound_; }

  /// The `n` names with the largest `payload.count`, most first. Valid until the next change.
  std::vector<const entry*> top(std::size_t n) const {
    std::vector<const entry*> result;
    for (const auto& e : entries_)
      result.push_back(&e);
    const auto kept = static_cast<std::ptrdiff_t>(std::min(n, result.size()));
    std::partial_sort(
        result.begin(), result.begin() + kept, result.end(), [](const entry* a, const entry* b) {
          return a->payload.count != b->payload.count ? a->payload.count > b->payload.count : a->key < b->key;
        });
    result.resize(static_cast<std::size_t>(kept));
    return result;
  }

  bool operator==(const heavy_hitters&) const = default;

private:
  /// The highest possible true count of the name of `e`.
  static std::uint64_t most(const entry& e) { return e.payload.count + e.missed; }

  /// True if `a` is kept rather than the name `other_key`, which was counted at most `other_most` times.
  static bool is_before(const entry& a, std::uint64_t other_most, const std::string& other_key) {
    return most(a) != other_most ? most(a) > other_most : a.key < other_key;
  }

  std::size_t first_not_before(std::string_view key, std::size_t from, std::size_t to) const {
    const auto begin = entries_.begin() + static_cast<std::ptrdiff_t>(from);
    const auto end = entries_.begin() + static_cast<std::ptrdiff_t>(to);
    const auto found =
        std::lower_bound(begin, end, key, [](const entry& e, std::string_view k) { return e.key < k; });
    return static_cast<std::size_t>(found - entries_.begin());
  }

  void cut(std::size_t capacity) {
    if (entries_.size() <= capacity)
      return;
    std::vector<const entry*> ranking;
    for (const auto& e : entries_)
      ranking.push_back(&e);
    const auto first_out = ranking.begin() + static_cast<std::ptrdiff_t>(capacity);
    std::nth_element(ranking.begin(), first_out, ranking.end(),
                     [](const entry* a, const entry* b) { return is_before(*a, most(*b), b->key); });
    const auto limit = most(**first_out);
    const std::string limit_key = (*first_out)->key; // entries move while they are erased
    absent_bound_ = std::max(absent_bound_, limit);
    std::erase_if(entries_, [&](const entry& e) {
      if (is_before(e, limit, limit_key))
        return false;
      merge(other_, e.payload);
      return true;
    });
  }

  std::vector<entry> entries_; // by key
  Payload other_;
  std::uint64_t absent_bound_ = 0;
};

} // namespace parseflow::rollup
