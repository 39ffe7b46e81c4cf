// What is put right in a request before httplib and the endpoints see it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <httplib.h>

namespace parseflow::http {

/// Takes every line of the header `name` out of the head that starts at `from` in `bytes`. The case of
/// letters does not matter. Precondition: the head is complete.
void erase_header(std::string& bytes, std::size_t from, std::string_view name);

/// A request for `http://HOST/PATH`, as it is sent to a proxy, becomes the same as one for `/PATH` with that
/// `Host` (RFC 9112, 3.2.2).
void make_origin_form(httplib::Request& request);

/// True if an `Accept-Encoding` of this value takes gzip.
bool accepts_gzip(std::string_view accept_encoding);

} // namespace parseflow::http
