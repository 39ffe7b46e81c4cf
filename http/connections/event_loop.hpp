// A thread that owns many connections: it reads requests, parks them, and writes answers. It never waits for
// anything but events.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/body/byte_budget.hpp"
#include "http/connections/address_counts.hpp"
#include "http/connections/client.hpp"
#include "http/connections/connection_limits.hpp"
#include "http/connections/head_scanner.hpp"
#include "http/connections/loop_inbox.hpp"
#include "http/connections/message_listener.hpp"
#include "http/connections/pool_request.hpp"
#include "http/connections/request_plan.hpp"
#include "http/connections/stranger_queue.hpp"
#include "http/connections/tls_certificate.hpp"
#include "http/connections/worker_pool.hpp"
#include "messages/file_descriptor.hpp"
#include "messages/interfaces.hpp"
#include "messages/streams.hpp"

namespace parseflow::http {

/// What the server does with requests. All may be called from several threads.
struct request_handlers {
  /// Decides by the head where a request goes. Must not wait.
  std::function<request_plan(const request_head&)> plan;
  /// Answers what goes to the pool.
  request_handler answer;
  /// Needed if a plan ever says `way::drain`.
  drain_way* drain = nullptr;
  entry_actor entry = {};
  /// The longest that the pipeline may take for a verdict.
  std::chrono::milliseconds hold{0};
};

/// What the loops of a server share.
struct loop_shared {
  const connection_limits& limits;
  const request_handlers& handlers;
  worker_pool& pool;
  byte_budget& bodies;
  address_counts& strangers_by_address;
  /// Null: plain HTTP.
  const tls_certificate* certificate;
  /// Called by a loop after a connection has ended while the limit was reached.
  std::function<void()> on_room;
  std::atomic<std::uint64_t> open = 0;
  std::atomic<std::uint64_t> closed_for_others = 0;
  std::atomic<std::uint64_t> streams = 0;
  std::atomic<bool> is_full = false;
};

/// Functions that any thread may call say so; the others are the loop's own.
class event_loop {
public:
  using clock = client::clock;

  /// How long a client has to show credentials before its place may be given to another.
  static constexpr std::chrono::milliseconds stranger_grace{250};
  /// How long one request of a stranger may last before that.
  static constexpr std::chrono::milliseconds busy_grace{500};
  /// How long a TLS handshake may take, and a PROXY header.
  static constexpr std::chrono::seconds handshake_timeout{5};
  /// How often it is asked whether the reader of a stream may go on.
  static constexpr std::chrono::seconds permit_interval{1};
  /// How long to wait for the receiver's own verdict after its hold.
  static constexpr std::chrono::milliseconds verdict_grace{250};
  /// After this long a round ends, and the clients that had no turn are the first of the next one. Between two
  /// rounds the loop looks for what has arrived and what others have left for it.
  static constexpr std::chrono::milliseconds round_length{2};

  /// @param number Of this loop among those that share `shared`; below 256.
  event_loop(loop_shared& shared, std::uint8_t number);
  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;

  bool is_usable() const { return epoll_.is_open(); }

  /// Gets the verdicts of this loop's requests, and the parts of its streams. Call before `run`.
  void listen_for_boxes(caf::actor_system& system);

  /// Serves until `end` was called and the last client has left.
  void run();

  /// Takes over a client. Any thread may call.
  /// @param is_counted It is in `loop_shared::strangers_by_address`.
  void adopt(file_descriptor socket, const ip_address& from, bool is_counted);
  /// Closes the stranger that has been idle longest, for a client that was let in beyond the limit. Any
  /// thread may call.
  void let_one_go();
  /// When that stranger became idle; far in the future if there is none. Any thread may call.
  clock::time_point oldest_stranger() const { return clock::time_point{clock::duration{oldest_stranger_}}; }

  /// The longest that one round has taken. Any thread may call.
  clock::duration longest_round() const { return clock::duration{longest_round_}; }

  /// How long clients have from now on: see `connection_limits`. Any thread may call.
  void take_up(std::chrono::milliseconds keep_alive, std::chrono::milliseconds read_timeout);

  /// Looks again at the requests that are held. Any thread may call.
  void look_again();

