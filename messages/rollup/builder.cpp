// Counts the lines of a body, minute by minute. Nothing here allocates per line: names are numbered, and
// memory is allocated once per distinct name, when the part is made.
#include "messages/rollup/builder.hpp"

#include <algorithm>
#include <cstring>
#include <deque>
#include <functional>
#include <random>
#include <span>
#include <tuple>

#include "messages/logplex/address_text.hpp"
#include "messages/logplex/endpoint_path.hpp"
#include "messages/rollup/country_cache.hpp"
#include "messages/rollup/duration_order.hpp"
#include "messages/rollup/name_table.hpp"
#include "messages/rollup/platform_count.hpp"

namespace parseflow::rollup {

namespace {

// The statistics of the name with this number; names are numbered in the order in which they appear.
request_stats& stats_of(std::vector<request_stats>& all, std::uint32_t number) {
  if (number == all.size())
    all.emplace_back();
  return all[number];
}

void count_in(request_stats& stats, const request_record& request) {
  ++stats.count;
  stats.errors += is_error(request);
  stats.failures += is_failure(request);
  stats.websockets += is_websocket(request);
}

// Reserves one bucket per request: nearly every request has its own.
void reserve_durations(std::vector<request_stats>& all) {
  for (auto& stats : all)
    stats.service.reserve(std::min<std::size_t>(stats.count, histogram::bucket_count));
}

method method_of(std::string_view name) {
  // The switch on the size lets the compiler inline the comparisons.
  const auto is = [name](const char* known) { return std::memcmp(name.data(), known, name.size()) == 0; };
  switch (name.size()) {
  case 3:
    return is("GET") ? method::get : is("PUT") ? method::put : method::other;
  case 4:
    return is("POST") ? method::post : is("HEAD") ? method::head : method::other;
  case 5:
    return is("PATCH") ? method::patch : method::other;
  case 6:
    return is("DELETE") ? method::del : method::other;
  case 7:
    return is("OPTIONS") ? method::options : method::other;
  default:
    return method::other;
  }
}

std::size_t status_class_of(std::int64_t status) {
  return status >= 100 && status < 600 ? static_cast<std::size_t>(status / 100) : 0;
}

// The part for minute `at`, inserted if missing.
minute_rollup& part_of(partial& parts, minute at) {
  const auto found =
      std::lower_bound(parts.begin(), parts.end(), at, [](const part& p, minute m) { return p.at < m; });
  return found != parts.end() && found->at == at ? found->data : parts.insert(found, {at, {}})->data;
}

// The minute in which a line with timestamp `at` counts: its own, unless that is so old that its rollup would
// not be kept and would be missing after a restart.
minute counted_minute(timestamp at, timestamp received_at, const limits& bounds) {
  return minute_of(at < received_at - bounds.longest_age ? received_at : at);
}

// The minute of the first line in the body.
minute first_minute(const parsed_body& body, timestamp received_at, const limits& bounds) {
  if (body.requests.empty() && body.lines.empty())
    return minute_of(received_at);
  const bool is_request = body.lines.empty() ||
                          (!body.requests.empty() &&
                           std::less<>{}(body.requests.front().text.data(), body.lines.front().text.data()));
  return counted_minute(is_request ? body.requests.front().at : body.lines.front().at, received_at, bounds);
}

} // namespace

bool is_error(const request_record& request) {
  return request.status >= 400 || request.status < 100 || request.level == severity::error;
}

bool is_failure(const request_record& request) {
  return (request.status >= 500 && request.status < 600) || request.level == severity::error;
}

bool is_websocket(const request_record& request) {
  return request.status == 101;
}

struct builder::scratch {
  // A line of the body: its minute, and its index among the requests and then the other lines.
  struct place {
    minute at{};
    std::uint32_t index = 0;
    auto operator<=>(const place&) const = default;
  };
  static constexpr std::uint32_t no_dyno = UINT32_MAX;

  scratch(limits b, country_lookup lookup, std::uint64_t seed)
      : bounds(b), countries(std::move(lookup)), paths(seed), endpoints(seed), dynos(seed) {}

