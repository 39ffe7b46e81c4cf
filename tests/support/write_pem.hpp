// Files of certificates and keys, for the tests of TLS.
#pragma once

#include <cstdio>
#include <string>

#include <doctest/doctest.h>

namespace parseflow {

/// Makes the file `path` of what `writer`, one of OpenSSL's PEM_write functions, writes.
template <class Writer>
void write_pem(const std::string& path, Writer writer) {
  FILE* const file = std::fopen(path.c_str(), "w");
  REQUIRE(file != nullptr);
  writer(file);
  std::fclose(file);
}

} // namespace parseflow
