// The variant for any machine, and the choice between the variants.
#include "messages/logplex/field_scan.hpp"

#include "messages/logplex/field_scan_kernel.hpp"

namespace parseflow::logplex {

bool scan_fields_base(const char* text, std::size_t bytes, field_ends& out) {
  return scan_fields(text, bytes, out);
}

bool has_avx2() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
         __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("pclmul");
#else
  return false;
#endif
}

bool has_avx512() {
#if defined(__x86_64__)
  return has_avx2() && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512vbmi2");
#else
  return false;
#endif
}

field_scan best_field_scan() {
  static const field_scan best = has_avx512() ? scan_fields_avx512
                                 : has_avx2() ? scan_fields_avx2
                                              : scan_fields_base;
  return best;
}

} // namespace parseflow::logplex
