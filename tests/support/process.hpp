// Runs a program as a child of the test: keeps its output, and never lets it outlive the test.
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

/// The program runs from construction on. The destructor kills it if it still runs, and always reaps it.
/// It also ends when the thread that made this object ends. Threads may share only the functions about
/// its output.
class process {
public:
  /// `environment` is all that the program gets besides PATH. Throws std::runtime_error if it cannot start.
  process(const std::string& program, const std::vector<std::string>& arguments,
          const std::map<std::string, std::string>& environment = {});
  ~process();
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  pid_t pid() const { return pid_; }

  /// The program's output so far.
  std::string standard_output() const;
  std::string standard_error() const;

  /// Waits until the program's standard error holds `text`. False if it ends or `timeout` runs out before.
  bool wait_for_error_text(const std::string& text, std::chrono::milliseconds timeout);

  /// Sends a signal if the program still runs.
  void send_signal(int number);

  /// Waits for the end. Returns the exit status, or the negative number of the signal that ended the program,
  /// or nothing if it still runs after `timeout`. After the end its output is complete.
  std::optional<int> wait(std::chrono::milliseconds timeout);

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
