#include "actors/cluster/tail_records.hpp"

#include <cstdint>
#include <utility>

namespace parseflow::actors {

namespace {

void append_little_endian(std::string& into, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i)
    into += static_cast<char>(value >> (8 * i));
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i)
    value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return value;
}

class record_form final : public tail_form {
public:
  explicit record_form(std::shared_ptr<const tail_form> shown) : shown_(std::move(shown)) {}

  void begin(std::string&) const override {}

  void line(const lines::line_view& line, const lines::line_id& id, std::string& into) const override {
    append(into, tail_record::kind::line, id, [&] { shown_->line(line, id, into); });
  }

  void skipped(const skipped_lines& lines, std::string& into) const override {
    append(into, tail_record::kind::skipped, {lines.from, lines.count},
           [&] { shown_->skipped(lines, into); });
  }

  void gap(const lines::line_id& after, std::string& into) const override {
    append(into, tail_record::kind::other, after, [&] { shown_->gap(after, into); });
  }

  void caught_up(std::string& into) const override {
    append(into, tail_record::kind::caught_up, {}, [] {});
  }

  void nodes(const tail_nodes&, std::string&) const override {}

  void heartbeat(std::string&) const override {}

private:
  template <class Render>
  static void append(std::string& into, tail_record::kind what, const lines::line_id& id, Render render) {
    into += static_cast<char>(what);
    append_little_endian(into, static_cast<std::uint64_t>(id.at.time_since_epoch().count()), 8);
    append_little_endian(into, id.hash, 8);
    const auto length_at = into.size();
    into.append(4, '\0');
    render();
    std::string length;
    append_little_endian(length, into.size() - length_at - 4, 4);
    into.replace(length_at, 4, length);
  }

  std::shared_ptr<const tail_form> shown_;
};

} // namespace

std::shared_ptr<const tail_form> tail_record_form(std::shared_ptr<const tail_form> shown) {
  return std::make_shared<const record_form>(std::move(shown));
}

void for_each_record(std::string_view records, const std::function<void(const tail_record&)>& take) {
  while (records.size() >= tail_record_head_bytes) {
    tail_record next;
    next.what = static_cast<tail_record::kind>(records[0]);
    const auto at = static_cast<std::int64_t>(little_endian(records.substr(1, 8)));
    next.id = {timestamp{std::chrono::microseconds{at}}, little_endian(records.substr(9, 8))};
    const auto length = little_endian(records.substr(17, 4));
    records.remove_prefix(tail_record_head_bytes);
    if (length > records.size())
      return;
    next.text = records.substr(0, length);
    take(next);
    records.remove_prefix(length);
  }
}

} // namespace parseflow::actors
