// Compiled for AVX2 where the target has it.
#include "messages/logplex/field_scan_kernel.hpp"

namespace parseflow::logplex {

bool scan_fields_avx2(const char* text, size_t bytes, field_ends& out) {
  return scan_fields(text, bytes, out);
}

} // namespace parseflow::logplex
