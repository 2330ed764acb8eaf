#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "news/article_id.h"
#include "news/version.h"

namespace telex::news {

// The resource name of an article (AIP-122): `articles/{uuid}`, or of one of its versions:
// `articles/{uuid}@{n}`.
struct ArticleName {
  ArticleId id;
  std::optional<Version> version;  // set when the name is of one version

  static std::optional<ArticleName> Parse(std::string_view text);
  std::string ToString() const;

  bool operator==(const ArticleName&) const = default;
};

std::string NameOf(const ArticleId& id);                   // articles/{uuid}
std::string NameOf(const ArticleId& id, Version version);  // articles/{uuid}@{n}

}  // namespace telex::news
