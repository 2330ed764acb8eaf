#include "news/language_tag.h"

#include <unicode/uloc.h>

#include <array>
#include <cstring>
#include <map>

namespace telex::news {
namespace {

constexpr std::size_t kTagBytesMax =
    35;  // RFC 5646 section 4.4.1: a buffer that fits every useful tag

constexpr std::size_t kKnownMax = 256;

bool IsListedLanguage(const char* language) {
  for (const char* const* known = uloc_getISOLanguages(); *known != nullptr; ++known) {
    if (std::strcmp(*known, language) == 0) return true;
  }
  return false;
}

// The canonical tag; empty when the text is none.
std::string Canonical(const std::string& input) {
  UErrorCode fault = U_ZERO_ERROR;
  std::array<char, ULOC_FULLNAME_CAPACITY> locale{};
  std::int32_t parsed = 0;
  uloc_forLanguageTag(input.c_str(), locale.data(), locale.size(), &parsed, &fault);
  if (U_FAILURE(fault) || parsed != static_cast<std::int32_t>(input.size())) return {};

  std::array<char, ULOC_LANG_CAPACITY> language{};
  uloc_getLanguage(locale.data(), language.data(), language.size(), &fault);
  if (U_FAILURE(fault) || !IsListedLanguage(language.data())) return {};

  std::array<char, ULOC_FULLNAME_CAPACITY> canonical{};
  const std::int32_t size =
      uloc_toLanguageTag(locale.data(), canonical.data(), canonical.size(), true, &fault);
  if (U_FAILURE(fault) || size <= 0) return {};
  return {canonical.data(), static_cast<std::size_t>(size)};
}

}  // namespace

std::optional<LanguageTag> LanguageTag::Parse(std::string_view text) {
  if (text.empty() || text.size() > kTagBytesMax) return std::nullopt;
  // A log names few languages, and one in each record: asking ICU each time would be a good part of
  // reading it.
  thread_local std::map<std::string, LanguageTag, std::less<>> known;
  if (const auto found = known.find(text); found != known.end()) return found->second;
  std::string input(text);
  LanguageTag tag(Canonical(input));
  if (tag.empty()) return std::nullopt;
  if (known.size() == kKnownMax) known.clear();
  return known.emplace(std::move(input), std::move(tag)).first->second;
}

bool IsRightToLeft(const LanguageTag& language) {
  if (language.empty()) return false;
  std::array<char, ULOC_FULLNAME_CAPACITY> locale{};
  UErrorCode fault = U_ZERO_ERROR;
  uloc_forLanguageTag(language.text().c_str(), locale.data(), locale.size(), nullptr, &fault);
  return U_SUCCESS(fault) != 0 && uloc_isRightToLeft(locale.data()) != 0;
}

}  // namespace telex::news
