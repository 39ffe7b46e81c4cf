// Runs the parser and the rollup builder over one frame.
#include "actors/parser.hpp"

#include "messages/logplex/parse.hpp"

namespace parseflow {

namespace {

// About what a minute of a small batch takes; in large ones the records outweigh it.
constexpr std::uint64_t partial_bytes = 2048;

} // namespace

parser::parser(caf::actor_config& config, router_actor router, rollup::limits bounds,
               rollup::country_lookup countries)
    : super(config), router_(std::move(router)), builder_(bounds, std::move(countries)) {}

parser::behavior_type parser::make_behavior() {
  return {
      [this](const parse_job& job) {
        auto result = std::make_shared<batch>();
        result->sequence = job.sequence;
        result->way = job.way;
        result->origin = job.content;
        const auto& content = *job.content;
        const logplex::body_context context{content.mode, content.announced_lines, content.received_at};
        result->records =
            job.keep_raw ? logplex::keep_raw(content.body, context) : logplex::parse(content.body, context);
        result->partial = builder_.build(result->records, content.body.size(), content.received_at);
        const parse_receipt receipt{result->records.framing.lines,
                                    memory_of(result->records) + result->partial.size() * partial_bytes};
        send(router_, batch_ptr{std::move(result)});
        return receipt;
      },
  };
}

void parser::on_exit() {
  router_ = nullptr;
}

} // namespace parseflow
