#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace telex::ingestion::page {

// What newsrooms of one language print around their stories. Lower case; phrases are separated by
// '|'. A new language is one more of these in words.cc or words_more.cc: whatever is left empty is
// simply not recognised in that language.
struct LanguageWords {
  std::string_view language;  // BCP 47, for the reader of the table

  // Dates.
  std::string_view months;  // twelve groups separated by '|'; the spellings within one by a space
  std::string_view date_noise;  // single words that may stand in a date line: weekdays, "at", "on"
  std::string_view published;   // labels before the date of publication (may be several words)
  std::string_view updated;     // labels before the date of the last change

  // Lines about the story.
  std::string_view byline;         // labels with a colon or such: "author", "written by"
  std::string_view byline_bare;    // words that make a byline only before a name in capitals: "by"
  std::string_view section_label;  // "section", "category"
  std::string_view home;           // the first step of a breadcrumb
  std::string_view sections;       // names of sections that are common in this language
  std::string_view views;          // labels before, or words behind, the count of views

  // Furniture.
  std::string_view furniture;         // the whole line
  std::string_view furniture_starts;  // how the line begins
  std::string_view furniture_has;     // anywhere in a short line
  std::string_view ends;  // the whole line, or its beginning up to a colon: the story is over

  // The publisher.
  std::string_view licence;  // anywhere in the line: terms of use
  std::string_view rights;   // anywhere in the line: who holds the rights, nothing on how to use

  // Pages that are no stories.
  std::string_view cookies;  // anywhere in the line
  std::string_view login;    // the whole line
  std::string_view errors;   // the line begins so
};

// The tables, one row a language: those of the region (words.cc) and those of the wires
// (words_more.cc).
std::span<const LanguageWords> RegionLanguageWords();
std::span<const LanguageWords> WireLanguageWords();

enum class Phrase {
  kFurniture,
  kEnds,
  kSection,
  kSectionLabel,
  kHome,
  kViews,
  kByline,
  kDateNoise,
  kPublished,
  kUpdated,
  kLogin,
};

// Whether `key` (lower case) is one of the phrases of any language.
bool IsPhrase(Phrase kind, std::string_view key);

bool StartsAsFurniture(std::string_view key);
bool HasFurniture(std::string_view key);
bool HasLicence(std::string_view key);
bool HasRights(std::string_view key);
bool HasCookies(std::string_view key);
bool StartsAsError(std::string_view key);

// The length of a word such as "by " at the beginning of `key`, 0 when there is none.
std::size_t BareBylineLength(std::string_view key);

// 1–12 for the name of a month in any of the languages.
std::optional<int> MonthOf(std::string_view word);

}  // namespace telex::ingestion::page