  /// The stages of a stop; any thread may call. `end`: idle clients are closed, the others when their request
  /// is answered, and producers are asked to end their streams. `cut`: what has not arrived will not be waited
  /// for, and the streams that have not ended are cut. `break_all`: all clients are closed.
  void end();
  void cut();
  void break_all();

private:
  void round();
  void run_tasks();
  bool is_over(clock::duration span) const { return clock::now() - now_ >= span; }
  void retry_stalled();
  void go_on_with_due();
  void free_leaving();
  int sleep_ms() const;
  void advance(client& who);
  void advance_later(client& who);
  bool step(client& who);

  // Reading.
  enum class filled { some, none, ended };
  filled fill(client& who);
  bool take_proxy_header(client& who);
  bool shake_hands(client& who);
  bool take_head(client& who);
  void begin(client& who, const request_head& head, std::size_t size);
  void begin_drain(client& who, const request_head& head, std::size_t size);
  void check_credentials(client& who, const request_head& head);
  void resume(client& who);
  void expect_body(client& who, const request_head& head, std::uint64_t max_bytes, std::string& into);
  bool keeps_its_rate(client& who);
  bool take_body(client& who);
  bool finish_body(client& who);
  void body_failed(client& who, body_end how);
  bool drop_body(client& who);

  // Answering.
  void decide_rest(client& who);
  bool run_on_pool(client& who, client::state during, std::function<void()> work,
                   std::function<void(client&)> done);
  void work_on(client& who);
  void go_on_with_drain(client& who, bool is_whole, const httplib::Response& response);
  void settle_all(const caf::message& given, std::size_t from);
  void settle(client& who, std::optional<verdict> given);
  void refuse(client& who, int status, std::string_view sentence);
  void answer(client& who, const httplib::Response& response);
  void answer(client& who, std::string&& text);
  void answer_no_content(client& who);
  bool write_out(client& who);
  void after_answer(client& who);
  bool drop_until_end(client& who);

  // Streams.
  void begin_stream(client& who, pool_request& asked);
  void add_parts(const stream_parts& parts);
  bool write_stream(client& who);
  void give_time(client& who, std::chrono::milliseconds span);
  void ask_to_end(client& who);
  void check_permits();
  void forget_stream(client& who);
  void report(const stream_producer_actor& producer, const stream_reports::report& news);
  void send_reports();

  // Who stays.
  void let_in(int socket, const ip_address& from, bool is_counted);
  void begin_talk(client& who);
  void forget_stranger(client& who);
  void trust(client& who);
  void enter(client& who, client::state next, std::chrono::milliseconds patience);
  void rest(client& who);
  void stall(client& who);
  void close(client& who);
  void expire(client& who);
  void check_deadlines();
  void note_oldest_stranger();
  std::uint64_t ticket_of(const client& who) const;
  client* find(std::uint64_t ticket);

  loop_shared& shared_;
  const std::uint8_t number_;
  connection_limits limits_; // of which `take_up` changes some
  file_descriptor epoll_;
  loop_inbox inbox_;
  message_listener<verdict_sink_actor, verdicts> verdicts_;   // destroyed before the inbox
  message_listener<stream_sink_actor, stream_parts> streams_; // likewise
  input_memory blocks_;                                       // destroyed after the clients
  std::vector<std::unique_ptr<client>> clients_;              // by index; some are null
  std::vector<std::uint32_t> free_, leaving_; // indexes: to be used again; to be freed after this round
  std::size_t count_ = 0;
  std::uint32_t last_serial_ = 0;
  std::deque<loop_inbox::task> tasks_; // taken from the inbox
  std::deque<std::uint32_t> due_;      // indexes of clients that go on without an event
  std::vector<std::uint32_t> stalled_; // indexes of clients that wait for room
  submissions submitted_;              // in this round
  std::vector<std::pair<stream_producer_actor, stream_reports>> reports_; // of this round
  stranger_queue strangers_;
  std::atomic<clock::rep> oldest_stranger_ = clock::time_point::max().time_since_epoch().count();
  std::atomic<clock::rep> longest_round_ = 0;
  clock::time_point now_ = clock::now();
  clock::time_point next_check_ = clock::time_point::max(), next_permit_check_ = clock::time_point::max();
  clock::time_point header_logged_at_{}; // the lack of a PROXY header
  request_head head_;                    // of the request that is being begun
  bool is_ending_ = false;
};

} // namespace parseflow::http
