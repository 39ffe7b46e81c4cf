// Numbers in key=value text → samples.
#include "messages/logplex/sample_line.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#if defined(__SSE2__)
#  include <emmintrin.h>
#endif

#include "messages/logplex/logfmt.hpp"
#include "messages/logplex/number_text.hpp"

namespace parseflow::logplex {

namespace {

constexpr std::size_t max_unit_bytes = 16;
// A batch of a busy app has not many more; then the vector grows.
constexpr std::size_t usual_samples = 64;
// So many decimal digits are exact in a double, and so are these powers of ten: one division rounds
// correctly.
constexpr int exact_digits = 15;
constexpr double powers_of_ten[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

constexpr std::uint32_t integer_powers_of_ten[] = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The kind that a key names, and the name behind it.
bool split_key(std::string_view key, sample_kind& kind, std::string_view& name) {
  struct form {
    std::string_view prefix;
    sample_kind kind;
  };
  static constexpr form forms[] = {
      {"sample#", sample_kind::gauge},  {"measure#", sample_kind::measure}, {"count#", sample_kind::count},
      {"unique#", sample_kind::unique}, {"measure.", sample_kind::measure}, {"event#", sample_kind::event},
      {"metric#", sample_kind::gauge},
  };
  for (const form& f : forms)
    if (key.starts_with(f.prefix)) {
      kind = f.kind;
      name = key.substr(f.prefix.size());
      // `metric#tag#K=V` describes the other numbers.
      return !name.empty() && !(f.prefix == "metric#" && name.starts_with("tag#"));
    }
  return false;
}

} // namespace

bool read_number(std::string_view text, measured& out) {
  const char* p = text.data();
  const char* const end = p + text.size();
  const bool is_negative = p != end && *p == '-';
  const bool is_signed = is_negative || (p != end && *p == '+');
  if (is_signed)
    ++p;
  const char* const begin = is_negative ? p - 1 : p; // from_chars knows no plus
  std::uint64_t mantissa = 0;
  int digits = 0, fraction = 0;
  for (; p != end && is_digit(*p); ++p, ++digits)
    mantissa = mantissa * 10 + static_cast<std::uint64_t>(*p - '0');
  if (p != end && *p == '.')
    for (++p; p != end && is_digit(*p); ++p, ++digits, ++fraction)
      mantissa = mantissa * 10 + static_cast<std::uint64_t>(*p - '0');
  if (digits == 0)
    return false;
  const bool has_exponent =
      p != end && (*p == 'e' || *p == 'E') && end - p > 1 &&
      (is_digit(p[1]) || (end - p > 2 && (p[1] == '-' || p[1] == '+') && is_digit(p[2])));
  if (digits <= exact_digits && !has_exponent) {
    const double magnitude = static_cast<double>(mantissa) / powers_of_ten[fraction];
    out.value = is_negative ? -magnitude : magnitude;
  } else {
    const auto [stop, problem] = std::from_chars(begin, end, out.value);
    if (problem != std::errc{})
      return false;
    p = stop;
  }
  out.unit = {p, static_cast<std::size_t>(end - p)};
  return out.unit.size() <= max_unit_bytes;
}

namespace {

#if defined(__SSE2__)

// Like `read_number`, for the numbers that nearly all samples have: at most eight digits on either side of
// the dot. False for any other text. Eight bytes before `value` and 32 behind its begin must be readable.
bool read_usual_number(const char* value, std::size_t bytes, double& out, std::size_t& number_bytes) {
  const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(value));
  const __m128i above = _mm_subs_epu8(_mm_xor_si128(text, _mm_set1_epi8('0')), _mm_set1_epi8(9));
  const auto digits = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(above, _mm_setzero_si128())));
  const unsigned others = ~digits; // never zero, since 16 bits of it are above the bytes looked at
  const auto whole = static_cast<std::size_t>(__builtin_ctz(others));
  std::uint64_t number = 0;
  if (whole - 1 >= 8 || whole > bytes || !read_digits_before(value + whole, whole, number))
    return false;
  number_bytes = whole;
  out = static_cast<double>(number);
  if (whole < bytes && value[whole] == '.') {
    const auto fraction = static_cast<std::size_t>(__builtin_ctz(others >> (whole + 1)));
    std::uint64_t behind = 0;
    number_bytes = whole + 1 + fraction;
    // Fifteen digits at most, or a double is not exact before the division; and their end must be in sight.
    if (fraction - 1 >= 7 || number_bytes > bytes || number_bytes >= 16 ||
        !read_digits_before(value + number_bytes, fraction, behind))
      return false;
    number = number * integer_powers_of_ten[fraction] + behind;
    out = static_cast<double>(number) / powers_of_ten[fraction];
  }
  return number_bytes == bytes || (value[number_bytes] | 0x20) != 'e';
}

// The distance from `p` to the first `=`, or 32 if it is not within 32 bytes.
std::size_t equals_within_32(const char* p) {
  const __m128i wanted = _mm_set1_epi8('=');
  const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  const __m128i high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16));
  const auto bits = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(low, wanted))) |
                    static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(high, wanted))) << 16;
  return bits == 0 ? 32 : static_cast<std::size_t>(__builtin_ctz(bits));
}

