// Corrections to a request before httplib and the endpoints see it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <httplib.h>

namespace parseflow::http {

/// Removes every line of the header `name` from the head that starts at `from` in `bytes`. Ignores the case
/// of letters. Precondition: the head is complete.
void erase_header(std::string& bytes, std::size_t from, std::string_view name);

/// Turns a request for `http://HOST/PATH`, the form sent to proxies, into one for `/PATH` with that `Host`
/// (RFC 9112, 3.2.2).
void make_origin_form(httplib::Request& request);

/// True if an `Accept-Encoding` of this value accepts gzip.
bool accepts_gzip(std::string_view accept_encoding);

} // namespace parseflow::http
