#include "news/wire/article_log.h"

#include <utility>

#include "news/article_name.h"
#include "news/wire/article_codec.h"

namespace telex::news {

absl::StatusOr<VersionRecord> ReadVersion(std::string_view key,
                                          const std::optional<std::string>& value) {
  const auto name = ArticleName::Parse(key);
  if (!name || !name->version) {
    return absl::InvalidArgumentError("the key names no version of an article");
  }
  VersionRecord record{.id = name->id, .version = *name->version};
  if (!value) return record;
  auto article = ArticleOfRecord(*value);
  if (!article.ok()) return article.status();
  if (article->id != record.id || article->version != record.version) {
    return absl::InvalidArgumentError("the key and the article name different versions");
  }
  record.article = *std::move(article);
  return record;
}

}  // namespace telex::news
