// A scoped actor per question: nothing that comes late meets the next one.
#include "http/endpoints/pipeline_client.hpp"

namespace parseflow::http {

namespace {

const auto ignore_error = [](const caf::error&) {};

} // namespace

template <class Counted, class Question>
void box_questions::ask(const Question& question, Counted& counted, std::optional<receiver_status>& receiver,
                        std::optional<writer_status>& writer) {
  caf::scoped_actor self{system_};
  auto counting = self->request(boxes_.aggregator, patience, question);
  auto receiving = self->request(boxes_.entry, patience, status_atom_v);
  auto writing = self->request(boxes_.writer, writer_patience, status_atom_v);
  counting.receive([&](const Counted& found) { counted = found; }, ignore_error);
  receiving.receive([&](const receiver_status& found) { receiver = found; }, ignore_error);
  writing.receive([&](const writer_status& found) { writer = found; }, ignore_error);
  const std::lock_guard guard{mutex_};
  if (writer)
    last_writer_ = writer;
  else
    writer = last_writer_;
}

overview box_questions::ask_all(const metrics_query& question) {
  overview answers;
  ask(question, answers.metrics, answers.receiver, answers.writer);
  return answers;
}

totals_overview box_questions::ask_all(const totals_query& question) {
  totals_overview answers;
  ask(question, answers.totals, answers.receiver, answers.writer);
  return answers;
}

std::optional<receiver_status> box_questions::ask_receiver() {
  std::optional<receiver_status> answer;
  caf::scoped_actor self{system_};
  self->request(boxes_.entry, status_patience, status_atom_v)
      .receive([&](const receiver_status& found) { answer = found; }, ignore_error);
  return answer;
}

caf::expected<series> box_questions::ask_series(const series_query& question) {
  caf::expected<series> answer{caf::sec::request_timeout};
  caf::scoped_actor self{system_};
  self->request(boxes_.aggregator, patience, question)
      .receive([&](const series_sums_ptr& found) { answer = to_series(question, *found); },
               [&](caf::error& problem) { answer = std::move(problem); });
  return answer;
}

} // namespace parseflow::http
