#include "tests/unit/http/stub_boxes.hpp"
#include "tests/support/problem_in.hpp"

#include <doctest/doctest.h>

namespace parseflow::test {

namespace {

using script_ptr = std::shared_ptr<stub_script>;

using stub_receiver_actor = entry_actor::extend_with<receiver_source_actor>;

class stub_receiver : public stub_receiver_actor::base {
public:
  stub_receiver(caf::actor_config& setup, script_ptr script)
      : stub_receiver_actor::base(setup), script_(std::move(script)) {}

protected:
  behavior_type make_behavior() override {
    return {
        [this](const submissions& arrivals) {
          for (const auto& one : arrivals.all)
            take(one);
          settled_.send_from(this);
        },
        [this](status_atom) -> caf::result<receiver_status> {
          ++script_->status_questions;
          if (script_->receiver_hangs)
            return make_response_promise<receiver_status>();
          receiver_status status;
          status.duplicates = 77;
          status.is_restoring = script_->is_restoring;
          if (script_->journal_is_full)
            status.no_room = problem{"no space left"};
          return status;
        },
    };
  }

private:
  void take(const submission& incoming) {
    const std::lock_guard guard{script_->mutex};
    script_->taken.push_back(*incoming.content);
    switch (script_->receiver) {
    case receiver_does::store:
      return give(incoming, verdict::stored);
    case receiver_does::find_duplicate:
      return give(incoming, verdict::duplicate);
    case receiver_does::refuse:
      return give(incoming, verdict::overloaded);
    case receiver_does::stop:
      return give(incoming, verdict::stopping);
    case receiver_does::keep_silent:
      return script_->silent.push_back(incoming);
    }
  }

  void give(const submission& incoming, verdict given) { settled_.give(incoming.answer, given); }

