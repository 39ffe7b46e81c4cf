// The short way of a drain request: it holds no thread, and is answered by a verdict of the pipeline.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <httplib.h>

#include "http/connections/request_head.hpp"
#include "messages/frame.hpp"
#include "messages/ip_address.hpp"
#include "messages/submission.hpp"

namespace parseflow::http {

/// How receiving a body ended.
enum class body_end : std::uint8_t {
  complete,
  cut_off,   ///< The peer ended the connection early.
  too_slow,  ///< The deadline of the request has passed.
  too_large, ///< It has more bytes than allowed.
  damaged,   ///< Its chunks are malformed.
  no_room,   ///< No room for it became free in time.
};

/// How a body is coded for transfer.
enum class content_coding : std::uint8_t { none, gzip, other };

/// A drain request that was let in.
struct drain_request {
  /// The connection puts the bytes of the body into it as they arrive.
  std::shared_ptr<frame> content = std::make_shared<frame>();
  /// Who posts, by the credentials; empty if none are needed. All requests of one sender share its part of the
  /// budget of bodies.
  std::string sender;
  announced_body announced;
  content_coding coding = content_coding::none;
  /// The id is an `X-Request-Id`, which some senders and proxies reuse.
  bool is_request_id = false;
  /// It has a header that only a log drain sends.
  bool is_drain = false;
};

/// A request whose head has arrived.
struct drain_arrival {
  const request_head& head;
  const ip_address& from;
  std::chrono::steady_clock::time_point at;
  /// It has waited as long as it may: it is answered now, whatever is known.
  bool is_last_look = false;
};

/// What becomes of it.
enum class drain_step : std::uint8_t {
  goes_on,  ///< Its body may come.
  answered, ///< It was answered.
  check,    ///< `check` must be called with its `Authorization`, on a thread that may wait; then look again.
  wait,     ///< Look again when more is known, or with `is_last_look`.
};

/// Decides about drain requests. Unless it says so, no call waits, and any thread may call.
class drain_way {
public:
  virtual ~drain_way() = default;

  /// A request has arrived, without its body. Fills in `request` if it goes on. Sets `is_trusted` if the
  /// credentials are good.
  virtual drain_step begin(const drain_arrival& arrival, drain_request& request, httplib::Response& response,
                           bool& is_trusted) = 0;

  /// Finds out whose credentials these are. Takes up to hundreds of milliseconds.
  virtual void check(const std::string& authorization) = 0;

  /// The most bytes that a body may have, before and after inflating.
  virtual std::uint64_t max_body_bytes() const = 0;

  /// The body did not arrive: answers.
  virtual void refuse_body(body_end how, const drain_request& request, httplib::Response& response) = 0;

  /// The body has arrived: makes the frame whole and returns true, or answers and returns false. Takes up to
  /// milliseconds for each MB.
  virtual bool prepare(drain_request& request, httplib::Response& response) = 0;

  /// Answers with this verdict, or because none came in time.
  virtual void answer(std::optional<verdict> given, httplib::Response& response) = 0;
};

} // namespace parseflow::http
