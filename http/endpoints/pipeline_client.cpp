// A scoped actor per question: nothing that comes late meets the next one.
#include "http/endpoints/pipeline_client.hpp"

#include "messages/system_time.hpp"

namespace parseflow::http {

namespace {

const auto ignore_error = [](const caf::error&) {};

} // namespace

template <class Overview, class Counted, class Question>
Overview box_questions::ask(const Question& question, const alerts_query& alerts,
                            Counted Overview::*counted) {
  Overview answers;
  caf::scoped_actor self{system_};
  auto counting = self->request(boxes_.metrics, patience, question);
  auto judging = self->request(boxes_.judge, patience, alerts);
  auto receiving = self->request(boxes_.entry, patience, status_atom_v);
  auto writing = self->request(boxes_.writer, writer_patience, status_atom_v);
  counting.receive([&](const Counted& found) { answers.*counted = found; }, ignore_error);
  judging.receive([&](const alert_report_ptr& found) { answers.alerts = found; }, ignore_error);
  receiving.receive([&](const receiver_status& found) { answers.receiver = found; }, ignore_error);
  writing.receive([&](const writer_status& found) { answers.writer = found; }, ignore_error);
  const std::lock_guard guard{mutex_};
  if (answers.writer)
    last_writer_ = answers.writer;
  else
    answers.writer = last_writer_;
  return answers;
}

overview box_questions::ask_all(const metrics_query& question) {
  return ask(question, {question.app, question.now}, &overview::metrics);
}

totals_overview box_questions::ask_all(const totals_query& question) {
  return ask(question, {question.app, system_time(), reach::this_node}, &totals_overview::totals);
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
  self->request(boxes_.metrics, patience, question)
      .receive([&](const series_sums_ptr& found) { answer = to_series(question, *found); },
               [&](caf::error& problem) { answer = std::move(problem); });
  return answer;
}

} // namespace parseflow::http
