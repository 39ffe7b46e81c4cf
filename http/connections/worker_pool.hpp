// A fixed number of threads that run what may wait: handlers that ask the boxes, inflating, hashing.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace parseflow::http {

/// Any thread may call.
class worker_pool {
public:
  using task = std::function<void()>;
  /// Starts a thread, or throws std::system_error.
  using thread_maker = std::function<std::thread(task)>;

  /// The most tasks that wait for a thread.
  static constexpr std::size_t max_waiting = 4096;

  worker_pool() = default;
  ~worker_pool() { stop(); }
  worker_pool(const worker_pool&) = delete;
  worker_pool& operator=(const worker_pool&) = delete;

  /// Starts `count` threads, or as many as the system allows. Returns how many. Call once.
  std::size_t start(std::size_t count, const thread_maker& make);

  /// Runs `one` soon; false if too many tasks wait already.
  bool run(task one);

  /// Runs the tasks that wait, then ends the threads. Later calls do nothing.
  void stop();

private:
  void work();

  std::mutex mutex_; // guards what follows
  std::condition_variable changed_;
  std::deque<task> waiting_;
  bool is_stopping_ = false;
  std::vector<std::thread> threads_;
};

} // namespace parseflow::http
