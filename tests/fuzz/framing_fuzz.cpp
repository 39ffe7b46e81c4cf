// Whole bodies: every byte ends in exactly one message, and nothing but the bytes of the body decides how.
// Input: one byte of options, then the body.
#include <algorithm>
#include <string>
#include <vector>

#include "messages/logplex/framing.hpp"
#include "messages/logplex/parse.hpp"
#include "tests/fuzz/check.hpp"

namespace {

using namespace parseflow;
using namespace parseflow::logplex;
using fuzz::is_within;
using fuzz::require;

constexpr timestamp received_at =
    std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + std::chrono::hours{15};

bool is_line_end(std::string_view text) {
  return text == "\n" || text == "\r\n";
}

// Serialising the messages gives the body back.
void check_framing(std::string_view body, std::uint32_t announced) {
  framing frames(body, announced);
  const char* at = body.data();
  for (framed_line m; frames.next(m);) {
    require(is_within(m.bytes, body) && m.bytes.data() >= at, "messages stand in order");
    require(!m.bytes.empty(), "no message is empty");
    require(m.line.empty() || (m.is_damaged && is_within(m.line, m.bytes)), "a line is part of its damage");
    std::string_view gap(at, static_cast<std::size_t>(m.bytes.data() - at));
    if (!m.is_damaged) {
      const std::string count = std::to_string(m.bytes.size()) + ' ';
      require(gap.ends_with(count), "a whole message has its count before it");
      gap.remove_suffix(count.size());
    }
    require(gap.empty() || is_line_end(gap), "only a line end stands between messages");
    at = m.bytes.data() + m.bytes.size();
  }
  const std::string_view rest(at, static_cast<std::size_t>(body.data() + body.size() - at));
  require(rest.empty() || is_line_end(rest), "nothing is left but a line end");
}

void check_records(const parsed_body& parsed, std::string_view body) {
  require(parsed.framing.lines == parsed.requests.size() + parsed.lines.size(), "every line is one record");
  std::vector<std::string_view> texts;
  std::size_t malformed = 0;
  for (const request_record& r : parsed.requests) {
    texts.push_back(r.text);
    for (const auto& field :
         {r.method, r.path, r.host, r.request_id, r.fwd, r.dyno, r.code, r.protocol, r.tls_version})
      require(is_within(field, r.text), "fields are part of the text");
    require(r.status == request_record::unknown || (r.status >= 100 && r.status <= 999),
            "a status has three digits");
    require(r.connect_ms >= -1 && r.service_ms >= -1 && r.bytes >= -1, "numbers are unknown or not negative");
  }
  for (const log_record& line : parsed.lines) {
    texts.push_back(line.text);
    malformed += line.kind == line_kind::malformed;
    require(is_within(line.source, body) && is_within(line.proc, body),
            "source and process are part of the body");
    require(is_within(line.code, line.text) && is_within(line.subject, line.text),
            "event fields are part of the text");
  }
  require(malformed == parsed.framing.malformed, "malformed lines are counted");
  require(malformed + parsed.framing.miscounted <= parsed.framing.lines, "a damaged line is a line");
  std::sort(texts.begin(), texts.end(), [](auto a, auto b) { return a.data() < b.data(); });
  const char* at = body.data();
  for (const std::string_view text : texts) {
    if (text.empty())
      continue;
    require(is_within(text, body) && text.data() >= at, "no byte is in two texts");
    at = text.data() + text.size();
  }
  require(parsed.samples.size() <= body.size() / 16 + 1, "samples are bounded by the body");
  for (const sample_record& s : parsed.samples)
    require(is_within(s.name, body) && is_within(s.unit, body) && is_within(s.member, body),
            "samples are part of the body");
}

bool is_same(std::string_view a, const char* a_body, std::string_view b, const char* b_body) {
  return a.size() == b.size() && (a.empty() || a.data() - a_body == b.data() - b_body);
}

// The same body elsewhere in memory, with other bytes behind it, has the same records.
void check_same(const parsed_body& a, const char* a_body, const parsed_body& b, const char* b_body) {
  require(a.requests.size() == b.requests.size() && a.lines.size() == b.lines.size() &&
              a.samples.size() == b.samples.size(),
          "as many records");
  for (std::size_t i = 0; i < a.requests.size(); ++i) {
    const request_record &x = a.requests[i], &y = b.requests[i];
    require(x.at == y.at && x.status == y.status && x.bytes == y.bytes && x.connect_ms == y.connect_ms &&
                x.service_ms == y.service_ms && x.level == y.level && x.has_extra == y.has_extra,
            "same numbers");
    require(is_same(x.path, a_body, y.path, b_body) && is_same(x.fwd, a_body, y.fwd, b_body) &&
                is_same(x.text, a_body, y.text, b_body) && is_same(x.protocol, a_body, y.protocol, b_body),
            "same fields");
  }
  for (std::size_t i = 0; i < a.lines.size(); ++i)
    require(a.lines[i].kind == b.lines[i].kind && a.lines[i].at == b.lines[i].at &&
                a.lines[i].level == b.lines[i].level &&
                is_same(a.lines[i].text, a_body, b.lines[i].text, b_body),
            "same lines");
  for (std::size_t i = 0; i < a.samples.size(); ++i)
    require(a.samples[i].value == b.samples[i].value &&
                is_same(a.samples[i].unit, a_body, b.samples[i].unit, b_body),
            "same samples");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const fuzz::tight_copy copy(text);
  const std::string_view body = copy.text();
  const std::uint32_t announced = (data[0] & 2) != 0 ? data[0] >> 2 : frame::no_count;
  const body_context context{(data[0] & 1) != 0 ? structured_data::present : structured_data::absent,
                             announced, received_at};
  check_framing(body, announced);
  const parsed_body parsed = parse(body, context);
  check_records(parsed, body);
  const std::string elsewhere = "+++" + std::string(text) + R"(" \ ="0)" + std::string(300, '9');
  check_same(parsed, body.data(), parse(std::string_view(elsewhere).substr(3, text.size()), context),
             elsewhere.data() + 3);
  check_records(keep_raw(body, context), body);
  return 0;
}
