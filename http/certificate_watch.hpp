// Takes up a renewed certificate while the service serves.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "http/connections/tls_certificate.hpp"

namespace parseflow::http {

/// Looks whether the files of a certificate have changed: every few seconds, and when asked. Connections that
/// are open keep the certificate that they began with. Owns a thread.
class certificate_watch {
public:
  static constexpr std::chrono::seconds interval{5};

  /// `certificate` must outlive this.
  explicit certificate_watch(tls_certificate& certificate);
  ~certificate_watch();
  certificate_watch(const certificate_watch&) = delete;
  certificate_watch& operator=(const certificate_watch&) = delete;

  /// Looks now. Any thread may call; does not wait.
  void look();

private:
  void watch();

  tls_certificate& certificate_;
  std::mutex mutex_; // guards what follows
  std::condition_variable changed_;
  bool is_asked_ = false, is_stopping_ = false;
  std::thread thread_;
};

} // namespace parseflow::http
