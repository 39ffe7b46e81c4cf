#include "tests/support/process.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace parseflow {

namespace {

struct pipe_ends {
  int read = -1;
  int write = -1;
};

pipe_ends make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    throw std::runtime_error("cannot make a pipe");
  return {ends[0], ends[1]};
}

std::vector<char*> pointers_to(const std::vector<std::string>& words) {
  std::vector<char*> result;
  for (const auto& word : words)
    result.push_back(const_cast<char*>(word.c_str()));
  result.push_back(nullptr);
  return result;
}

// Does only what is safe between fork and exec in a program with threads.
[[noreturn]] void become(char* const* arguments, char* const* environment, int output, int error) {
  dup2(output, STDOUT_FILENO);
  dup2(error, STDERR_FILENO);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL); // the test ignores it
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  execve(arguments[0], arguments, environment);
  _exit(127);
}

} // namespace

process::process(const std::string& program, const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& environment) {
  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment)
    variables.push_back(name + "=" + value);
  if (const char* path = std::getenv("PATH"); path != nullptr && !environment.contains("PATH"))
    variables.push_back(std::string("PATH=") + path);
  const auto argument_pointers = pointers_to(words);
  const auto variable_pointers = pointers_to(variables);
  if (access(program.c_str(), X_OK) != 0)
    throw std::runtime_error("there is no program " + program);
  const auto output = make_pipe(), error = make_pipe();
  pid_ = fork();
  if (pid_ == 0)
    become(argument_pointers.data(), variable_pointers.data(), output.write, error.write);
  close(output.write);
  close(error.write);
  if (pid_ < 0)
    throw std::runtime_error("cannot start " + program);
  pid_handle_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  reader_ = std::thread{[this, output, error] { read_output(output.read, error.read); }};
}

process::~process() {
  send_signal(SIGKILL);
  wait(std::chrono::hours{1});
  reader_.join();
  close(pid_handle_);
}

std::string process::standard_output() const {
  const std::lock_guard guard{mutex_};
  return output_;
}

std::string process::standard_error() const {
  const std::lock_guard guard{mutex_};
  return error_;
}

bool process::wait_for_error_text(const std::string& text, std::chrono::milliseconds timeout) {
  std::unique_lock lock{mutex_};
  const auto is_there = [&] { return error_.find(text) != std::string::npos; };
  changed_.wait_for(lock, timeout, [&] { return is_there() || is_silent_; });
  return is_there();
}

void process::send_signal(int number) {
  if (!status_)
    kill(pid_, number);
}

std::optional<int> process::wait(std::chrono::milliseconds timeout) {
  if (status_)
    return status_;
  pollfd ended{pid_handle_, POLLIN, 0};
  if (poll(&ended, 1, static_cast<int>(timeout.count())) != 1)
    return std::nullopt;
  int status = 0;
  waitpid(pid_, &status, 0);
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [this] { return is_silent_; });
  return status_;
}

void process::read_output(int output, int error) {
  std::array<pollfd, 2> ends{{{output, POLLIN, 0}, {error, POLLIN, 0}}};
  std::array<char, 4096> part{};
  while (ends[0].fd != -1 || ends[1].fd != -1) {
    poll(ends.data(), ends.size(), -1);
    for (auto& end : ends) {
      if (end.fd == -1 || end.revents == 0)
        continue;
      const auto size = read(end.fd, part.data(), part.size());
      const std::lock_guard guard{mutex_};
      if (size > 0)
        (&end == ends.data() ? output_ : error_).append(part.data(), static_cast<std::size_t>(size));
      else
        end.fd = -1;
    }
    changed_.notify_all();
  }
  close(output);
  close(error);
  {
    const std::lock_guard guard{mutex_};
    is_silent_ = true;
  }
  changed_.notify_all();
}

} // namespace parseflow
