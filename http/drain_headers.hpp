// What the headers of a drain request say about its body: which drain, which batch, which form.
#pragma once

#include <string>
#include <string_view>

#include <httplib.h>

#include "messages/frame.hpp"

namespace parseflow::http {

/// A frame without its body; or, if `problem` is not empty, a sentence that says which header is unusable.
struct frame_head {
  frame facts;
  std::string problem;
};

/// Longest drain token, frame id and app name, in bytes.
inline constexpr std::size_t max_name_bytes = 200;

/// Reads the headers that Logplex and log-shuttle send (heroku-formats 1), and `?app=`.
/// @param registered_app The app of the request's credentials; empty if there are none.
frame_head read_frame_head(const httplib::Request& request, std::string_view registered_app);

/// True if the request has a header that only a log drain sends.
bool has_drain_headers(const httplib::Request& request);

/// True if a body of this Content-Type may hold log lines: those of the senders, of `curl -d`, and none.
bool is_drain_type(std::string_view content_type);

} // namespace parseflow::http
