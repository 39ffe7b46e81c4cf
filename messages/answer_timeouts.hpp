// How long each box waits for the answers of others. Questions nest: the inner one needs the shorter timeout,
// or its answer comes after the box that asked has given up.
#pragma once

#include <chrono>

namespace parseflow::answer_timeouts {

/// The questions of an HTTP request to the boxes, all asked at the same time.
inline constexpr std::chrono::milliseconds http_request{1000};
/// The registrar, asked for a change or a report: it hashes, and waits for the database.
inline constexpr std::chrono::seconds registry_change{8};
/// The question whether there is room, asked before a connection is let in.
inline constexpr std::chrono::milliseconds admission{250};
/// The most that `cluster.answer-timeout` may be: a request to all nodes needs the answers of the others
/// before it gives up, even if one of them hangs.
inline constexpr std::chrono::milliseconds longest_of_peers{800};
/// The boxes of this node, asked on behalf of a peer or of a question to all nodes.
inline constexpr std::chrono::seconds own_boxes{4};
/// The receiver, asked by retention: it may be busy with its disk, and nothing hurries.
inline constexpr std::chrono::seconds retention_pass{10};
/// The supervisor, asked to stop its boxes, after the time that storing may take at a stop.
inline constexpr std::chrono::seconds stop_of_boxes{5};
/// The registrar, asked to store what waits, after the other boxes have stopped.
inline constexpr std::chrono::seconds stop_of_registrar{1};
/// A box that may be busy with a disk, a database or large sums. After this time it is asked again, or counts
/// as hanging.
inline constexpr std::chrono::seconds busy_box{60};

static_assert(admission < http_request);
static_assert(longest_of_peers < http_request);
static_assert(http_request < own_boxes && own_boxes < busy_box);

} // namespace parseflow::answer_timeouts
