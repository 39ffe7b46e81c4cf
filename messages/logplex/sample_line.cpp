#include "messages/logplex/sample_line.hpp"

#include <algorithm>
#include <cstdint>

#if defined(__SSE2__)
#  include <emmintrin.h>
#endif

#include "messages/logplex/colour_codes.hpp"
#include "messages/logplex/logfmt.hpp"
#include "messages/logplex/number_text.hpp"

namespace parseflow::logplex {

namespace {

// Even a batch of a busy app has few more; for those the vector grows.
constexpr std::size_t usual_samples = 64;
// Fifteen decimal digits are exact in a double, and so are these powers of ten, so one division
// rounds correctly.
constexpr double powers_of_ten[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};
constexpr std::uint32_t integer_powers_of_ten[] = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000};

// Splits a key into the kind that it names and the name after it. False for any other key.
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
      // `metric#tag#K=V` is no number, but describes the other numbers.
      return !name.empty() && !(f.prefix == "metric#" && name.starts_with("tag#"));
    }
  return false;
}

std::string_view without_commas(std::string_view text) {
  while (text.ends_with(','))
    text.remove_suffix(1);
  return text;
}

// The bytes of `word` up to a comma that one of l2met's pairs follows; all if there is none.
std::size_t bytes_before_next_pair(std::string_view word) {
  sample_kind kind{};
  std::string_view name;
  for (std::size_t comma = 0; (comma = word.find(',', comma)) < word.size(); ++comma)
    if (split_key(word.substr(comma + 1), kind, name))
      return comma;
  return word.size();
}

#if defined(__SSE2__)

// Like `read_number`, for the numbers that nearly all samples have: at most eight digits before the dot
// and seven after it. False for any other text. Eight bytes before `value` and 32 bytes from there on must
// be readable.
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
    // At most fifteen digits, or a double is not exact before the division; and the number must end among the
    // bytes looked at.
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
  const std::uint32_t left_out_before = left_out_;
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
        if (name_bytes == 32) {
          samples_.resize(first);
          left_out_ = left_out_before;
          return collect_unusual_platform(line, origin);
        }
        continue;
      }
      measured number;
      std::size_t number_bytes = 0;
      if (read_usual_number(field + value_at, whole.size() - value_at, number.value, number_bytes)) [[likely]]
        number.unit = whole.substr(value_at + number_bytes);
      else
        number_bytes = 0;
      if ((number_bytes == 0 || !is_unit(number.unit)) && !read_number(whole.substr(value_at), number)) {
        left_out_ += value_at != whole.size();
        continue;
      }
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

// For lines that are too long or too unusual for the scan.
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
    else if (pair.key.starts_with("sample#") && pair.key.size() > 7) {
      if (!read_number(pair.value, number)) {
        left_out_ += !pair.value.empty();
        continue;
      }
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
  source_ = {};
  logfmt_reader reader(line.text);
  for (logfmt_pair pair; reader.next(pair);) {
    if (pair.is_quoted) {
      collect_pair(line, pair.key, pair.value, true);
      continue;
    }
    // The word from its key to where the next pair begins.
    std::string_view word(pair.key.data(), static_cast<std::size_t>(reader.rest().data() - pair.key.data()));
    while (!word.empty()) {
      const std::size_t size = bytes_before_next_pair(word);
      const std::string_view piece = word.substr(0, size);
      const std::size_t equals = std::min(piece.find('='), piece.size());
      const bool has_equals = equals != piece.size();
      collect_pair(line, without_commas(piece.substr(0, equals)),
                   without_commas(piece.substr(equals + has_equals)), has_equals);
      word.remove_prefix(std::min(size + 1, word.size()));
    }
  }
  set_origin(first, source_, line.proc);
}

void sample_collector::collect_pair(const log_record& line, std::string_view key, std::string_view value,
                                    bool has_equals) {
  sample_kind kind{};
  std::string_view name;
  key = without_colours_around(key);
  value = without_colours_around(value);
  if (key == "source" && has_equals)
    source_ = value;
  if (!split_key(key, kind, name) || (!has_equals && kind != sample_kind::count))
    return;
  const bool has_member = kind == sample_kind::unique || kind == sample_kind::event;
  measured number{1, {}};
  if (!has_member && !(kind == sample_kind::count && value.empty()) && !read_number(value, number)) {
    left_out_ += !value.empty();
    return;
  }
  if (sample_record* const sample = add(line, sample_origin::custom)) {
    sample->kind = kind;
    sample->name = name;
    sample->unit = number.unit;
    sample->value = number.value;
    if (has_member)
      sample->member = value;
  }
}

// Adds a sample; returns null beyond the limit.
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

// Source and instance may be written after the numbers that they belong to.
void sample_collector::set_origin(std::size_t first, std::string_view source, std::string_view instance) {
  for (std::size_t i = first; i < samples_.size(); ++i) {
    samples_[i].source = source;
    samples_[i].instance = instance;
  }
}

} // namespace parseflow::logplex
