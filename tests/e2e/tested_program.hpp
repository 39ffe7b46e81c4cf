// The built program that the tests run.
#pragma once

#include <string>

namespace parseflow::e2e {

/// Its path: that of the build of the tests, or what the variable PARSEFLOW_BINARY names.
const std::string& tested_program();

/// Whether it was built with the address sanitizer, which makes it slower and keeps freed memory.
bool is_sanitized();

} // namespace parseflow::e2e
