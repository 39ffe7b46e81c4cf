// A program as a test's child: its output is kept, and it never outlives the test.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <sys/types.h>

namespace parseflow {

/// Runs from construction on. The destructor kills it if it still runs; it is always reaped. Also ends when
/// the thread that made it does. Not to be shared between threads, but for the texts.
class process {
public:
  /// `environment` is all that the program sees, besides PATH. Throws std::runtime_error if it cannot start.
  process(const std::string& program, const std::vector<std::string>& arguments,
          const std::map<std::string, std::string>& environment = {});
  ~process();
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  pid_t pid() const { return pid_; }

  /// What it has written so far.
  std::string standard_output() const;
  std::string standard_error() const;

  /// Waits until the program's standard error holds `text`. False if it ends or `patience` runs out before.
  bool wait_for_error_text(const std::string& text, std::chrono::milliseconds patience);

  /// Sends a signal, if it still runs.
  void send_signal(int number);

  /// Waits for the end: the exit status, or the number of the signal that ended it, negative. Nothing if it
  /// still runs after `patience`. All it has written is there then.
  std::optional<int> wait(std::chrono::milliseconds patience);

private:
  void read_output(int output, int error);

  pid_t pid_ = -1;
  int pid_handle_ = -1; // becomes readable when the program ends
  std::optional<int> status_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string output_, error_; // guarded by mutex_
  bool is_silent_ = false;     // guarded by mutex_: both ends are closed
  std::thread reader_;
};

} // namespace parseflow
