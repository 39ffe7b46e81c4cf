// Each question has its own scoped actor, so that a late answer cannot reach the next question.
#include "http/endpoints/pipeline_client.hpp"

#include "messages/answer_timeouts.hpp"
#include "messages/system_time.hpp"

namespace parseflow::http {

namespace {

const auto ignore_error = [](const caf::error&) {};

} // namespace

template <class Overview, class Counted, class Question>
Overview pipeline_client::ask(const Question& question, Counted Overview::*counted,
                              const alerts_query& alerts) {
  Overview answers;
  caf::scoped_actor self{system_};
  auto counting = self->request(boxes_.metrics, answer_timeouts::http_request, question);
  auto receiving = self->request(boxes_.receiver, answer_timeouts::http_request, status_atom_v);
  auto judging = self->request(boxes_.judge, answer_timeouts::http_request, alerts);
  const auto ask_forwarder = [&] {
    return self->request(boxes_.forwarder, answer_timeouts::http_request, status_atom_v);
  };
  const auto ask_tails = [&] {
    return self->request(boxes_.tails, answer_timeouts::http_request, status_atom_v);
  };
  std::optional<decltype(ask_forwarder())> forwarding;
  std::optional<decltype(ask_tails())> following;
  if (boxes_.forwarder)
    forwarding.emplace(ask_forwarder());
  else
    answers.forwarding.emplace();
  if (boxes_.tails)
    following.emplace(ask_tails());
  else
    answers.tails.emplace();
  counting.receive([&](const Counted& found) { answers.*counted = found; }, ignore_error);
  receiving.receive([&](const receiver_status& found) { answers.receiver = found; }, ignore_error);
  judging.receive([&](const alert_report_ptr& found) { answers.alerts = found; }, ignore_error);
  if (forwarding)
    forwarding->receive([&](const forwarding_status& found) { answers.forwarding = found; }, ignore_error);
  if (following)
    following->receive([&](const tail_status& found) { answers.tails = found; }, ignore_error);
  return answers;
}

overview pipeline_client::ask_all(const metrics_query& question) {
  return ask(question, &overview::metrics, alerts_query{question.app, question.now, question.of});
}

totals_overview pipeline_client::ask_all(const totals_query& question) {
  return ask(question, &totals_overview::totals, alerts_query{question.app, system_time(), reach::this_node});
}

overview pipeline_client::ask_ready() {
  return ask_all(metrics_query{{}, window::one_minute, system_time(), reach::this_node});
}

std::optional<receiver_status> pipeline_client::ask_receiver() {
  std::optional<receiver_status> answer;
  caf::scoped_actor self{system_};
  self->request(boxes_.receiver, answer_timeouts::admission, status_atom_v)
      .receive([&](const receiver_status& found) { answer = found; }, ignore_error);
  return answer;
}

caf::expected<std::vector<series>> pipeline_client::ask_series(const series_query& question) {
  caf::expected<std::vector<series>> answer{caf::sec::request_timeout};
  caf::scoped_actor self{system_};
  self->request(boxes_.metrics, answer_timeouts::http_request, question)
      .receive([&](const series_sums_ptr& found) { answer = to_series(question, *found); },
               [&](caf::error& problem) { answer = std::move(problem); });
  return answer;
}

template <class Answer, class Question>
caf::expected<Answer> pipeline_client::ask_registrar(const Question& question) {
  caf::expected<Answer> answer{make_error(ec::store_away, "there is no registry")};
  if (!boxes_.registrar)
    return answer;
  caf::scoped_actor self{system_};
  self->request(boxes_.registrar, answer_timeouts::registry_change, question)
      .receive([&](const Answer& found) { answer = found; },
               [&](caf::error& problem) { answer = std::move(problem); });
  return answer;
}

caf::expected<issued_password> pipeline_client::ask(const drain_wish& wish) {
  return ask_registrar<issued_password>(wish);
}

caf::expected<issued_password> pipeline_client::ask(const drain_rotation& wish) {
  return ask_registrar<issued_password>(wish);
}

caf::expected<registered_drain> pipeline_client::ask(const drain_removal& wish) {
  return ask_registrar<registered_drain>(wish);
}

caf::expected<drain_reports_ptr> pipeline_client::ask(const drains_query& question) {
  return ask_registrar<drain_reports_ptr>(question);
}

caf::expected<issued_key> pipeline_client::ask(const key_wish& wish) {
  return ask_registrar<issued_key>(wish);
}

caf::expected<registered_key> pipeline_client::ask(const key_removal& wish) {
  return ask_registrar<registered_key>(wish);
}

caf::expected<key_list> pipeline_client::ask(const keys_query& question) {
  return ask_registrar<key_list>(question);
}

caf::expected<bool> pipeline_client::ask(sign_out_atom wish) {
  return ask_registrar<bool>(wish);
}

void pipeline_client::begin_tail(tail_wish wish) {
  caf::anon_send(boxes_.tails, std::move(wish));
}

} // namespace parseflow::http
