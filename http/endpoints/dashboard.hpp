// The page's files. They are public: the page gets its data from the API, with a session.
#pragma once

#include <string_view>

#include "http/connections/exchange.hpp"

namespace parseflow::http {

/// True if the page has a file with this path.
bool is_page_file(std::string_view path);

/// Answers with the file, or with 304 if the client already has it. Precondition: `is_page_file`.
void get_page_file(exchange& current);

/// Answers with a redirect to the page.
void redirect_to_page(exchange& current);

} // namespace parseflow::http
