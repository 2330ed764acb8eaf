#pragma once

#include <absl/time/time.h>

#include <string>
#include <vector>

#include "news/language_tag.h"

namespace telex::news {

// What has been made of a translation as a whole.
enum class TranslationStanding {
  kMachine,   // an engine's, and nobody has looked at it
  kPerson,    // a person's
  kReviewed,  // an engine's or a person's, and another person stands for it
  kRejected,  // a reviewer has refused it: nobody is shown it, nor what it replaces
};

struct AltText {
  std::string href;  // of one of the article's media
  std::string text;

  bool operator==(const AltText&) const = default;
};

// A version of an article in another language: what whoever shows it needs of it.
struct Translation {
  LanguageTag from;  // the article's
  TranslationStanding standing = TranslationStanding::kMachine;
  bool engine_had_part = false;  // some of the text is an engine's as it stands
  absl::Time made;               // by the log's clock

  std::string headline;            // as of Content
  std::string body_html;           // of the same allow-list
  std::vector<AltText> alt_texts;  // of those media that have one

  // Without a text nothing of it may be shown, whatever its standing says.
  bool IsShown() const {
    return standing != TranslationStanding::kRejected && !(headline.empty() && body_html.empty());
  }

  bool operator==(const Translation&) const = default;
};

}  // namespace telex::news
