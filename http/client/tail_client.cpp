#include "http/client/tail_client.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <curl/curl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "http/client/curl_handles.hpp"
#include "http/client/event_reader.hpp"
#include "http/render/line_text.hpp"

namespace parseflow::http {

namespace {

// As the service tells browsers to.
constexpr std::chrono::seconds reconnect_pause{2};
// The service says something every 15 seconds.
constexpr std::chrono::seconds longest_silence{45};
constexpr long connection_timeout_s = 10;
constexpr std::size_t max_refusal_bytes = 64 * 1024;
// Lines that were not stored when the service was killed come again under their ids.
constexpr std::size_t remembered_ids = 100'000;

class line_follower {
public:
  line_follower(const tail_command& command, const settings& values)
      : command_(command), key_(values.http.api_key),
        base_(command.url.empty() ? own_url(values.http, values.http.port) : command.url),
        has_colours_(!command.as_json && isatty(STDOUT_FILENO) == 1 && !is_set("NO_COLOR")) {
    while (base_.ends_with('/'))
      base_.pop_back();
  }

  expected<int> run() {
    start_curl();
    for (;;) {
      auto ended = connect_once();
      if (!ended)
        return ended.error();
      if (is_output_closed_)
        return EXIT_SUCCESS;
      std::this_thread::sleep_for(reconnect_pause);
    }
  }

private:
  using clock = std::chrono::steady_clock;

  static bool is_set(const char* variable) {
    const auto* const value = std::getenv(variable);
    return value != nullptr && *value != '\0';
  }

