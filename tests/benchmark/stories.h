// The stories that are measured with: made up, the same on every machine, of the sizes that a
// newsroom's have (bodies of 2 to 6 KB), in several sections and languages.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "ingestion/domain/head.h"
#include "news/article.h"

namespace telex::bench {

inline constexpr std::string_view kSource = "bench";
inline constexpr std::array<std::string_view, 8> kSections = {
    "world", "politics", "economy", "sport", "culture", "science", "society", "opinion"};
inline constexpr std::array<std::string_view, 4> kLanguages = {"en", "ru", "az", "hy"};

// Paragraphs of about `bytes`, parted by blank lines; another text for each seed.
std::string BodyText(std::uint64_t seed, std::size_t bytes);
std::size_t BodyBytes(std::uint64_t seed);  // 2,000 to 6,000
std::string Headline(std::uint64_t seed);

// Version 1 of story number n, visible; later numbers are newer. `seed` decides all that is
// printed, so that the feeds of two logs can be made to show the same. With `body_bytes` 0:
// BodyBytes(seed).
news::Article Story(std::uint64_t n, std::uint64_t seed, std::size_t body_bytes = 0);

// As ingestion would have recorded it, made by the first submission of its partition.
ingestion::ArticleHead HeadOf(news::Article article, const std::string& cluster,
                              std::int32_t partitions);

}  // namespace telex::bench
