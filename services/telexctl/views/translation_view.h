// Translations, their segments and what checks find, as a person reads them. Pure.
#pragma once

#include <string>
#include <vector>

#include "telexctl/requests/translated_file.h"
#include "telexctl/translation_api.h"
#include "telexctl/views/output.h"

namespace telex::cli {

Table TranslationTable(const jobs::ListTranslationsResponse& list);
Fields DescribeTranslation(const jobs::Translation& translation);
// "a machine's", "a person's", "reviewed", "rejected".
std::string StandingText(jobs::Standing standing);

// Each segment: its place and whose it is, then source and translation below each other.
std::string SegmentsText(const jobs::Translation& translation);
std::string SegmentsText(const jobs::JobText& text);

// Each finding with its place, then source and translation, `>>` and `<<` around what it is about.
std::string FindingsText(const jobs::CheckSegmentsResponse& findings, const TranslatedFile& file);
// "3 findings, 1 of them hard".
std::string FindingsCount(const jobs::CheckSegmentsResponse& findings);

}  // namespace telex::cli
