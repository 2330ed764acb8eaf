// Stories that are translated: all have the same text of about 1 kB, so that what the checks let
// pass is known beforehand.
#pragma once

#include <cstdint>
#include <string_view>

#include "news/article.h"
#include "telex/translation/v1/translation_service.pb.h"

namespace telex::bench {

// Version 1 of story number n, in English; later numbers are newer.
news::Article EnglishStory(std::uint64_t n);

// Of one of its sentences. Dies when it is none.
std::string_view SpanishOf(std::string_view english);

// The completion of a job that was claimed with its text: each segment in Spanish.
translation::v1::CompleteJobRequest InSpanish(const translation::v1::Job& claimed);

}  // namespace telex::bench