  void sort_by_minute(const parsed_body& body, timestamp received_at);
  void bound_minutes(minute spill);
  void count_samples(const parsed_body& body, partial& into, timestamp received_at);
  void share_bytes(const parsed_body& body, std::size_t body_bytes, partial& into) const;
  void count(const parsed_body& body, std::span<const place> lines, minute at, minute_rollup& into);
  void count_request(const request_record& request, minute at, minute_rollup& into);
  std::uint32_t endpoint_number(std::string_view path);
  void finish(span_rollup& into);
  void count_durations(span_rollup& into);

  limits bounds;
  country_cache countries;
  std::vector<place> places;
  std::uint64_t late = 0, early = 0; // lines

  // For the minute that is being counted.
  name_table paths, endpoints, dynos;
  std::vector<std::uint32_t> endpoint_of_path;
  std::deque<std::string> endpoint_texts; // of endpoints that are not a part of their path
  std::size_t endpoint_texts_used = 0;
  std::string endpoint_text;
  std::vector<request_stats> by_endpoint, by_dyno;
  duration_order durations;
  std::array<std::uint32_t, country_cache::numbers> by_country{};
  std::array<std::uint32_t, 600> by_status{};
  std::vector<std::uint16_t> statuses; // statuses counted in by_status
  std::vector<std::uint32_t> visitors; // hashes
};

builder::builder(limits bounds, country_lookup countries) {
  std::random_device random;
  const std::uint64_t seed = std::uint64_t{random()} << 32 | random();
  scratch_ = std::make_unique<scratch>(bounds, std::move(countries), seed);
}

builder::~builder() = default;

void builder::set_bounds(const limits& bounds) {
  scratch_->bounds = bounds;
}

partial builder::build(const parsed_body& body, std::size_t body_bytes, timestamp received_at) {
  auto& s = *scratch_;
  s.sort_by_minute(body, received_at);
  partial result;
  for (auto begin = s.places.begin(); begin != s.places.end();) {
    const auto at = begin->at;
    const auto end = std::find_if(begin, s.places.end(), [at](const auto& place) { return place.at != at; });
    auto& added = result.emplace_back();
    added.at = at;
    s.count(body, {begin, end}, at, added.data);
    begin = end;
  }
  s.count_samples(body, result, received_at);
  if (s.late + s.early != 0) {
    auto& receipt = part_of(result, minute_of(received_at));
    receipt.late = s.late;
    receipt.early = s.early;
  }
  if (!s.places.empty())
    s.share_bytes(body, body_bytes, result);
  const bool has_bytes_only = s.places.empty() && body_bytes != 0;
  if (!has_bytes_only && !body.framing.has_count_mismatch && body.framing.miscounted == 0 &&
      body.framing.samples_left_out == 0)
    return result;
  // The first line's minute may be missing because a bound moved the line; then the body counts in the
  // earliest minute.
  const auto home = first_minute(body, received_at, s.bounds);
  if (result.empty())
    result.push_back({home, {}});
  auto owner = std::find_if(result.begin(), result.end(), [home](const part& p) { return p.at == home; });
  if (owner == result.end())
    owner = result.begin();
  if (has_bytes_only)
    owner->data.bytes += body_bytes;
  owner->data.malformed += body.framing.miscounted;
  owner->data.count_mismatches += body.framing.has_count_mismatch;
  owner->data.samples_left_out += body.framing.samples_left_out;
  return result;
}

void builder::scratch::sort_by_minute(const parsed_body& body, timestamp received_at) {
  places.clear();
  places.reserve(body.requests.size() + body.lines.size());
  late = early = 0;
  const timestamp oldest = received_at - late_after, newest = received_at + late_after;
  minute current = minute_of(received_at);
  bool is_sorted = true;
  const auto add = [&](timestamp at) {
    late += at <= oldest;
    early += at >= newest;
    // Nearly every line is in the same minute as the previous one.
    if (at < current || at >= current + std::chrono::minutes{1})
      current = counted_minute(at, received_at, bounds);
    is_sorted = is_sorted && (places.empty() || places.back().at <= current);
    places.push_back({current, static_cast<std::uint32_t>(places.size())});
  };
  for (const auto& request : body.requests)
    add(request.at);
  for (const auto& line : body.lines)
    add(line.at);
  if (is_sorted && (places.empty() || places.front().at == places.back().at))
    return;
  if (!is_sorted)
    std::sort(places.begin(), places.end());
  bound_minutes(minute_of(received_at));
}

// Moves lines beyond the bound on minutes to `spill`.
void builder::scratch::bound_minutes(minute spill) {
  std::size_t minutes = 1;
  auto next = places.begin() + 1;
  for (; next != places.end() && minutes <= bounds.minutes; ++next)
    minutes += next->at != (next - 1)->at;
  if (minutes <= bounds.minutes)
    return;
  for (--next; next != places.end(); ++next)
    next->at = spill;
  std::sort(places.begin(), places.end());
}

// Counts samples in the minutes of their lines.
void builder::scratch::count_samples(const parsed_body& body, partial& into, timestamp received_at) {
  const auto find = [&into](minute at) {
    const auto found =
        std::lower_bound(into.begin(), into.end(), at, [](const part& p, minute m) { return p.at < m; });
    return found != into.end() && found->at == at ? found : into.end();
  };
  sample_counter counter(bounds);
  auto home = into.end();
  for (const auto& sample : body.samples) {
    const auto at = counted_minute(sample.at, received_at, bounds);
    if (home == into.end() || home->at != at)
      home = find(at);
    if (home == into.end())
      home = find(minute_of(received_at));
    if (home != into.end())
      counter.add(sample, home->data);
  }
}

// Counts the bytes of each line in the line's own minute. Framing and heads are shared out evenly, because
// they take about the same for each line.
void builder::scratch::share_bytes(const parsed_body& body, std::size_t body_bytes, partial& into) const {
  if (into.size() == 1) {
    into.front().data.bytes = body_bytes;
    return;
  }
  const auto text_of = [&](const place& line) {
    return line.index < body.requests.size() ? body.requests[line.index].text.size()
                                             : body.lines[line.index - body.requests.size()].text.size();
  };
  std::uint64_t texts = 0;
  for (const auto& line : places)
    texts += text_of(line);
  const bool counts_texts = texts <= body_bytes; // texts may be counted twice in a damaged body
  const auto around = body_bytes - (counts_texts ? texts : 0);
  auto home = into.begin();
  std::uint64_t lines = 0, shared = 0;
  for (const auto& line : places) {
    while (home->at != line.at)
      ++home;
    ++lines;
    const auto until = around * lines / places.size();
    home->data.bytes += until - shared + (counts_texts ? text_of(line) : 0);
    shared = until;
  }
}

// Precondition: `into` is empty.
void builder::scratch::count(const parsed_body& body, std::span<const place> lines, minute at,
                             minute_rollup& into) {
  into.lines = lines.size();
  for (const auto& line : lines) {
    if (line.index < body.requests.size())
      count_request(body.requests[line.index], at, into);
    else
      count_line(body.lines[line.index - body.requests.size()], into, bounds);
  }
  if (into.requests != 0)
    finish(into);
}

void builder::scratch::count_request(const request_record& request, minute at, minute_rollup& into) {
  const bool has_durations = !is_websocket(request);
  ++into.requests;
  into.errors += is_error(request);
  into.failures += is_failure(request);
  const auto status_class = status_class_of(request.status);
  ++into.by_status_class[status_class];
  if (status_class != 0 && ++by_status[static_cast<std::size_t>(request.status)] == 1)
    statuses.push_back(static_cast<std::uint16_t>(request.status));
  ++into.by_method[static_cast<std::size_t>(method_of(request.method))];
  if (request.bytes != request_record::unknown)
    into.response_bytes += static_cast<std::uint64_t>(std::max<std::int64_t>(request.bytes, 0));
  if (has_durations && request.connect_ms != request_record::unknown)
    into.connect.add(request.connect_ms);
  // Lines that a bound moved to this minute have no second in it.
  if (const auto in_minute = request.at - at;
      in_minute >= std::chrono::microseconds{0} && in_minute < std::chrono::minutes{1})
    ++into.by_second[static_cast<std::size_t>(in_minute / std::chrono::seconds{1})];
  if (!request.code.empty())
    ++bounded_entry(into.error_codes, request.code, bounds.error_codes);
  logplex::address_scratch address;
  const auto peer = logplex::peer_address(request.fwd, address);
  if (countries.can_look_up())
    if (const auto country = countries.number_of(peer); country != country_cache::none)
      ++by_country[country];
  if (!peer.empty())
    visitors.push_back(distinct_counter::hash_of(peer));

  const auto endpoint = endpoint_number(request.path);
  count_in(stats_of(by_endpoint, endpoint), request);
  std::uint32_t dyno = no_dyno;
  if (!request.dyno.empty()) {
    dyno = dynos.number_of(request.dyno);
    count_in(stats_of(by_dyno, dyno), request);
  }
  if (request.service_ms == request_record::unknown)
    return;
  if (has_durations)
    durations.add(request.service_ms, endpoint, dyno);
  else
    into.websockets.add(request.service_ms);
}

std::uint32_t builder::scratch::endpoint_number(std::string_view path) {
  const auto number = paths.number_of(path);
  if (number < endpoint_of_path.size())
    return endpoint_of_path[number];
  const auto name = logplex::endpoint_of(path, endpoint_text);
  const auto known = endpoints.size();
  const auto endpoint = endpoints.number_of(name);
  if (endpoint == known && name.data() == endpoint_text.data()) {
    if (endpoint_texts_used == endpoint_texts.size())
      endpoint_texts.emplace_back();
    auto& kept = endpoint_texts[endpoint_texts_used++];
    kept = name;
    endpoints.rebind_last(kept);
  }
  endpoint_of_path.push_back(endpoint);
  return endpoint;
}

// Moves everything counted per name to `into`, and makes the scratch ready for the next minute.
void builder::scratch::finish(span_rollup& into) {
  count_durations(into);

  std::vector<heavy_hitters<request_stats>::entry> entries(endpoints.size());
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    entries[i].key = endpoints[i];
    entries[i].payload = std::move(by_endpoint[i]);
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  into.endpoints = heavy_hitters<request_stats>(std::move(entries), bounds.endpoints);

  for (std::uint32_t i = 0; i < dynos.size(); ++i) {
    auto& stats = bounded_entry(into.dynos, dynos[i], bounds.dynos);
    if (stats.count == 0)
      stats = std::move(by_dyno[i]);
    else
      merge(stats, by_dyno[i]);
  }
  if (countries.can_look_up())
    for (std::size_t number = 0; number < by_country.size(); ++number)
      if (const auto requests = std::exchange(by_country[number], 0); requests != 0) {
        const auto letters = country_cache::letters_of(static_cast<std::uint16_t>(number));
        into.countries.emplace(std::string(letters.begin(), letters.end()), requests);
      }

  for (const auto status : statuses)
    into.by_status.emplace(status, std::exchange(by_status[status], 0));
  into.visitors.add_all(visitors);

  paths.clear();
  endpoints.clear();
  dynos.clear();
  statuses.clear();
  visitors.clear();
  endpoint_of_path.clear();
  endpoint_texts_used = 0;
  by_endpoint.clear();
  by_dyno.clear();
}

void builder::scratch::count_durations(span_rollup& into) {
  into.service.reserve(durations.buckets());
  reserve_durations(by_endpoint);
  reserve_durations(by_dyno);
  durations.take([&](const duration& next) {
    into.service.add(next.ms);
    by_endpoint[next.endpoint].service.add(next.ms);
    if (next.dyno != no_dyno)
      by_dyno[next.dyno].service.add(next.ms);
  });
}

} // namespace parseflow::rollup
