#include "messages/process_stop.hpp"

#include <cstdlib>
#include <thread>

#include <unistd.h>

#include "messages/service_log.hpp"

namespace parseflow {

stop_signals::stop_signals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

stop_signals::request stop_signals::wait() const {
  int signal = 0;
  sigwait(&signals_, &signal);
  return signal == SIGHUP ? request::reload : request::stop;
}

void stop_signals::let_through() const {
  pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
}

void stop_signals::send() {
  kill(getpid(), SIGTERM);
}

void end_at_the_latest(std::chrono::seconds limit, int status) {
  std::thread([limit, status] {
    std::this_thread::sleep_for(limit);
    log(log_level::warn, "main",
        "stopped without waiting for a call that hangs; the journal keeps what is not stored");
    std::_Exit(status);
  }).detach();
}

} // namespace parseflow
