#include "actors/rejected_frames.hpp"

#include <span>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "actors/parser.hpp"
#include "db/data_folder.hpp"
#include "db/geoip/country_database.hpp"

namespace parseflow::actors {

namespace {

std::string text_of(timestamp at) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", std::chrono::floor<std::chrono::seconds>(at));
}

} // namespace

command_report run_rejected(const settings& values, bool with_retry) {
  if (auto there = db::require_database(values.storage); !there)
    return {{}, std::move(there)};
  const auto countries = db::open_country_lookup(values.parser);
  if (!countries)
    return {{}, countries.error()};
  const auto store = db::make_store(values.storage, values.retention);
  if (auto opened = store->open(); opened.code != db::outcome::done)
    return {{}, problem{std::move(opened.message)}};
  return with_retry ? retry_rejected(*store, *countries) : list_rejected(*store);
}

command_report list_rejected(db::store& store) {
  command_report report;
  std::uint64_t frames = 0;
  const auto read = store.rejected_groups([&](const db::rejected_group& group) {
    frames += group.frames;
    report.text += fmt::format("{} frames of {}, from {} to {}: {}\n", group.frames, group.app,
                               text_of(group.first), text_of(group.last), group.reason);
  });
  if (read.code != db::outcome::done)
    report.outcome = problem{read.message};
  report.text += fmt::format("{} frames are set aside\n", frames);
  return report;
}

command_report retry_rejected(db::store& store, const rollup::country_lookup& countries) {
  command_report report;
  rollup::builder builder({}, countries);
  std::uint64_t stored = 0, known = 0, refused = 0;
  std::string reason;
  db::result read;
  std::int64_t after = 0;
  for (bool is_over = false; !is_over;) {
    std::vector<frame_ptr> frames;
    read = store.rejected_frames(after, [&](const db::rejected_frame& kept) {
      after = kept.number;
      frames.push_back(kept.content);
    });
    is_over = read.code != db::outcome::done || frames.empty();
    for (const auto& content : frames) {
      const batch_ptr one = parsed(content, false, builder);
      auto written = store.write_rejected(std::span{&one, 1});
      if (written.code == db::outcome::rejected) {
        ++refused;
        reason = std::move(written.message);
      } else if (written.code != db::outcome::done) {
        read = std::move(written);
        is_over = true;
        break;
      } else {
        const bool was_known = !written.stored_here.empty() || !written.stored_elsewhere.empty();
        ++(was_known ? known : stored);
      }
    }
  }
  report.text = fmt::format("{} frames are stored now, {} had been stored before\n", stored, known);
  if (read.code != db::outcome::done)
    report.outcome = problem{fmt::format("the rest is still set aside, begin again: {}", read.message)};
  else if (refused > 0)
    report.outcome =
        problem{fmt::format("{} frames are refused again, the last one because: {}", refused, reason)};
  return report;
}

} // namespace parseflow::actors
