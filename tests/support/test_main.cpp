#include <doctest/doctest.h>

#include <csignal>

int main(int argc, char** argv) {
  // httplib's clients may write to connections that the peer has closed; over TLS that raises a signal.
  std::signal(SIGPIPE, SIG_IGN);
  return doctest::Context(argc, argv).run();
}
