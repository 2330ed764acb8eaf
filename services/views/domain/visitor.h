#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "news/article_id.h"
#include "views/domain/view.h"

namespace telex::views {

// The key that visitors of one day are hashed with. A secret, as long as it is there.
using SaltBytes = std::array<std::uint8_t, 16>;

// Who looked, so that the same reader is the same visitor of this story as long as the salt is the
// same, and of no other story: SipHash-2-4 (Aumasson, Bernstein 2012). `address`: its 4 or 16
// bytes. Never kNoVisitor. Without the salt it says nothing of address and agent.
Visitor VisitorOf(const SaltBytes& salt, const news::ArticleId& article, std::string_view address,
                  std::string_view agent);

// SipHash-2-4 of `bytes`.
std::uint64_t SipHash(const SaltBytes& key, std::string_view bytes);

}  // namespace telex::views
