// Keeps a failed TLS connection from breaking the others.
#pragma once

namespace parseflow::actors {

/// OpenSSL demands that a thread's queue of errors is empty before a read or write; CAF 0.17 does not clear
/// it. An error that one connection left there (a peer that hangs up, a stranger's garbage) then counts as a
/// failure of the next connection that only has to wait, and soon all peers are cut off. So this program
/// brings its own `SSL_read`, `SSL_write`, `SSL_accept` and `SSL_connect`: each clears the queue and calls
/// OpenSSL's.
///
/// Returns whether libraries call these functions, too, which depends on how the program is linked.
bool clears_tls_errors();

} // namespace parseflow::actors
