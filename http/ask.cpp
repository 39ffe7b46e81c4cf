// A scoped actor per question: nothing that comes late meets the next one.
#include "http/ask.hpp"

namespace parseflow::http {

namespace {

const auto ignore_error = [](const caf::error&) {};

} // namespace

overview box_questions::ask_all(const metrics_query& question) {
  overview answers;
  caf::scoped_actor self{system_};
  auto metrics = self->request(boxes_.aggregator, patience, question);
  auto receiver = self->request(boxes_.receiver, patience, status_atom_v);
  auto writer = self->request(boxes_.writer, writer_patience, status_atom_v);
  metrics.receive([&](const snapshot_ptr& found) { answers.metrics = found; }, ignore_error);
  receiver.receive([&](const receiver_status& found) { answers.receiver = found; }, ignore_error);
  writer.receive([&](const writer_status& found) { answers.writer = found; }, ignore_error);
  const std::lock_guard guard{mutex_};
  if (answers.writer)
    last_writer_ = answers.writer;
  else
    answers.writer = last_writer_;
  return answers;
}

caf::expected<series> box_questions::ask_series(const series_query& question) {
  caf::expected<series> answer{caf::sec::request_timeout};
  caf::scoped_actor self{system_};
  self->request(boxes_.aggregator, patience, question)
      .receive([&](series& found) { answer = std::move(found); },
               [&](caf::error& problem) { answer = std::move(problem); });
  return answer;
}

} // namespace parseflow::http
