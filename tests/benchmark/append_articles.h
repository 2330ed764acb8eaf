// Appends made-up articles to telex.articles.v1 as if ingestion had decided them.
#pragma once

#include <cstdint>
#include <functional>

#include "news/article.h"
#include "platform/kafka/client_config.h"
#include "tests/benchmark/samples.h"

namespace telex::bench {

struct Appended {
  std::uint64_t articles = 0;
  std::uint64_t bytes = 0;
  Clock::time_point start;
  double seconds = 0;  // until all were acknowledged
};

// Articles `first` and those that follow, as `make` has them, from several threads. Their positions
// are those of the first submission of each partition, which must be there: what is known to be
// decided must not be more than was submitted. Dies when one cannot be appended.
Appended AppendArticles(const kafka::ClientConfig& client, std::uint64_t first,
                        std::uint64_t articles,
                        const std::function<news::Article(std::uint64_t)>& make);

}  // namespace telex::bench
