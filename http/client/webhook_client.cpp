#include "http/client/webhook_client.hpp"

#include <atomic>
#include <cstdlib>
#include <string>

#include <curl/curl.h>
#include <fmt/format.h>

#include "http/client/curl_handles.hpp"
#include "http/render/webhook_body.hpp"
#include "messages/settings/endpoint.hpp"
#include "messages/settings/webhook_target.hpp"

namespace parseflow::http {

namespace {

// Only the status of an answer is used. libcurl hands a head over by lines, and keeps at most 100 KB of one.
constexpr std::size_t max_answer_head_bytes = 16 * 1024, max_answer_body_bytes = 64 * 1024;

// An answer while it arrives.
struct webhook_answer {
  CURL* transfer = nullptr;
  std::size_t head_bytes = 0, body_bytes = 0;
  // 0 until the head is whole. Heads of 100 Continue, and those of a proxy, are not the answer's.
  long status = 0;
};

// A callback that takes less than it is given ends the transfer.
std::size_t take_head_line(char* line, std::size_t, std::size_t size, void* target) {
  auto& answer = *static_cast<webhook_answer*>(target);
  answer.head_bytes += size;
  if (answer.head_bytes > max_answer_head_bytes)
    return 0;
  if (const std::string_view text{line, size}; text == "\r\n" || text == "\n") {
    long status = 0;
    curl_easy_getinfo(answer.transfer, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 200)
      answer.status = status;
  }
  return size;
}

std::size_t take_body_part(char*, std::size_t, std::size_t size, void* target) {
  auto& answer = *static_cast<webhook_answer*>(target);
  answer.body_bytes += size;
  return answer.body_bytes <= max_answer_body_bytes ? size : 0;
}

// Our own words: the library's differ between versions, and may show the URL.
std::string why_unanswered(const webhook_answer& answer, CURLcode result) {
  long proxy_status = 0;
  curl_easy_getinfo(answer.transfer, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
  if (proxy_status >= 300)
    return fmt::format("the proxy answered {}", proxy_status);
  constexpr int too_large = 100; // CURLE_TOO_LARGE of libcurl 8.6, which said CURLE_OUT_OF_MEMORY before
  if (answer.head_bytes > max_answer_head_bytes || result == CURLE_OUT_OF_MEMORY || result == too_large)
    return "the head of the answer is too large";
  curl_off_t connected_after_us = 0;
  curl_easy_getinfo(answer.transfer, CURLINFO_PRETRANSFER_TIME_T, &connected_after_us);
  switch (result) {
  case CURLE_OPERATION_TIMEDOUT:
    return connected_after_us == 0 ? "no connection in time" : "no whole answer in time";
  case CURLE_COULDNT_RESOLVE_HOST:
    return "the name of its host has no address";
  case CURLE_COULDNT_RESOLVE_PROXY:
    return "the name of the proxy has no address";
  case CURLE_COULDNT_CONNECT:
    return "no connection";
  case CURLE_SSL_CONNECT_ERROR:
    return "the TLS handshake failed";
  case CURLE_PEER_FAILED_VERIFICATION:
    return "the server's certificate is not trusted";
  case CURLE_SSL_CACERT_BADFILE:
    return "the file of trusted authorities cannot be read: install ca-certificates, or set SSL_CERT_FILE";
  case CURLE_SEND_ERROR:
    return "the request could not be sent";
  case CURLE_RECV_ERROR:
  case CURLE_GOT_NOTHING:
  case CURLE_PARTIAL_FILE:
    return "the connection ended before a whole answer had come";
  case CURLE_WEIRD_SERVER_REPLY:
  case CURLE_UNSUPPORTED_PROTOCOL: // of an answer that does not begin as HTTP/1 does
    return "the answer is not HTTP";
  default:
    return "the request failed";
  }
}

} // namespace

struct webhook_client::transfers {
  struct multi_end {
    void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
  };

