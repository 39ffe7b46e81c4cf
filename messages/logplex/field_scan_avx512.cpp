// Finds where the fields of a text end: compiled for AVX-512 where there is such a thing.
#include "messages/logplex/field_scan_kernel.hpp"

namespace parseflow::logplex {

bool scan_fields_avx512(const char* text, size_t bytes, field_ends& out) {
  return scan_fields(text, bytes, out);
}

} // namespace parseflow::logplex
