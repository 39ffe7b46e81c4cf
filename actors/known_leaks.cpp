// What the leak checker of a sanitized build must not report. Part of the program alone.
#ifdef PARSEFLOW_ADDRESS_SANITIZER
// libpqxx 6.4 leaks about 2 KB per lost connection. In CAF 0.17 a helper waits minutes for the answer of a
// node that it has just learned of; if the process ends before that, helper and broker keep each other alive,
// and the broker its connections.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libpqxx\nleak:caf::io::basp\nleak:caf::io::network::default_multiplexer::new_scribe";
}
#endif
