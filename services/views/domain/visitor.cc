#include "views/domain/visitor.h"

#include <bit>
#include <string>

namespace telex::views {
namespace {

std::uint64_t LittleEndian(const void* bytes, std::size_t count = 8) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < count; ++i) {
    word |= std::uint64_t{static_cast<const std::uint8_t*>(bytes)[i]} << (8 * i);
  }
  return word;
}

struct SipState {
  std::uint64_t v0, v1, v2, v3;

  void Round() {
    v0 += v1, v1 = std::rotl(v1, 13) ^ v0, v0 = std::rotl(v0, 32);
    v2 += v3, v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3, v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1, v1 = std::rotl(v1, 17) ^ v2, v2 = std::rotl(v2, 32);
  }
  void Take(std::uint64_t word) {
    v3 ^= word;
    Round();
    Round();
    v0 ^= word;
  }
};

}  // namespace

std::uint64_t SipHash(const SaltBytes& key, std::string_view bytes) {
  const std::uint64_t k0 = LittleEndian(key.data());
  const std::uint64_t k1 = LittleEndian(key.data() + 8);
  SipState state = {k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du, k0 ^ 0x6c7967656e657261u,
                    k1 ^ 0x7465646279746573u};
  const std::uint64_t length = std::uint64_t{bytes.size()} << 56;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) state.Take(LittleEndian(bytes.data()));
  state.Take(length | LittleEndian(bytes.data(), bytes.size()));
  state.v2 ^= 0xff;
  for (int i = 0; i < 4; ++i) state.Round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

Visitor VisitorOf(const SaltBytes& salt, const news::ArticleId& article, std::string_view address,
                  std::string_view agent) {
  std::string bytes(article.bytes());  // 16 of them, so that nothing can be read in two ways
  bytes.push_back(static_cast<char>(address.size()));
  bytes.append(address).append(agent);
  const Visitor visitor = SipHash(salt, bytes);
  return visitor == kNoVisitor ? 1 : visitor;
}

}  // namespace telex::views
