#include "messages/registry/password.hpp"

#include <array>
#include <cstdint>
#include <new>

#include <fmt/format.h>
#include <sodium.h>

#include "messages/registry/random.hpp"

namespace parseflow {

namespace {

// What OWASP asks for at least. A password that we made is not guessed anyway; this is for those that
// people chose.
constexpr unsigned long long hash_passes = 2;
constexpr std::size_t hash_bytes = 19u << 20;
constexpr std::size_t password_letters = 40, id_bytes = 8;

} // namespace

secret generate_password() {
  start_sodium();
  // Letters that no one mistakes for others, and that need no quoting in a URL or a shell.
  constexpr std::string_view letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  std::string text;
  for (std::size_t i = 0; i < password_letters; ++i)
    text += letters[randombytes_uniform(static_cast<std::uint32_t>(letters.size()))];
  return secret{std::move(text)};
}

std::string generate_entry_id() {
  return random_hex(id_bytes);
}

drain_password kept_generated(const secret& password, timestamp now) {
  auto kept = kept_chosen(password, now);
  kept.mark = password_mark(password.reveal());
  return kept;
}

drain_password kept_chosen(const secret& password, timestamp now) {
  start_sodium();
  const auto& text = password.reveal();
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str_alg(hash.data(), text.data(), text.size(), hash_passes, hash_bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    throw std::bad_alloc{};
  return {hash.data(), {}, now, {}};
}

std::string password_mark(std::string_view password) {
  start_sodium();
  std::array<unsigned char, crypto_generichash_BYTES_MIN> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(password.data()),
                     password.size(), nullptr, 0);
  return fmt::format("{:02x}{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2], hash[3]);
}

bool may_be(const drain_password& kept, std::string_view given) {
  return kept.mark.empty() || kept.mark == password_mark(given);
}

bool is_password(const drain_password& kept, const std::string& given) {
  start_sodium();
  return crypto_pwhash_str_verify(kept.hash.c_str(), given.data(), given.size()) == 0;
}

} // namespace parseflow
