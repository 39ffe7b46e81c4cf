// How this process is asked to stop, and that it does not stop too late.
#pragma once

#include <chrono>
#include <csignal>

namespace parseflow {

/// SIGTERM, SIGINT and SIGHUP, which are waited for instead of handled.
class stop_signals {
public:
  /// Blocks the signals in this thread and in all that it starts: make it before the first thread.
  stop_signals();

  enum class request {
    stop,
    reload, ///< SIGHUP: take up what has changed on disk.
  };

  /// Returns when one of them arrives. One that came before the call counts.
  request wait() const;

  /// Lets them end the process, as they do without this class. For commands that have nothing to bring to an end.
  void let_through() const;

  /// Asks this process to stop. Any thread may call.
  static void send();

private:
  sigset_t signals_{};
};

/// Ends this process with `status` after `limit` at the latest, even if a call to a database or a network
/// hangs. That is as safe as a kill: what the database lacks is in the journal.
void end_at_the_latest(std::chrono::seconds limit, int status);

} // namespace parseflow
