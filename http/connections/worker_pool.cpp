#include "http/connections/worker_pool.hpp"

#include <exception>
#include <utility>

#include "messages/service_log.hpp"

namespace parseflow::http {

std::size_t worker_pool::start(std::size_t count, const thread_maker& make) {
  try {
    while (threads_.size() < count)
      threads_.push_back(make([this] { work(); }));
  } catch (const std::exception& problem) {
    log(log_level::error, "http", "no more threads can be started; requests may have to wait",
        {{"threads", std::to_string(threads_.size())}, {"problem", problem.what()}});
  }
  return threads_.size();
}

bool worker_pool::run(task one) {
  {
    const std::lock_guard guard{mutex_};
    if (waiting_.size() >= max_waiting)
      return false;
    waiting_.push_back(std::move(one));
  }
  changed_.notify_one();
  return true;
}

void worker_pool::stop() {
  {
    const std::lock_guard guard{mutex_};
    is_stopping_ = true;
  }
  changed_.notify_all();
  for (auto& one : std::exchange(threads_, {}))
    one.join();
}

void worker_pool::work() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return is_stopping_ || !waiting_.empty(); });
    if (waiting_.empty())
      return;
    const auto next = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    next();
    lock.lock();
  }
}

} // namespace parseflow::http
