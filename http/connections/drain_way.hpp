// The short way of a drain request: it holds no thread, and is answered by a verdict of the pipeline.
#pragma once

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

/// Decides about drain requests. No call waits, and any thread may call.
class drain_way {
public:
  virtual ~drain_way() = default;

  /// A request of this head has arrived, without its body. Fills in `request` and returns true, or answers
  /// and returns false. Sets `is_trusted` if the credentials are good.
  virtual bool begin(const request_head& head, const ip_address& from, drain_request& request,
                     httplib::Response& response, bool& is_trusted) = 0;

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