  // Until the connection ends. Fails if it makes no sense to try again.
  expected<> connect_once() {
    transfer_.reset(made(curl_easy_init()));
    status_ = 0;
    refusal_.clear();
    const auto url = url_of_request();
    std::unique_ptr<curl_slist, curl_end> headers;
    const auto add = [&headers](const std::string& header) {
      headers.reset(curl_slist_append(headers.release(), header.c_str()));
    };
    add("Accept: text/event-stream");
    if (!key_.empty())
      add("X-API-Key: " + key_.reveal());
    if (!last_id_.empty())
      add("Last-Event-ID: " + last_id_);
    auto* const transfer = transfer_.get();
    curl_easy_setopt(transfer, CURLOPT_URL, url.c_str());
    curl_easy_setopt(transfer, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(transfer, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    curl_easy_setopt(transfer, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(transfer, CURLOPT_USERAGENT, "ParseFlow");
    curl_easy_setopt(transfer, CURLOPT_CONNECTTIMEOUT, connection_timeout_s);
    curl_easy_setopt(transfer, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(transfer, CURLOPT_XFERINFOFUNCTION, &line_follower::look_at_silence);
    curl_easy_setopt(transfer, CURLOPT_XFERINFODATA, this);
    curl_easy_setopt(transfer, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(transfer, CURLOPT_WRITEFUNCTION, &line_follower::take_bytes);
    curl_easy_setopt(transfer, CURLOPT_WRITEDATA, this);
    if (is_set("SSL_CERT_FILE"))
      curl_easy_setopt(transfer, CURLOPT_CAINFO, std::getenv("SSL_CERT_FILE"));
    heard_ = clock::now();
    const auto result = curl_easy_perform(transfer);
    curl_easy_getinfo(transfer, CURLINFO_RESPONSE_CODE, &status_);
    events_.cut();
    return judge(result);
  }

  expected<> judge(CURLcode result) {
    if (is_output_closed_)
      return {};
    if (status_ == 200) {
      note("the connection has ended; connecting again");
      return {};
    }
    // Refused for good, unless it is busy or starting.
    if (status_ >= 400 && status_ < 500 && status_ != 429)
      return problem{fmt::format("the service answered {}: {}", status_, sentence_in(refusal_))};
    const auto why =
        status_ != 0 ? fmt::format("it answered {}", status_) : std::string{curl_easy_strerror(result)};
    if (!was_connected_)
      return problem{fmt::format("cannot follow the lines of {}: {}; is the service running there (--url)?",
                                 base_, why)};
    return {};
  }

  static std::string sentence_in(const std::string& body) {
    const auto answer = nlohmann::json::parse(body, nullptr, false);
    return answer.is_object() ? answer.value("message", "") : std::string{"no reason is given"};
  }

  std::string url_of_request() const {
    auto url = fmt::format("{}/api/logs/tail?lines={}", base_, command_.earlier_lines);
    const auto add = [&](const char* name, const std::string& value) {
      if (value.empty())
        return;
      const std::unique_ptr<char, void (*)(void*)> escaped{
          curl_easy_escape(transfer_.get(), value.data(), static_cast<int>(value.size())), curl_free};
      url.append("&").append(name).append("=").append(escaped.get());
    };
    add("app", command_.app);
    add("q", command_.query);
    return url;
  }

  static std::size_t take_bytes(char* bytes, std::size_t, std::size_t size, void* target) {
    auto& self = *static_cast<line_follower*>(target);
    return self.take({bytes, size}) ? size : 0; // less ends the transfer
  }

  // Called about once a second; anything but 0 ends the transfer.
  static int look_at_silence(void* target, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    const auto& self = *static_cast<line_follower*>(target);
    return clock::now() - self.heard_ > longest_silence ? 1 : 0;
  }

  bool take(std::string_view bytes) {
    heard_ = clock::now();
    if (status_ == 0)
      curl_easy_getinfo(transfer_.get(), CURLINFO_RESPONSE_CODE, &status_);
    if (status_ != 200) {
      refusal_.append(bytes);
      return refusal_.size() <= max_refusal_bytes;
    }
    was_connected_ = true;
    events_.feed(bytes, [this](const server_event& event) { show(event); });
    is_output_closed_ = is_output_closed_ || std::fflush(stdout) != 0;
    return !is_output_closed_;
  }

  void show(const server_event& event) {
    last_id_ = event.id;
    const auto data = nlohmann::json::parse(event.data, nullptr, false);
    if (!data.is_object())
      return;
    if (event.name == "skipped")
      return note(fmt::format("{} lines were skipped: they came faster than they could be read",
                              data.value("count", std::uint64_t{0})));
    if (event.name == "gap")
      return note("the service has forgotten where this tail was: lines may be missing here");
    if (event.name == "nodes")
      return note_nodes(data);
    if (event.name != "message" || !is_new(event.id))
      return;
    const auto text = command_.as_json ? event.data : line_text(data, has_colours_);
    is_output_closed_ = is_output_closed_ ||
                        std::fwrite(text.data(), 1, text.size(), stdout) != text.size() ||
                        std::fputc('\n', stdout) == EOF;
  }

  void note_nodes(const nlohmann::json& nodes) {
    const auto missing =
        fmt::format("{}", fmt::join(nodes.value("missing", std::vector<std::string>{}), ", "));
    const bool was_whole = missing_.empty();
    missing_ = missing;
    if (!missing.empty())
      note(fmt::format("no lines come from nodes that cannot be reached: {}", missing));
    else if (!was_whole)
      note("lines come from all nodes again");
  }

  bool is_new(const std::string& id) {
    if (!seen_.insert(id).second)
      return false;
    order_.push_back(id);
    if (order_.size() > remembered_ids) {
      seen_.erase(order_.front());
      order_.pop_front();
    }
    return true;
  }

  static void note(const std::string& sentence) {
    std::fflush(stdout);
    std::fprintf(stderr, "parseflow: %s\n", sentence.c_str());
  }

  const tail_command& command_;
  secret key_;
  std::string base_;
  bool has_colours_;
  std::unique_ptr<CURL, curl_end> transfer_;
  clock::time_point heard_;
  long status_ = 0;
  std::string refusal_; // the body of an answer that is no stream
  event_reader events_;
  std::string last_id_, missing_;
  std::set<std::string> seen_;
  std::deque<std::string> order_; // of `seen_`
  bool was_connected_ = false, is_output_closed_ = false;
};

} // namespace

expected<int> follow_lines(const tail_command& command, const settings& values) {
  return line_follower{command, values}.run();
}

} // namespace parseflow::http
