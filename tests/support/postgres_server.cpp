#include "tests/support/postgres_server.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/free_port.hpp"

namespace parseflow {

namespace {

using namespace std::chrono_literals;

// Finds the programs of the newest installed version.
std::filesystem::path find_binaries() {
  const std::filesystem::path versions = "/usr/lib/postgresql";
  int newest = 0;
  if (std::filesystem::exists(versions))
    for (const auto& version : std::filesystem::directory_iterator(versions))
      if (std::filesystem::exists(version.path() / "bin" / "postgres"))
        newest = std::max(newest, std::atoi(version.path().filename().c_str()));
  if (newest == 0)
    throw std::runtime_error("there is no PostgreSQL in " + versions.string() + ": install postgresql");
  return versions / std::to_string(newest) / "bin";
}

/// The account that runs the server: PostgreSQL refuses to run as root.
struct account {
  uid_t user = getuid();
  gid_t group = getgid();
};

account server_account() {
  if (getuid() != 0)
    return {};
  const passwd* entry = getpwnam("postgres");
  if (!entry)
    throw std::runtime_error("there is no user postgres to run the server as: install postgresql");
  return {entry->pw_uid, entry->pw_gid};
}

// Starts a program as `who` and appends its output to `log`.
pid_t spawn(const std::vector<std::string>& words, const account& who, const std::string& log) {
  std::vector<char*> arguments;
  for (const std::string& word : words)
    arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child != 0)
    return child;
  const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  // Set after the change of user, which would clear it: SIGQUIT (immediate shutdown) when this thread ends.
  const bool is_other = who.user != getuid();
  if (is_other && (setgroups(0, nullptr) != 0 || setgid(who.group) != 0 || setuid(who.user) != 0))
    _exit(126);
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  execv(arguments[0], arguments.data());
  _exit(127);
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

postgres_server::postgres_server(disk mode, std::string host)
    : binaries_(find_binaries()), mode_(mode), host_(std::move(host)) {
  const account who = server_account();
  if (chown(folder_.path().c_str(), who.user, who.group) != 0)
    throw std::runtime_error("cannot give the test folder to the server's user");
  const pid_t child = spawn({binaries_ / "initdb", "--no-sync", "--auth=trust", "--username=postgres",
                             "--encoding=UTF8", "--locale=C", "--pgdata", folder_ / "data"},
                            who, folder_ / "initdb.log");
  int status = 0;
  if (waitpid(child, &status, 0) != child || status != 0)
    throw std::runtime_error("initdb failed: " + content_of(folder_ / "initdb.log"));
  std::ofstream(folder_ / "data" / "pg_hba.conf", std::ios::app) << "host all all " << host_ << "/24 trust\n";
  int attempts = 5;
  do { // Another program may take the port before the server does.
    port_ = free_port();
  } while (!launch() && --attempts > 0);
  if (server_ == 0)
    throw std::runtime_error("the server does not start: " + content_of(folder_ / "server.log"));
}

postgres_server::~postgres_server() {
  if (server_ != 0)
    kill();
}

std::string postgres_server::url(const std::string& database) const {
  return "postgres://postgres@" + host_ + ":" + std::to_string(port_) + "/" + database;
}

std::string postgres_server::create_database() {
  const std::string name = "test_" + std::to_string(++databases_);
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url().c_str()), PQfinish);
  PGresult* made = PQexec(connection.get(), ("CREATE DATABASE " + name).c_str());
  const bool is_made = PQresultStatus(made) == PGRES_COMMAND_OK;
  PQclear(made);
  if (!is_made)
    throw std::runtime_error(std::string("CREATE DATABASE failed: ") + PQerrorMessage(connection.get()));
  return url(name);
}

void postgres_server::stop(stop_mode mode) {
  ::kill(server_, mode == stop_mode::fast ? SIGINT : SIGQUIT);
  if (!wait_for_exit(30))
    kill();
}

void postgres_server::kill() {
  signal_all(SIGKILL);
  wait_for_exit(30);
}

void postgres_server::start() {
  // After a kill, the shared memory stays in use until the last session has ended.
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (!launch())
    if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error("the server does not start: " + content_of(folder_ / "server.log"));
}

void postgres_server::freeze() {
  signal_all(SIGSTOP);
}

void postgres_server::thaw() {
  signal_all(SIGCONT);
}

// True if the server runs and accepts connections; false if it has ended.
// The sessions' shared memory is in the test's folder, so that a killed server leaves nothing behind.
bool postgres_server::launch() {
  std::vector<std::string> words{binaries_ / "postgres",
                                 "-D",
                                 folder_ / "data",
                                 "-p",
                                 std::to_string(port_),
                                 "-c",
                                 "listen_addresses=" + host_,
                                 "-c",
                                 "unix_socket_directories=" + folder_.path().string(),
                                 "-c",
                                 "dynamic_shared_memory_type=mmap"};
  if (mode_ == disk::unsafe)
    words.insert(words.end(), {"-c", "fsync=off", "-c", "full_page_writes=off"});
  server_ = spawn(words, server_account(), folder_ / "server.log");
  while (PQping(url().c_str()) != PQPING_OK) {
    if (waitpid(server_, nullptr, WNOHANG) == server_) {
      server_ = 0;
      return false;
    }
    std::this_thread::sleep_for(10ms);
  }
  return true;
}

bool postgres_server::wait_for_exit(int seconds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (waitpid(server_, nullptr, WNOHANG) != server_) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(5ms);
  }
  server_ = 0;
  return true;
}

// The server comes first, so that it is stopped before it can start new sessions.
std::vector<pid_t> postgres_server::processes() const {
  std::vector<pid_t> all{server_};
  const std::string id = std::to_string(server_);
  std::ifstream children("/proc/" + id + "/task/" + id + "/children");
  for (pid_t child = 0; children >> child;)
    all.push_back(child);
  return all;
}

void postgres_server::signal_all(int number) const {
  for (pid_t process : processes())
    ::kill(process, number);
}

} // namespace parseflow
