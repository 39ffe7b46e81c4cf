#include "tests/e2e/service.hpp"
#include "tests/e2e/tested_program.hpp"

#include <csignal>
#include <stdexcept>

namespace parseflow::e2e {

namespace {

std::vector<std::string> arguments_for(const service_options& options, const std::filesystem::path& folder,
                                       std::uint16_t port) {
  // Tests send more requests than a person may, and look at lines of any date.
  std::vector<std::string> result{"--http.host=127.0.0.1", "--http.requests-per-minute=0",
                                  "--http.port=" + std::to_string(port),
                                  "--storage.directory=" + folder.string()};
  for (const char* table : {"requests", "log-lines", "samples", "rollups"})
    result.push_back(std::string("--retention.") + table + "=0");
  result.insert(result.end(), options.arguments.begin(), options.arguments.end());
  return result;
}

// "… listening on http://127.0.0.1:41234", or https
struct address {
  std::string host;
  std::uint16_t port = 0;
};
address address_in(const std::string& log) {
  const auto begin = log.find("://", log.find("listening on http")) + 3;
  const auto colon = log.find(':', begin);
  return {log.substr(begin, colon - begin), static_cast<std::uint16_t>(std::stoul(log.substr(colon + 1)))};
}

} // namespace

service::service(service_options options) : options_(std::move(options)) {
  start();
}

std::unique_ptr<process> service::launch(const std::string& command) const {
  auto words = options_.launcher;
  words.insert(words.end(), {tested_program(), command});
  for (auto& argument : arguments_for(options_, folder_.path(), port_))
    words.push_back(std::move(argument));
  return std::make_unique<process>(words.front(), std::vector<std::string>(words.begin() + 1, words.end()),
                                   options_.environment);
}

void service::start() {
  questions_.reset();
  program_.reset(); // its data are free only after it has ended
  program_ = launch("serve");
  if (!program_->wait_for_error_text("listening on http", timeout) ||
      !eventually([this] { return program_->standard_error().ends_with('\n'); }))
    throw std::runtime_error("the program does not listen:\n" + program_->standard_error());
  const auto found = address_in(program_->standard_error());
  host_ = found.host;
  port_ = found.port;
}

process& service::program() {
  if (!program_)
    throw std::runtime_error("the program does not run: its last start found none");
  return *program_;
}

std::optional<int> service::run(const std::string& command) {
  program_.reset();
  program_ = launch(command);
  return program_->wait(timeout);
}

std::optional<int> service::stop() {
  program().send_signal(SIGTERM);
  return program().wait(std::chrono::seconds{10});
}

void service::kill() {
  program().send_signal(SIGKILL);
  program().wait(timeout);
}

http_answer service::get(const std::string& path, const std::string& headers) {
  const auto request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers + "\r\n";
  if (questions_ && questions_->send(request))
    if (auto answer = questions_->receive())
      return *answer;
  // The connection is the first, or the last one was closed. A program that was frozen has no room for
  // a moment.
  if (!eventually([&] {
        try {
          questions_ = std::make_unique<http_connection>(port_, host_);
          return true;
        } catch (const std::runtime_error&) {
          return false;
        }
      }))
    throw std::runtime_error("no connection for GET " + path);
  if (questions_->send(request))
    if (auto answer = questions_->receive())
      return *answer;
  throw std::runtime_error("no answer to GET " + path);
}

nlohmann::json service::metrics(const std::string& query) {
  std::string headers;
  if (const auto key = options_.environment.find("METRICS_API_KEY"); key != options_.environment.end())
    headers = "Authorization: Bearer " + key->second + "\r\n";
  http_answer answer;
  // A program on a busy machine may ask to try again; so would a client.
  eventually([&] {
    answer = get("/metrics" + query, headers);
    return answer.status != 503;
  });
  if (answer.status != 200)
    throw std::runtime_error("GET /metrics: " + answer.head + "\n" + answer.body);
  return nlohmann::json::parse(answer.body);
}

bool service::wait_until_stored() {
  return eventually([this] {
    const auto now = metrics();
    return now.at("restoring") == false && now.at("database").at("connected") == true &&
           now.at("channel_health").at("backlog_size") == 0;
  });
}

traffic::drain_target service::drain(const std::string& app, const std::string& user,
                                     const std::string& password) const {
  return drain_at(host_, port_, app, user, password);
}

traffic::drain_target drain_at(const std::string& host, std::uint16_t port, const std::string& app,
                               const std::string& user, const std::string& password) {
  return {"http://" + host + ":" + std::to_string(port), "/logdrains?app=" + app, user, password, "d." + app};
}

failed_start start_in_vain(const service_options& options) {
  const temp_dir folder;
  process program{tested_program(), arguments_for(options, folder.path(), 0), options.environment};
  const auto status = program.wait(timeout);
  return {status, program.standard_error()};
}

} // namespace parseflow::e2e
