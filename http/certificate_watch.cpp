#include "http/certificate_watch.hpp"

#include <utility>

#include "messages/service_log.hpp"

namespace parseflow::http {

certificate_watch::certificate_watch(tls_certificate& certificate)
    : certificate_(certificate), thread_([this] { watch(); }) {}

certificate_watch::~certificate_watch() {
  {
    const std::lock_guard guard{mutex_};
    is_stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void certificate_watch::look() {
  {
    const std::lock_guard guard{mutex_};
    is_asked_ = true;
  }
  changed_.notify_one();
}

void certificate_watch::watch() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait_for(lock, interval, [this] { return is_stopping_ || is_asked_; });
    if (is_stopping_)
      return;
    is_asked_ = false;
    lock.unlock();
    if (const auto renewed = certificate_.refresh(); !renewed)
      log(log_level::error, "http", "the new certificate cannot be used; the one before stays",
          {{"problem", renewed.error().sentence}});
    else if (*renewed)
      log(log_level::info, "http", "new connections get the new certificate");
    lock.lock();
  }
}

} // namespace parseflow::http
