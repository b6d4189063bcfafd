#include "core/snowplow/pseudonym.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <new>

#include "core/characters.hpp"

namespace internal_events::core {

std::string pseudonym_of(std::int64_t id, std::string_view key) {
  const std::string text = std::to_string(id);
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char *>(text.data()),
           text.size(), hash.data(), &size) == nullptr) {
    throw std::bad_alloc();
  }
  std::array<unsigned char, std::size_t{2} * EVP_MAX_MD_SIZE> encoded{};
  const int length = EVP_EncodeBlock(encoded.data(), hash.data(), static_cast<int>(size));
  return {reinterpret_cast<const char *>(encoded.data()), static_cast<std::size_t>(length)};
}

std::optional<std::string> base64_decoded(std::string text) {
  text.resize(text.find_last_not_of('=') + 1);
  const bool is_clean = std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '/' || c == '-' || c == '_';
  });
  if (!is_clean || text.size() % 4 == 1) return std::nullopt;
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  const std::size_t padding = (4 - text.size() % 4) % 4;
  text.append(padding, '=');
  std::string decoded(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char *>(decoded.data()),
                                   reinterpret_cast<const unsigned char *>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  // OpenSSL counts the bytes that the padding stands for.
  decoded.resize(static_cast<std::size_t>(size) - padding);
  return decoded;
}

}  // namespace internal_events::core