#else

bool read_usual_number(const char*, std::size_t, double&, std::size_t&) {
  return false;
}

std::size_t equals_within_32(const char* p) {
  return std::min<std::size_t>(std::string_view(p, 32).find('='), 32);
}

#endif

} // namespace

bool sample_collector::collect_platform(const log_record& line, sample_origin origin, const char* readable,
                                        field_scan scan) {
  field_ends ends;
  if (!scan(readable, line.text.size(), ends) || ends.quotes != 0)
    return collect_unusual_platform(line, origin);
  const char* const text = line.text.data();
  const std::size_t first = samples_.size();
  std::string_view source, instance;
  bool found = false;
  std::size_t begin = 0;
  for (std::uint32_t i = 0; i < ends.count; ++i) {
    const std::size_t end = ends.at[i];
    const char* const field = readable + begin;
    const std::string_view whole{text + begin, end - begin};
    begin = end + 1;
    if (is_text_at(field, "sample#")) [[likely]] {
      const std::size_t name_bytes = equals_within_32(field + 7);
      const std::size_t value_at = 8 + name_bytes;
      if (name_bytes == 32 || name_bytes == 0 || value_at > whole.size()) {
        if (name_bytes == 32)
          return samples_.resize(first), collect_unusual_platform(line, origin);
        continue;
      }
      measured number;
      std::size_t number_bytes = 0;
      if (read_usual_number(field + value_at, whole.size() - value_at, number.value, number_bytes)) [[likely]]
        number.unit = whole.substr(value_at + number_bytes);
      else if (!read_number(whole.substr(value_at), number))
        continue;
      if (number.unit.size() > max_unit_bytes)
        continue;
      found = true;
      if (sample_record* const sample = add(line, origin)) {
        sample->name = whole.substr(7, name_bytes);
        sample->unit = number.unit;
        sample->value = number.value;
      }
    } else if (whole.starts_with("source=")) {
      source = whole.substr(7);
    } else if (origin == sample_origin::dyno && whole.starts_with("dyno=")) {
      instance = whole.substr(5);
    } else if (origin == sample_origin::addon && whole.starts_with("addon=")) {
      instance = whole.substr(6);
    }
  }
  set_origin(first, source, instance);
  return found;
}

// Lines that are too long or too odd for a scan.
bool sample_collector::collect_unusual_platform(const log_record& line, sample_origin origin) {
  const std::size_t first = samples_.size();
  std::string_view source, instance;
  bool found = false;
  logfmt_reader reader(line.text);
  for (logfmt_pair pair; reader.next(pair);) {
    measured number;
    if (!pair.has_equals)
      continue;
    if (pair.key == "source")
      source = pair.value;
    else if (pair.key == (origin == sample_origin::dyno ? "dyno" : "addon"))
      instance = pair.value;
    else if (pair.key.starts_with("sample#") && pair.key.size() > 7 && read_number(pair.value, number)) {
      found = true;
      if (sample_record* const sample = add(line, origin)) {
        sample->name = pair.key.substr(7);
        sample->unit = number.unit;
        sample->value = number.value;
      }
    }
  }
  set_origin(first, source, instance);
  return found;
}

void sample_collector::collect_custom(const log_record& line) {
  const std::size_t first = samples_.size();
  std::string_view source;
  logfmt_reader reader(line.text);
  for (logfmt_pair pair; reader.next(pair);) {
    sample_kind kind{};
    std::string_view name;
    if (!pair.has_equals)
      continue;
    if (pair.key == "source") {
      source = pair.value;
      continue;
    }
    if (!split_key(pair.key, kind, name))
      continue;
    const bool has_member = kind == sample_kind::unique || kind == sample_kind::event;
    measured number{1, {}};
    if (!has_member && !(kind == sample_kind::count && pair.value.empty()) &&
        !read_number(pair.value, number))
      continue;
    if (sample_record* const sample = add(line, sample_origin::custom)) {
      sample->kind = kind;
      sample->name = name;
      sample->unit = number.unit;
      sample->value = number.value;
      if (has_member)
        sample->member = pair.value;
    }
  }
  set_origin(first, source, line.proc);
}

// A new sample, or nothing beyond the limit.
sample_record* sample_collector::add(const log_record& line, sample_origin origin) {
  if (samples_.size() == limit_) {
    ++left_out_;
    return nullptr;
  }
  if (samples_.empty())
    samples_.reserve(std::min<std::size_t>(limit_, usual_samples));
  sample_record& sample = samples_.emplace_back();
  sample.at = line.at;
  sample.proc = line.proc;
  sample.origin = origin;
  return &sample;
}

// Source and instance may be written behind the numbers that they belong to.
void sample_collector::set_origin(std::size_t first, std::string_view source, std::string_view instance) {
  for (std::size_t i = first; i < samples_.size(); ++i) {
    samples_[i].source = source;
    samples_[i].instance = instance;
  }
}

} // namespace parseflow::logplex
