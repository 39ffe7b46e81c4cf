// The compact form of rollups.
//
//   ROLLUP   = VERSION COUNTERS 3HISTOGRAM CODES COUNTRIES STATUSES SECONDS PLATFORM CUSTOM
//              MEMBERS ENDPOINTS DYNOS
//   CODES, COUNTRIES = NUMBER *(NAME NUMBER)
//   NAME     = NUMBER TEXT                          ; bytes shared with the name before, and the rest
//   STATUSES = NUMBER *(NUMBER NUMBER)              ; status, requests
//   SECONDS  = NUMBER *(NUMBER NUMBER)              ; second, requests; those with any
//   PLATFORM = 5NUMBER STATES ADDONS
//   STATES   = NUMBER *(NAME 5GAUGE 4NUMBER)
//   ADDONS   = NUMBER *(NAME TEXT VALUES)           ; name, process, values
//   VALUES   = NUMBER *(NAME VALUE)
//   VALUE    = GAUGE TEXT                           ; numbers, unit
//   GAUGE    = 0 / NUMBER SIGNED DECIMAL [DECIMAL]  ; twice the count, time, last; and one more, if it
//                                                   ; differs from last: max
//   CUSTOM   = NUMBER COUNTS GAUGES MEASURES UNIQUES ; the number is that of samples in the overflow
//   COUNTS   = NUMBER *(NAME NUMBER SUM)            ; name, observations, sum
//   GAUGES   = NUMBER *(NAME UNIT GAUGE [DECIMAL])  ; series_key, unit, values; if there are any: least
//   MEASURES = NUMBER *(NAME UNIT DISTRIBUTION)     ; series_key, unit, values
//   UNIT     = SIGNED TEXT                          ; time of the first value, unit
//   UNIQUES  = NUMBER *(NAME NUMBER MEMBERS)        ; name, observations, members
//   ENDPOINTS= NUMBER STATS NUMBER *(NAME NUMBER STATS) ; absent bound, other, then the entries
//   DYNOS    = NUMBER *(NAME STATS)
//   STATS    = NUMBER NUMBER [2NUMBER] HISTOGRAM    ; count, twice the errors; and one more, if there are
//                                                   ; failures or WebSockets: these; service
//
// VERSION is one byte; NUMBER, SIGNED, TEXT, REAL and DECIMAL are those of wire.hpp, HISTOGRAM is in
// histogram.cpp, DISTRIBUTION in distribution.cpp, SUM in decimal_sum.hpp, MEMBERS in distinct_counter.cpp.
// Names, statuses and seconds ascend. A time is in microseconds, from the time before (the first: from 1970),
// modulo 2^64. The largest parts stand last, so that a reader can stop before them.
//
// Version 3 had one COUNTER less, two HISTOGRAMs, and
//
//   COUNTS   = NUMBER *(NAME NUMBER SIGNED NUMBER)  ; name, observations, sum: whole, billionths
//   GAUGES   = NUMBER *(NAME VALUE DECIMAL)         ; name, values, least
//   MEASURES = NUMBER *(NAME HISTOGRAM TEXT)        ; name, thousandths, unit
//   STATS    = NUMBER NUMBER HISTOGRAM              ; count, errors, service
//
// Versions before 3 had fewer COUNTERS and histograms of the form `pairs`, in another order:
//
//   ROLLUP   = VERSION COUNTERS HISTOGRAM HISTOGRAM CODES COUNTRIES ENDPOINTS DYNOS SECONDS [PLATFORM]
//   NAME     = TEXT
//   GAUGE    = 0 / NUMBER NUMBER REAL REAL          ; count, time, last, max
//
// with times since 1970, and the PLATFORM from version 2 on.

#include "messages/rollup/rollup_form.hpp"

#include <algorithm>
#include <utility>

#include "messages/rollup/rollup_reader.hpp"
#include "messages/rollup/rollup_writer.hpp"

namespace parseflow::rollup {

namespace {

constexpr std::size_t methods_before_3 = 5;

// The counters that are plain numbers, in the order of the compact form of a version.
template <class Rollup, class Visitor>
void each_counter(Rollup& r, char of_version, Visitor visit) {
  visit(r.requests);
  visit(r.errors);
  for (auto& n : r.by_status_class)
    visit(n);
  for (std::size_t i = 0; i < methods_before_3; ++i)
    visit(r.by_method[i]);
  visit(r.response_bytes);
  visit(r.lines);
  visit(r.bytes);
  visit(r.malformed);
  visit(r.count_mismatches);
  if (of_version < 3)
    return;
  for (std::size_t i = methods_before_3; i < r.by_method.size(); ++i)
    visit(r.by_method[i]);
  visit(r.late);
  visit(r.early);
  visit(r.samples_left_out);
  if (of_version > form::version_of_thousandths)
    visit(r.failures);
}

std::string encode(const span_rollup& value, const second_counts& by_second) {
  std::string bytes(1, form::version);
  form::writer out(bytes);
  each_counter(value, form::version, [&](std::uint64_t n) { out.put(n); });
  out.put(value.service);
  out.put(value.connect);
  out.put(value.websockets);
  out.put(value.error_codes);
  out.put(value.countries);
  out.put(value.by_status);
  out.put(by_second);
  out.put(value.platform);
  out.put(value.custom);
  out.put(value.visitors);
  out.put(value.endpoints);
  out.put(value.dynos);
  return bytes;
}

} // namespace

std::string encode(const minute_rollup& value) {
  return encode(value, value.by_second);
}

std::string encode(const span_rollup& value) {
  return encode(value, {});
}

std::optional<minute_rollup> decode(std::string_view bytes, extent detail) {
  if (bytes.empty() || bytes.front() < form::version_without_platform || bytes.front() > form::version)
    return std::nullopt;
  const char found = bytes.front();
  form::reader in(bytes.substr(1), found);
  minute_rollup result;
  each_counter(result, found, [&](std::uint64_t& n) { in.take(n); });
  in.require(result.errors <= result.requests && result.failures <= result.requests);
  in.take(result.service);
  in.take(result.connect);
  if (found > form::version_of_thousandths)
    in.take(result.websockets);
  else
    result.failures = std::min(result.by_status_class[5], result.requests);
  in.take(result.error_codes);
  in.take(result.countries);
  if (found <= form::version_without_custom) {
    in.take(result.endpoints);
    in.take(result.dynos);
    in.take(result.by_second);
    if (found != form::version_without_platform)
      in.take(result.platform);
  } else {
    in.take(result.by_status);
    in.take(result.by_second);
    in.take(result.platform);
    in.take(result.custom);
    in.take(result.visitors);
    if (detail == extent::without_names)
      return in.is_whole() ? std::optional(std::move(result)) : std::nullopt;
    in.take(result.endpoints);
    in.take(result.dynos);
  }
  if (!in.is_done())
    return std::nullopt;
  if (detail == extent::without_names) {
    result.endpoints = {};
    result.dynos.clear();
  }
  return result;
}

} // namespace parseflow::rollup
