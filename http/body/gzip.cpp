// libdeflate needs room for all of a member's bytes, so the buffer grows until they fit or the limit
// is reached.
#include "http/body/gzip.hpp"

#include <algorithm>
#include <memory>
#include <new>

#include <libdeflate.h>

namespace parseflow::http {

namespace {

// Log lines compress to a fifth or less.
constexpr std::size_t usual_ratio = 8;
constexpr std::size_t least_room = 4096;

struct free_compressor {
  void operator()(libdeflate_compressor* it) const { libdeflate_free_compressor(it); }
};
struct free_decompressor {
  void operator()(libdeflate_decompressor* it) const { libdeflate_free_decompressor(it); }
};

} // namespace

inflate_end inflate_gzip(std::string_view packed, std::uint64_t max_bytes, std::string& into) {
  const std::unique_ptr<libdeflate_decompressor, free_decompressor> engine{libdeflate_alloc_decompressor()};
  if (!engine)
    throw std::bad_alloc{};
  // One buffer grows for all members together, so that many small members cost no more than one.
  into.resize(std::min<std::uint64_t>(max_bytes, std::max(least_room, usual_ratio * packed.size())));
  std::size_t inflated = 0;
  do {
    std::size_t used = 0, made = 0;
    switch (libdeflate_gzip_decompress_ex(engine.get(), packed.data(), packed.size(), into.data() + inflated,
                                          into.size() - inflated, &used, &made)) {
    case LIBDEFLATE_SUCCESS:
      packed.remove_prefix(used);
      inflated += made;
      break;
    case LIBDEFLATE_INSUFFICIENT_SPACE:
      if (into.size() >= max_bytes)
        return inflate_end::too_large;
      into.resize(std::min<std::uint64_t>(max_bytes, 4 * into.size()));
      break;
    case LIBDEFLATE_BAD_DATA:
    case LIBDEFLATE_SHORT_OUTPUT:
      return inflate_end::damaged;
    }
  } while (!packed.empty());
  into.resize(inflated);
  return inflate_end::complete;
}

std::string deflate_gzip(std::string_view plain, int level) {
  const std::unique_ptr<libdeflate_compressor, free_compressor> engine{libdeflate_alloc_compressor(level)};
  if (!engine)
    throw std::bad_alloc{};
  std::string packed(libdeflate_gzip_compress_bound(engine.get(), plain.size()), '\0');
  packed.resize(
      libdeflate_gzip_compress(engine.get(), plain.data(), plain.size(), packed.data(), packed.size()));
  return packed;
}

} // namespace parseflow::http
