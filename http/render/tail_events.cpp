#include "http/render/tail_events.hpp"

#include <iterator>

#include <fmt/format.h>

#include "http/render/time_text.hpp"
#include "messages/utf8.hpp"

namespace parseflow::http {

namespace {

// Invalid UTF-8 is replaced, because senders may write any bytes.
void append_json_string(std::string& into, std::string_view text) {
  into += '"';
  std::size_t copied = 0;
  const auto copy_to = [&](std::size_t end) { into.append(text, copied, end - copied); };
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
      ++i;
      continue;
    }
    if (const auto length = c < 0x80 ? 0 : character_at(text, i); length > 0) {
      i += length;
      continue;
    }
    copy_to(i);
    if (c == '"' || c == '\\')
      into.append("\\").append(1, text[i]);
    else if (c == '\n')
      into += "\\n";
    else if (c == '\t')
      into += "\\t";
    else if (c < 0x20)
      fmt::format_to(std::back_inserter(into), "\\u{:04x}", c);
    else
      into += "\xEF\xBF\xBD";
    copied = ++i;
  }
  copy_to(text.size());
  into += '"';
}

void append_member(std::string& into, std::string_view name, std::string_view value) {
  into.append(",\"").append(name).append("\":");
  append_json_string(into, value);
}

// What is not known is left out.
void append_text(std::string& into, std::string_view name, std::string_view value) {
  if (!value.empty())
    append_member(into, name, value);
}

void append_number(std::string& into, std::string_view name, std::int64_t value) {
  if (value != request_record::unknown)
    fmt::format_to(std::back_inserter(into), ",\"{}\":{}", name, value);
}

void append_names(std::string& into, const std::vector<std::string>& names) {
  into += '[';
  for (std::size_t i = 0; i < names.size(); ++i) {
    into.append(i == 0 ? "" : ",");
    append_json_string(into, names[i]);
  }
  into += ']';
}

class event_form final : public tail_form {
public:
  // Browsers wait so long before they connect again.
  void begin(std::string& into) const override { into += "retry: 2000\n\n"; }

  void line(const lines::line_view& line, const lines::line_id& id, std::string& into) const override {
    const auto name = to_string(id);
    into.append("id: ").append(name).append("\ndata: ");
    append_line(into, line, name);
    into += "\n\n";
  }

  void skipped(const skipped_lines& lines, std::string& into) const override {
    fmt::format_to(std::back_inserter(into),
                   "event: skipped\ndata: {{\"count\":{},\"from\":\"{}\",\"to\":\"{}\"}}\n\n", lines.count,
                   rfc3339(lines.from), rfc3339(lines.to));
  }

  void gap(const lines::line_id& after, std::string& into) const override {
    fmt::format_to(std::back_inserter(into), "event: gap\ndata: {{\"after\":\"{}\",\"at\":\"{}\"}}\n\n",
                   to_string(after), rfc3339(after.at));
  }

  void caught_up(std::string&) const override {}

  void nodes(const tail_nodes& now, std::string& into) const override {
    into.append("event: nodes\ndata: {\"live\":");
    append_names(into, now.live);
    into.append(",\"missing\":");
    append_names(into, now.missing);
    into.append("}\n\n");
  }

  void heartbeat(std::string& into) const override { into += ":\n\n"; }
};

} // namespace

std::shared_ptr<const tail_form> tail_events() {
  static const auto form = std::make_shared<const event_form>();
  return form;
}

void append_line(std::string& into, const lines::line_view& line, std::string_view id) {
  into.append(R"({"id":")").append(id).append(R"(","at":")").append(rfc3339(line.at)).append("\"");
  append_member(into, "app", line.origin->app);
  append_member(into, "drain", line.origin->key.drain);
  append_member(into, "source", line.source);
  append_member(into, "dyno", line.dyno);
  append_member(into, "severity", to_string(line.level));
  append_member(into, "kind", line.kind);
  append_member(into, "text", line.text);
  append_text(into, "code", line.code);
  if (const auto* const request = line.request) {
    append_text(into, "method", request->method);
    append_text(into, "path", request->path);
    append_text(into, "host", request->host);
    append_text(into, "request_id", request->request_id);
    append_text(into, "fwd", request->fwd);
    append_number(into, "status", request->status);
    append_number(into, "connect_ms", request->connect_ms);
    append_number(into, "service_ms", request->service_ms);
    append_number(into, "bytes", request->bytes);
    append_text(into, "protocol", request->protocol);
    append_text(into, "tls_version", request->tls_version);
  }
  into += '}';
}

} // namespace parseflow::http
