#pragma once

#include <absl/time/time.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "feeds/domain/article_summary.h"
#include "feeds/formats/item_source.h"
#include "feeds/formats/translation_notice.h"
#include "news/article.h"

namespace telex::feeds {

// Law 8: what every rendition of every item says of where it comes from. Never a field that shows
// nothing.
struct Credit {
  std::string link;   // a URI, http/https: the hyperlink to the source that its licence asks for
  std::string line;   // the text of that link: "Caliber.Az"
  std::string terms;  // the usage terms

  bool operator==(const Credit&) const = default;
};

// A story's body that ends with its credit. There is no other body to be had in this room. That of
// a translation begins with what people are told of it. That of a right-to-left language stands in
// a `div` that says so; what is inside may have a `dir` of its own.
class CreditedHtml {
 public:
  const std::string& html() const { return html_; }

 private:
  friend class Story;
  CreditedHtml(std::string_view notice, std::string_view body, const Credit& credit,
               bool right_to_left);
  std::string html_;
};

// An article as a renderer may see it: what is not for partners (media that is not syndicated, the
// source's key, warnings, actors) cannot be reached from here, nor can the body without its credit.
// No text without markup opens a direction that it does not close (news/directions.h). Refers to
// its source, which must outlive it.
class Story {
 public:
  // `own_url`: the article's address at this service, for articles that have none at their source.
  Story(const ItemSource& source, std::string_view own_url);

  std::string Urn() const { return "urn:uuid:" + article_.id.ToString(); }
  // The same story in other languages.
  const std::vector<Alternate>& alternates() const { return source_.alternates; }
  // Null: it is no translation.
  const TranslationNote* translation() const {
    return source_.translation ? &*source_.translation : nullptr;
  }
  // Without a code: people alone have written it, as far as is known.
  DigitalSourceType SourceType() const;
  std::int64_t version() const { return article_.version.number; }
  const std::string& headline() const { return headline_; }
  const std::string& byline() const { return byline_; }
  const std::string& section() const { return article_.content.section.slug(); }
  const std::string& language() const { return article_.content.language.text(); }
  bool right_to_left() const { return right_to_left_; }  // whether its language is written so
  const std::string& source_name() const { return credit_.line; }
  // To editors at partners: what was said when it was reinstated, and what of the story.
  std::string ednote() const;
  int urgency() const { return article_.urgency; }
  // Where a reader goes: the story at its source, else its own page here. Never the home page of
  // the source, which is where the credit may lead.
  const std::string& url() const { return url_; }
  const Credit& credit() const { return credit_; }
  const CreditedHtml& body() const { return body_; }
  // The beginning of the body as plain text in one line (news/plain_text.h), at most
  // kSummaryLettersMax letters in whatever script, and kSummaryBytesMax bytes.
  std::string Summary() const;
  absl::Time published() const { return published_; }
  absl::Time updated() const { return article_.versioncreated; }
  absl::Time firstcreated() const { return article_.firstcreated; }
  std::optional<absl::Time> expires() const { return article_.content.expires; }
  // The syndicated ones; their addresses are URIs, and a type that is none is empty.
  const std::vector<news::Media>& media() const { return media_; }

 private:
  const ItemSource& source_;
  const news::Article& article_;
  std::string headline_;
  std::string byline_;
  bool right_to_left_;
  Credit credit_;
  CreditedHtml body_;
  std::string url_;
  absl::Time published_;
  std::vector<news::Media> media_;
};

inline constexpr std::size_t kSummaryLettersMax = 300;
// More than so many letters have in any script; what has more is made to be long.
inline constexpr std::size_t kSummaryBytesMax = 6'000;

// What HTML of a right-to-left language stands in.
inline constexpr std::string_view kRightToLeftOpen = "<div dir=\"rtl\">";
inline constexpr std::string_view kRightToLeftClose = "</div>";

// What is left of an article that partners must take down.
struct Tombstone {
  std::string urn;
  std::int64_t version = 0;
  ArticleState state = ArticleState::kCanceled;
  absl::Time published;
  absl::Time updated;  // when it was taken back: the end of its validity
  Credit credit;       // links to the article's own page, which says that it is gone
  // What was said of the takedown, to editors at partners. Only of what was withheld or killed:
  // what is expired has no words of its own, and what is purged has none left.
  std::string reason;
  std::string ednote;

  // Reason and note in one, as plain text; may be empty.
  std::string Words() const;

  static Tombstone Of(const news::Article& article, std::string_view own_url);
};

// IPTC pubstatus: "usable", "withheld", "canceled".
std::string_view PubStatusOf(ArticleState state);

}  // namespace telex::feeds
