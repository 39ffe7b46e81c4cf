// What the headers of a drain request say about its body: its drain, its batch and its form.
#pragma once

#include <string>
#include <string_view>

#include "http/connections/drain_way.hpp"
#include "http/connections/request_head.hpp"
#include "messages/expected.hpp"
#include "messages/frame.hpp"

namespace parseflow::http {

/// What the headers say of a frame.
struct frame_head {
  /// The frame without its body.
  frame facts;
  /// The id is an `X-Request-Id`, which some senders and proxies reuse: see `id_with_body`.
  bool is_request_id = false;
};

/// The longest drain token, frame id or app name, in bytes.
inline constexpr std::size_t max_name_bytes = 200;

/// Reads the headers that Logplex and log-shuttle send (heroku-formats 1), and `?app=`. An id or token in a
/// form that no sender writes is replaced by its hash, because answering 4xx would lose the batch. Fails if
/// `?app=` is no name.
/// @param registered_app The app of the request's credentials; empty if there are none.
expected<frame_head> read_frame_head(const request_head& head, std::string_view registered_app);

/// `Logplex-Drain-Token`, in a form that can be a key; empty if there is none.
std::string drain_token(const request_head& head);

/// The drain of a frame key: the credentials' id and the token, which may be empty.
/// @param old_app If not empty, the key is that of version 0.1.0: the token, or this app without one.
std::string key_drain(std::string_view token, std::string_view id, std::string_view old_app);

/// The id of a batch that has only an `X-Request-Id`: different bodies are different batches, and a body that
/// is sent again is the same batch.
std::string id_with_body(std::string_view request_id, std::string_view body);

/// How the headers say that the body is coded.
content_coding coding_of(const request_head& head);

/// True if the request has a header that only a log drain sends.
bool has_drain_headers(const request_head& head);

/// True if a body of this Content-Type may hold log lines: those of the senders, of `curl -d`, and none.
bool is_drain_type(std::string_view content_type);

} // namespace parseflow::http
