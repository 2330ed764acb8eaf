#pragma once

#include <cstddef>

#include "news/article.h"

namespace telex::ingestion {

// What an article weighs: the bytes of all its texts, and some for each media, shelf and warning.
// Without the words of its status, which have a bound of their own, so that a takedown always finds
// room. The same on every machine, and close to what its record weighs. A rule binds it, so it
// never changes.
std::size_t WeightOf(const news::Article& article);

}  // namespace telex::ingestion