  transfers(const secret& webhook_url, const webhook_limits& post_limits)
      : url(webhook_url), limits(post_limits) {
    start_curl();
    all.reset(made(curl_multi_init()));
    headers.reset(made(curl_slist_append(nullptr, "Content-Type: application/json")));
    is_on_loopback = is_loopback_name(webhook_target_from(url.reveal()).value().host);
    if (const char* file = std::getenv("SSL_CERT_FILE"))
      authorities = file;
  }

  void prepare(CURL* transfer, const std::string& body, webhook_answer& answer) const {
    curl_easy_setopt(transfer, CURLOPT_URL, url.reveal().c_str());
    curl_easy_setopt(transfer, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(transfer, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(transfer, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    curl_easy_setopt(transfer, CURLOPT_FORBID_REUSE, 1L); // alerts are rare
    curl_easy_setopt(transfer, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(transfer, CURLOPT_USERAGENT, "ParseFlow");
    curl_easy_setopt(transfer, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(transfer, CURLOPT_POSTFIELDS, body.c_str());
    curl_easy_setopt(transfer, CURLOPT_HEADERFUNCTION, take_head_line);
    curl_easy_setopt(transfer, CURLOPT_HEADERDATA, &answer);
    curl_easy_setopt(transfer, CURLOPT_WRITEFUNCTION, take_body_part);
    curl_easy_setopt(transfer, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(transfer, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connection.count()));
    curl_easy_setopt(transfer, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.exchange.count()));
    curl_easy_setopt(transfer, CURLOPT_NOSIGNAL, 1L);
    // A look-up of a name that takes longer than the post may is left to end by itself.
    curl_easy_setopt(transfer, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(transfer, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(transfer, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(transfer, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    if (!authorities.empty())
      curl_easy_setopt(transfer, CURLOPT_CAINFO, authorities.c_str());
    // What is on loopback may be posted to in clear text because it does not leave the machine.
    if (is_on_loopback)
      curl_easy_setopt(transfer, CURLOPT_PROXY, "");
  }

  // Until the transfer ends or all are stopped.
  CURLcode run(CURL* transfer) {
    curl_multi_add_handle(all.get(), transfer);
    for (int running = 1; running != 0 && !is_stopped;) {
      constexpr int longest_wait_ms = 1000;
      if (curl_multi_perform(all.get(), &running) != CURLM_OK ||
          (running != 0 && curl_multi_poll(all.get(), nullptr, 0, longest_wait_ms, nullptr) != CURLM_OK))
        break;
    }
    int left = 0;
    const auto* ended = curl_multi_info_read(all.get(), &left);
    const auto result = ended != nullptr ? ended->data.result : CURLE_ABORTED_BY_CALLBACK;
    curl_multi_remove_handle(all.get(), transfer);
    return result;
  }

  secret url;
  webhook_limits limits;
  bool is_on_loopback = false;
  std::string authorities; // a file; empty: the system's
  std::unique_ptr<curl_slist, curl_end> headers;
  std::unique_ptr<CURLM, multi_end> all; // one at a time; any thread may wake it up
  std::atomic<bool> is_stopped = false;
};

webhook_client::webhook_client(const secret& url, const webhook_limits& limits)
    : transfers_(std::make_unique<transfers>(url, limits)) {}

webhook_client::~webhook_client() = default;

expected<> webhook_client::post(const alert& what) {
  const auto body = webhook_body(what);
  const std::unique_ptr<CURL, curl_end> transfer{made(curl_easy_init())};
  webhook_answer answer;
  answer.transfer = transfer.get();
  transfers_->prepare(transfer.get(), body, answer);
  const auto result = transfers_->run(transfer.get());
  if (answer.status >= 200 && answer.status < 300)
    return {};
  if (answer.status != 0)
    return problem{fmt::format("answered {}", answer.status)};
  if (transfers_->is_stopped)
    return problem{"stopped"};
  return problem{why_unanswered(answer, result)};
}

void webhook_client::stop() {
  transfers_->is_stopped = true;
  curl_multi_wakeup(transfers_->all.get());
}

std::function<std::shared_ptr<alert_poster>()> webhook_posters(const alert_settings& settings) {
  if (settings.webhook_url.empty())
    return {};
  return [&settings] { return std::make_shared<webhook_client>(settings.webhook_url); };
}

} // namespace parseflow::http
