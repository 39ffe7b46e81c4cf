// A failed TLS connection must not take the others with it.
#pragma once

namespace parseflow {

/// CAF 0.17 asks OpenSSL what became of a read or write without having cleared the thread's queue of errors
/// before, as OpenSSL demands. What one connection left there (a peer that hangs up, a stranger's garbage)
/// then counts as the failure of the next one that only has to wait, and soon all peers are cut off. So this
/// program brings `SSL_read` and its like itself: they clear the queue, and call those of OpenSSL.
///
/// Returns whether the calls of libraries come here too, which the way the program is linked decides.
bool clears_tls_errors();

} // namespace parseflow
