#include "messages/logplex/address_text.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "messages/logplex/blank_text.hpp"

namespace parseflow::logplex {

namespace {

constexpr std::size_t npos = std::string_view::npos;

// `203.0.113.9:51000` → `203.0.113.9`; empty for any other text.
std::string_view ipv4_before_port(std::string_view entry) {
  const std::size_t end = entry.find_first_not_of("0123456789.");
  const bool has_port =
      end != 0 && end != npos && entry[end] == ':' && entry.find_first_not_of("0123456789", end + 1) == npos;
  return has_port ? entry.substr(0, end) : std::string_view{};
}

// `[2001:db8::1]:443` and `[2001:db8::1]` → `2001:db8::1`; any other text stays as it is.
std::string_view without_brackets(std::string_view entry) {
  const std::size_t close = entry.find(']');
  return entry.starts_with('[') && close != npos ? entry.substr(1, close - 1) : entry;
}

// Takes a number of at most `digits` digits off the front.
bool take_number(std::string_view& rest, int base, std::ptrdiff_t digits, unsigned& number) {
  const char* const begin = rest.data();
  const auto [end, problem] = std::from_chars(begin, begin + rest.size(), number, base);
  if (problem != std::errc{} || end - begin > digits)
    return false;
  rest.remove_prefix(static_cast<std::size_t>(end - begin));
  return true;
}

bool take(std::string_view& rest, char c) {
  if (!rest.starts_with(c))
    return false;
  rest.remove_prefix(1);
  return true;
}

// The sixteen bytes of an IPv6 address, as eight numbers.
class ipv6_address {
public:
  bool read(std::string_view text) {
    std::size_t gap = npos; // the number of groups before `::`
    if (text.starts_with("::")) {
      gap = 0;
      text.remove_prefix(2);
    }
    for (bool is_first = true; !text.empty(); is_first = false) {
      if (!is_first && !take(text, ':'))
        return false;
      if (!is_first && take(text, ':')) {
        if (gap != npos)
          return false;
        gap = count_;
        if (text.empty())
          break;
      }
      if (!(text.find('.') < text.find(':') ? add_tail(text) : add_group(text)))
        return false;
    }
    if ((gap == npos) != (count_ == groups_.size()))
      return false;
    if (gap != npos)
      std::rotate(groups_.begin() + static_cast<std::ptrdiff_t>(gap),
                  groups_.begin() + static_cast<std::ptrdiff_t>(count_), groups_.end());
    return true;
  }

  std::string_view write(address_scratch& to) const {
    char* p = to.data();
    char* const end = p + to.size();
    if (is_ipv4()) {
      for (const unsigned byte : {groups_[6] >> 8, groups_[6] & 0xff, groups_[7] >> 8, groups_[7] & 0xff}) {
        if (p != to.data())
          *p++ = '.';
        p = std::to_chars(p, end, byte).ptr;
      }
      return {to.data(), static_cast<std::size_t>(p - to.data())};
    }
    const run zeros = longest_zeros();
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      if (i == zeros.begin) {
        *p++ = ':';
        i += zeros.size - 1;
        if (i == groups_.size() - 1)
          *p++ = ':';
        continue;
      }
      if (i != 0)
        *p++ = ':';
      p = std::to_chars(p, end, groups_[i], 16).ptr;
    }
    return {to.data(), static_cast<std::size_t>(p - to.data())};
  }

private:
  struct run {
    std::size_t begin = npos;
    std::size_t size = 1;
  };

  bool add(unsigned group) {
    if (count_ == groups_.size())
      return false;
    groups_[count_++] = group;
    return true;
  }

  bool add_group(std::string_view& text) {
    unsigned group = 0;
    return take_number(text, 16, 4, group) && add(group);
  }

  // Adds an IPv4 address at the end: `203.0.113.9`.
  bool add_tail(std::string_view& text) {
    unsigned bytes[4] = {};
    for (unsigned& byte : bytes)
      if ((&byte != bytes && !take(text, '.')) || !take_number(text, 10, 3, byte) || byte > 255)
        return false;
    return text.empty() && add(bytes[0] << 8 | bytes[1]) && add(bytes[2] << 8 | bytes[3]);
  }

  // True for `::ffff:203.0.113.9`.
  bool is_ipv4() const {
    for (std::size_t i = 0; i < 5; ++i)
      if (groups_[i] != 0)
        return false;
    return groups_[5] == 0xffff;
  }

  // The first of the longest runs of at least two zeros.
  run longest_zeros() const {
    run longest;
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      std::size_t end = i;
      while (end < groups_.size() && groups_[end] == 0)
        ++end;
      if (end - i > longest.size)
        longest = {i, end - i};
    }
    return longest;
  }

  std::array<unsigned, 8> groups_{};
  std::size_t count_ = 0;
};

} // namespace

std::string_view peer_address(std::string_view fwd, address_scratch& scratch) {
  const std::string_view entry = without_blanks_around(fwd.substr(fwd.find_last_of(',') + 1));
  if (entry.find_first_of(":[") == npos)
    return entry;
  if (ipv6_address address; address.read(without_brackets(entry)))
    return address.write(scratch);
  const std::string_view ipv4 = ipv4_before_port(entry);
  return ipv4.empty() ? entry : ipv4;
}

} // namespace parseflow::logplex