  settled_verdicts settled_;
  script_ptr script_;
};

class stub_metrics : public metrics_source_actor::base {
public:
  stub_metrics(caf::actor_config& setup, script_ptr script)
      : metrics_source_actor::base(setup), script_(std::move(script)) {}

protected:
  behavior_type make_behavior() override {
    return {
        [this](const metrics_query& question) -> caf::result<snapshot_ptr> {
          if (script_->metrics_hang)
            return make_response_promise<snapshot_ptr>();
          const std::lock_guard guard{script_->mutex};
          script_->asked = question;
          auto snapshot = std::make_shared<metrics_snapshot>();
          snapshot->question = question;
          snapshot->totals.requests = 42;
          if (script_->is_in_cluster)
            snapshot->cluster = cluster_view{"a", {"a"}, {}, {}};
          // Long enough to be worth compressing.
          snapshot->apps.assign(200, "an app with a name");
          snapshot->apps.push_back("shop");
          return snapshot_ptr{snapshot};
        },
        [this](const totals_query& question) -> caf::result<totals_ptr> {
          if (script_->metrics_hang)
            return make_response_promise<totals_ptr>();
          auto totals = std::make_shared<app_totals>();
          totals->apps[question.app.empty() ? "shop" : question.app].requests = 42;
          return totals_ptr{totals};
        },
        [this](const series_query& question) -> caf::result<series_sums_ptr> {
          if (script_->metrics_hang)
            return make_response_promise<series_sums_ptr>();
          const std::lock_guard guard{script_->mutex};
          script_->asked_series = question;
          auto sums = std::make_shared<series_sums>();
          for (const auto start : {question.from, question.from + question.step}) {
            auto& sum = sums->steps.emplace_back(series_step{start, {}}).sum;
            sum.requests = sums->steps.size() + 1;
          }
          return series_sums_ptr{sums};
        },
        [](const watch_query&) { return watched_counts_ptr{}; },
    };
  }

private:
  script_ptr script_;
};

class stub_judge : public alert_source_actor::base {
public:
  stub_judge(caf::actor_config& setup, script_ptr script)
      : alert_source_actor::base(setup), script_(std::move(script)) {}

protected:
  behavior_type make_behavior() override {
    return {[this](const alerts_query& question) -> caf::result<alert_report_ptr> {
      if (script_->judge_hangs)
        return make_response_promise<alert_report_ptr>();
      const std::lock_guard guard{script_->mutex};
      script_->asked_alerts = question;
      auto report = std::make_shared<alert_report>();
      report->alerts.emplace_back().type = "high_error_rate";
      if (script_->writer_has_reported) {
        auto& writer = report->writer.emplace();
        writer.kind = "sqlite";
        writer.is_connected = script_->database_is_connected;
        writer.last_error = problem{stub_script::database_sentence};
      }
      return alert_report_ptr{report};
    }};
  }

private:
  script_ptr script_;
};

class stub_forwarder : public forwarding_source_actor::base {
public:
  stub_forwarder(caf::actor_config& setup, script_ptr script)
      : forwarding_source_actor::base(setup), script_(std::move(script)) {}

protected:
  behavior_type make_behavior() override {
    return {[this](status_atom) -> caf::result<forwarding_status> {
      if (script_->forwarder_hangs)
        return make_response_promise<forwarding_status>();
      forwarding_status status;
      status.frames = 9;
      return status;
    }};
  }

private:
  script_ptr script_;
};

// Each tail is "lines" and then its end, unless tails last.
tail_source_actor::behavior_type stub_tails(tail_source_actor::pointer self, const script_ptr& script) {
  return {
      [self, script](const tail_wish& wish) {
        {
          const std::lock_guard guard{script->mutex};
          script->tail = wish;
        }
        const auto text = std::make_shared<const std::string>("lines");
        self->send(wish.slot.sink, stream_parts{{}, {{wish.slot.stream, text, !script->tails_last}}});
      },
      [](status_atom) {
        return tail_status{3, 500, 70};
      },
  };
}

registrar_actor::behavior_type stub_registrar(registrar_actor::pointer self,
                                              const std::shared_ptr<registrar_script>& script) {
  return {
      [self, script](subscribe_atom, const registry_listener_actor& listener) {
        const std::lock_guard guard{script->mutex};
        script->listeners.push_back(listener);
        script->changed.notify_all();
        self->send(listener, registry_news{script->copy, {}});
      },
      [self, script](look_atom) {
        const std::lock_guard guard{script->mutex};
        ++script->looks;
        script->changed.notify_all();
        if (script->finds_copy)
          for (const auto& listener : script->listeners)
            self->send(listener, registry_news{script->copy, std::chrono::steady_clock::now()});
      },
      [script](const registry_uses& uses) {
        const std::lock_guard guard{script->mutex};
        script->uses = uses;
        script->changed.notify_all();
      },
      [script](const drain_wish& wish) -> caf::result<issued_password> {
        const std::lock_guard guard{script->mutex};
        script->wishes.push_back(wish);
        if (wish.user == "taken")
          return make_error(ec::refused, "the user is taken");
        return issued_password{{"cc", wish.user, wish.apps, {{"hash", "", {}, {}}}, {}, false},
                               secret{"new"}};
      },
      [](const drain_rotation& wish) -> caf::result<issued_password> {
        if (wish.id != "aa")
          return make_error(ec::refused, "there is no such drain");
        return issued_password{{"aa", "u1", {"shop"}, {}, {}, false}, secret{"second"}};
      },
      [](const drain_removal& wish) -> caf::result<registered_drain> {
        if (wish.id == "away")
          return make_error(ec::store_away, "the database is away");
        return registered_drain{wish.id, "u1", {"shop"}, {}, {}, false};
      },
      [script](drains_query) -> caf::result<drain_reports_ptr> {
        const std::lock_guard guard{script->mutex};
        if (!script->copy)
          return make_error(ec::store_away, "the database is away");
        return std::make_shared<const drain_reports>(report_of(*script->copy, {}, {}));
      },
      [](const key_wish& wish) -> caf::result<issued_key> {
        if (wish.name == "taken")
          return make_error(ec::refused, "the name is taken");
        return issued_key{{"ee", wish.name, wish.role, wish.apps, "hash", {}, {}}, secret{"pf_new"}};
      },
      [](const key_removal& wish) -> caf::result<registered_key> {
        if (wish.id == "away")
          return make_error(ec::store_away, "the database is away");
        if (wish.id != "cc")
          return make_error(ec::refused, "there is no such key");
        return registered_key{"cc", "ci", key_role::read, {}, "hash", {}, {}};
      },
      [script](keys_query) -> caf::result<key_list> {
        const std::lock_guard guard{script->mutex};
        if (!script->copy)
          return make_error(ec::store_away, "the database is away");
        return key_list{script->copy->keys};
      },
      [script](sign_out_atom) -> caf::result<bool> {
        const std::lock_guard guard{script->mutex};
        ++script->sign_outs;
        return true;
      },
      [](stop_atom) { return true; },
      [](caf::tick_atom) {},
  };
}

void send_news(registrar_script& script, std::chrono::steady_clock::time_point as_of) {
  std::unique_lock lock{script.mutex};
  REQUIRE(script.changed.wait_for(lock, std::chrono::seconds{10}, [&] { return !script.listeners.empty(); }));
  for (const auto& listener : script.listeners)
    caf::anon_send(listener, registry_news{script.copy, as_of});
}

} // namespace

stub_service::stub_service(settings values, with_registrar has_registry) {
  if (has_registry == with_registrar::yes)
    boxes_.registrar = system_.spawn(stub_registrar, registry);
  start(std::move(values));
}

stub_service::stub_service(settings values, const registry_copy& known) {
  registry->copy = std::make_shared<const registry_copy>(known);
  boxes_.registrar = system_.spawn(stub_registrar, registry);
  start(std::move(values));
}

void stub_service::start(settings values) {
  const stub_receiver_actor receiver = system_.spawn<stub_receiver>(script);
  boxes_ = {receiver,
            receiver,
            system_.spawn<stub_metrics>(script),
            system_.spawn<stub_judge>(script),
            system_.spawn<stub_forwarder>(script),
            boxes_.registrar,
            system_.spawn(stub_tails, script)};
  values.http.port = 0;
  server_ = std::make_unique<http::server>(values, boxes_, system_);
  REQUIRE(problem_in(server_->start()) == "");
}

stub_service::~stub_service() {
  server_.reset();
  caf::anon_send_exit(boxes_.entry, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(boxes_.metrics, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(boxes_.judge, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(boxes_.forwarder, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(boxes_.tails, caf::exit_reason::user_shutdown);
  if (boxes_.registrar)
    caf::anon_send_exit(boxes_.registrar, caf::exit_reason::user_shutdown);
}

void stub_service::tell(const registry_copy& copy) {
  {
    const std::lock_guard guard{registry->mutex};
    registry->copy = std::make_shared<const registry_copy>(copy);
    registry->finds_copy = true;
  }
  send_news(*registry, std::chrono::steady_clock::now());
}

void stub_service::tell(const registry_copy& copy, std::chrono::steady_clock::time_point as_of) {
  {
    const std::lock_guard guard{registry->mutex};
    registry->copy = std::make_shared<const registry_copy>(copy);
    registry->finds_copy = false;
  }
  send_news(*registry, as_of);
}

bool stub_service::waits_for_look() {
  std::unique_lock lock{registry->mutex};
  return registry->changed.wait_for(lock, std::chrono::seconds{10}, [&] { return registry->looks > 0; });
}

http_answer stub_service::post(std::string_view body, std::string_view headers, std::string_view path) {
  http_connection conn{port()};
  std::string request = "POST ";
  request.append(path)
      .append(" HTTP/1.1\r\nHost: localhost\r\nContent-Length: ")
      .append(std::to_string(body.size()));
  request.append("\r\n").append(headers).append("\r\n").append(body);
  REQUIRE(conn.send(request));
  auto answer = conn.receive();
  REQUIRE(answer);
  return *answer;
}

} // namespace parseflow::test
