#pragma once

// Articles as the records of telex.articles.v1.

#include <cstdint>

#include "news/article_name.h"
#include "news/wire/article_codec.h"
#include "news/wire/article_log.h"
#include "platform/kafka/record.h"

namespace telex::tests {

inline kafka::Record RecordOf(const news::Article& article, std::int32_t partition,
                              std::int64_t offset) {
  news::v1::ArticleRecord message;
  *message.mutable_article() = news::ToProto(article);
  return {.topic = news::kArticlesTopic,
          .partition = partition,
          .offset = offset,
          .key = news::NameOf(article.id, article.version),
          .value = news::DeterministicBytes(message)};
}

}  // namespace telex::tests
