// The file is one page: a table of suspects, then the notes.
#include "db/journal/in_hand_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fmt/format.h>

namespace parseflow::db {

namespace {

constexpr std::array<char, 8> magic{'P', 'F', 'H', 'A', 'N', 'D', '0', '1'};
constexpr std::size_t hand_page_bytes = 4096;
constexpr std::size_t max_suspects = 64;
constexpr std::uint64_t deadly_ends = 2;

} // namespace

struct in_hand_file::layout {
  struct suspect {
    frame_digest frame;
    std::uint64_t ends = 0; // how often the process ended with the frame in hand; 0: no suspect
  };

  std::array<char, 8> magic{};
  std::array<suspect, max_suspects> suspects{};
  std::array<hand_note, places> notes{};
};

in_hand_file::in_hand_file(const std::filesystem::path& path,
                           const std::function<bool(const frame_digest&)>& is_open)
    : mapped_(map(path)) {
  if (mapped_)
    learn(is_open);
}

in_hand_file::~in_hand_file() = default;

std::shared_ptr<hand_note> in_hand_file::note(std::size_t place) const {
  if (!mapped_ || place >= places)
    return nullptr;
  return {*mapped_, &(*mapped_)->notes[place]};
}

expected<std::shared_ptr<in_hand_file::layout>> in_hand_file::map(const std::filesystem::path& path) {
  static_assert(sizeof(layout) <= hand_page_bytes);
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  // The disk space is allocated first: a write to a mapped page without space would kill the process.
  const int refused = file < 0 ? errno : ::posix_fallocate(file, 0, hand_page_bytes);
  void* const bytes = refused != 0
                          ? MAP_FAILED // NOLINT(*-cstyle-cast): the system's macro
                          : ::mmap(nullptr, hand_page_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  const int error = refused != 0 ? refused : errno;
  if (file >= 0)
    ::close(file);
  if (bytes == MAP_FAILED) // NOLINT(*-cstyle-cast)
    return problem{fmt::format("cannot map {}: {}", path.string(), std::strerror(error))};
  if (std::memcmp(bytes, magic.data(), magic.size()) != 0)
    (new (bytes) layout{})->magic = magic;
  return std::shared_ptr<layout>{static_cast<layout*>(bytes),
                                 [](layout* mapped) { ::munmap(mapped, hand_page_bytes); }};
}

void in_hand_file::learn(const std::function<bool(const frame_digest&)>& is_open) {
  auto& suspects = (*mapped_)->suspects;
  for (auto& one : suspects)
    if (one.ends > 0 && !is_open(one.frame))
      one = {};
  for (auto& left : (*mapped_)->notes) {
    const auto frame = left.read();
    left.write({});
    if (frame == frame_digest{} || !is_open(frame))
      continue;
    auto known = std::find_if(suspects.begin(), suspects.end(),
                              [&](const layout::suspect& one) { return one.ends > 0 && one.frame == frame; });
    if (known == suspects.end())
      known = std::min_element(
          suspects.begin(), suspects.end(),
          [](const layout::suspect& a, const layout::suspect& b) { return a.ends < b.ends; });
    *known = {frame, known->frame == frame ? known->ends + 1 : 1};
  }
  for (const auto& one : suspects)
    if (one.ends >= deadly_ends)
      deadly_.push_back(one.frame);
}

} // namespace parseflow::db
