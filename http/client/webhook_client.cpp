#include "http/client/webhook_client.hpp"

#include <atomic>

#include <fmt/format.h>
#include <httplib.h>

#include "http/render/webhook_body.hpp"
#include "messages/settings/webhook_target.hpp"

namespace parseflow::http {

namespace {

// The answer's body is not used; reading it stops at this size.
constexpr std::size_t max_answer_bytes = 64 * 1024;

// Our own words, since the library's differ between versions.
const char* text_of(httplib::Error problem) {
  switch (problem) {
  case httplib::Error::Connection:
    return "no connection";
  case httplib::Error::Read:
    return "the answer did not arrive in time or as a whole";
  case httplib::Error::Write:
    return "the request could not be sent";
  case httplib::Error::SSLConnection:
    return "the TLS handshake failed";
  case httplib::Error::SSLServerVerification:
    return "the server's certificate is not trusted";
  default:
    return "the request failed";
  }
}

} // namespace

struct webhook_client::connection {
  explicit connection(const webhook_target& target) : path(target.path), client(target.origin) {
    client.set_keep_alive(false); // alerts are rare
    client.set_follow_location(false);
    client.set_connection_timeout(connect_timeout);
    client.set_read_timeout(answer_timeout);
    client.set_write_timeout(answer_timeout);
    client.enable_server_certificate_verification(true);
  }

  std::string path;
  httplib::Client client;
  std::atomic<bool> is_stopped = false;
};

webhook_client::webhook_client(const secret& url)
    : connection_(std::make_unique<connection>(webhook_target_from(url.reveal()).value())) {}

webhook_client::~webhook_client() = default;

expected<> webhook_client::post(const alert& what) {
  if (connection_->is_stopped)
    return problem{"stopped"};
  httplib::Request request;
  request.method = "POST";
  request.path = connection_->path;
  request.headers = {{"Content-Type", "application/json"}, {"User-Agent", "ParseFlow"}};
  request.body = webhook_body(what);
  int status = 0;
  std::size_t received = 0;
  request.response_handler = [&](const httplib::Response& answer) {
    status = answer.status;
    return true;
  };
  request.content_receiver = [&](const char*, std::size_t size, std::uint64_t, std::uint64_t) {
    received += size;
    return received <= max_answer_bytes;
  };
  const auto result = connection_->client.send(request);
  if (status == 0 && !result)
    return problem{text_of(result.error())};
  if (status == 0) // the handler is not called for an answer without a body
    status = result->status;
  if (status < 200 || status >= 300)
    return problem{fmt::format("answered {}", status)};
  return {};
}

void webhook_client::stop() {
  connection_->is_stopped = true;
  connection_->client.stop();
}

std::function<std::shared_ptr<alert_poster>()> webhook_posters(const alert_settings& settings) {
  if (settings.webhook_url.empty())
    return {};
  return [&settings] { return std::make_shared<webhook_client>(settings.webhook_url); };
}

} // namespace parseflow::http
