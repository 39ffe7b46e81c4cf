// How long each box waits for the answers of others. A question is often asked on behalf of another one: what is
// inside waits less than what is around it, or nobody is there any more when its answer comes.
#pragma once

#include <chrono>

namespace parseflow::answer_timeouts {

/// An HTTP request's questions to the boxes, all at the same time.
inline constexpr std::chrono::milliseconds http_request{1000};
/// Of these the one to the DB writer, which answers nothing while its database makes it wait: what it said last
/// stands in for it.
inline constexpr std::chrono::milliseconds writer{100};
/// The question whether there is room, before a connection is let in.
inline constexpr std::chrono::milliseconds admission{250};
/// `cluster.answer-timeout` at most: a request that asks all nodes must get the answers of the others before it
/// gives up itself, however long one of them hangs.
inline constexpr std::chrono::milliseconds longest_of_peers{800};
/// The boxes of this node, asked for a peer or for all nodes together.
inline constexpr std::chrono::seconds own_boxes{4};
/// A box that may be busy with a disk, a database or large sums. Then it is asked again, or counts as hanging.
inline constexpr std::chrono::seconds busy_box{60};

static_assert(writer < admission && admission < http_request);
static_assert(longest_of_peers < http_request);
static_assert(http_request < own_boxes && own_boxes < busy_box);

} // namespace parseflow::answer_timeouts
