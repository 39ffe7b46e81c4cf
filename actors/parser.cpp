#include "actors/parser.hpp"

#include <vector>

#include "messages/logplex/parse.hpp"

namespace parseflow::actors {

namespace {

// A minute of a small batch takes about this much; in large batches the records outweigh it.
constexpr std::uint64_t partial_bytes = 2048;

// Notes the frame in hand, and clears the note at the end of the group. An exception also clears it: the
// receiver handles frames whose parser threw.
class in_hand {
public:
  explicit in_hand(hand_note* note) : note_(note) {}
  ~in_hand() { take({}); }
  in_hand(const in_hand&) = delete;
  in_hand& operator=(const in_hand&) = delete;

  void take(const frame_digest& frame) const {
    if (note_ != nullptr)
      note_->write(frame);
  }

private:
  hand_note* note_;
};

} // namespace

std::shared_ptr<batch> parsed(frame_ptr content, bool is_kept_raw, rollup::builder& counts) {
  auto result = std::make_shared<batch>();
  const logplex::body_context context{content->mode, content->announced_lines, content->received_at};
  result->records =
      is_kept_raw ? logplex::keep_raw(content->body, context) : logplex::parse(content->body, context);
  result->partial = counts.build(result->records, content->body.size(), content->received_at);
  result->origin = std::move(content);
  return result;
}

parser::parser(self_pointer self, router_actor router, rollup::limits bounds,
               rollup::country_lookup countries)
    : box_state(self), router_(std::move(router)), builder_(bounds, std::move(countries)) {}

parser::behavior_type parser::make_behavior() {
  return {
      [this](const parse_group& group) {
        parse_receipt receipt;
        batch_group done;
        done.all.reserve(group.jobs.size());
        receipt.record_bytes.reserve(group.jobs.size());
        const in_hand noted{group.in_hand.get()};
        for (const auto& job : group.jobs) {
          noted.take(job.digest);
          done.all.push_back(parse(job, receipt));
        }
        self_->send(router_, std::move(done));
        return receipt;
      },
      [this](const rollup::limits& bounds) { builder_.set_bounds(bounds); },
  };
}

batch_ptr parser::parse(const parse_job& job, parse_receipt& receipt) {
  auto result = parsed(job.content, job.is_kept_raw, builder_);
  result->sequence = job.sequence;
  result->deliver_to = job.deliver_to;
  receipt.lines += result->records.framing.lines;
  receipt.record_bytes.push_back(memory_of(result->records) + result->partial.size() * partial_bytes);
  return result;
}

} // namespace parseflow::actors
