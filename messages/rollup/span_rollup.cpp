#include "messages/rollup/span_rollup.hpp"

#include "messages/rollup/by_name.hpp"

namespace parseflow::rollup {

namespace {

template <class T>
void merge_names(by_name<T>& into, const by_name<T>& from, std::size_t bound) {
  for (const auto& [name, value] : from)
    merge(bounded_entry(into, name, bound), value);
}

} // namespace

void merge(span_rollup& into, const span_rollup& from, const limits& bounds, extent detail) {
  into.requests += from.requests;
  into.errors += from.errors;
  into.failures += from.failures;
  for (std::size_t i = 0; i < into.by_status_class.size(); ++i)
    into.by_status_class[i] += from.by_status_class[i];
  for (const auto& [status, count] : from.by_status)
    into.by_status[status] += count;
  for (std::size_t i = 0; i < into.by_method.size(); ++i)
    into.by_method[i] += from.by_method[i];
  into.service.merge(from.service);
  into.connect.merge(from.connect);
  into.websockets.merge(from.websockets);
  into.response_bytes += from.response_bytes;
  merge_names(into.error_codes, from.error_codes, bounds.error_codes);
  merge_names(into.countries, from.countries, SIZE_MAX);
  into.visitors.merge(from.visitors);
  if (detail == extent::all) {
    into.endpoints.add(from.endpoints, bounds.endpoints);
    merge_names(into.dynos, from.dynos, bounds.dynos);
  }
  into.lines += from.lines;
  into.bytes += from.bytes;
  into.malformed += from.malformed;
  into.count_mismatches += from.count_mismatches;
  into.late += from.late;
  into.early += from.early;
  into.samples_left_out += from.samples_left_out;
  merge(into.platform, from.platform, bounds);
  merge(into.custom, from.custom, bounds);
}

} // namespace parseflow::rollup
