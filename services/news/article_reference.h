#pragma once

#include <optional>
#include <string_view>

#include "news/article_id.h"
#include "news/article_name.h"

namespace telex::news {

// An article as callers may name it: `articles/{article}`, or the id alone. A version is none.
inline std::optional<ArticleId> ParseArticleReference(std::string_view text) {
  if (const auto id = ArticleId::Parse(text)) return id;
  const auto name = ArticleName::Parse(text);
  return name && !name->version ? std::optional(name->id) : std::nullopt;
}

}  // namespace telex::news
