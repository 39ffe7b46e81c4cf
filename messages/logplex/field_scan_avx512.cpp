// Compiled for AVX-512 where the target has it.
#include "messages/logplex/field_scan_kernel.hpp"

namespace parseflow::logplex {

bool scan_fields_avx512(const char* text, size_t bytes, field_ends& out) {
  return scan_fields(text, bytes, out);
}

} // namespace parseflow::logplex
