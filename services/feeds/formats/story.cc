#include "feeds/formats/story.h"

#include "feeds/formats/text.h"
#include "feeds/formats/uri.h"
#include "news/blank.h"
#include "news/directions.h"
#include "news/plain_text.h"
#include "news/text_cut.h"

namespace telex::feeds {
namespace {

constexpr std::string_view kTermsUnknown =
    "All rights reserved. Use only with a hyperlink to the source.";
constexpr std::string_view kTermsWithdrawn = "Withdrawn by its publisher. Not for publication.";

// The first that shows something.
std::string FirstOf(std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts) {
    if (!news::IsBlank(text)) return news::Balanced(text);
  }
  return {};
}

Credit CreditOf(const news::Article& article, std::string_view own_url) {
  const news::UsageTerms& terms = article.content.terms;
  return {
      .link = UriOf(FirstOf({terms.link, article.canonical_url, own_url})),
      .line = FirstOf({terms.attribution, article.source_name, article.source.text(), "Source"}),
      .terms = FirstOf({terms.text, kTermsUnknown})};
}

void AppendNotice(std::string_view text, std::string_view language, std::string& html) {
  html += "<p class=\"translation\" lang=\"";
  html += language;
  html += "\" dir=\"auto\"><em>";
  AppendHtml(text, html);
  html += "</em></p>\n";
}

// HTML; empty: there is nothing to be told.
std::string NoticeOf(const ItemSource& source) {
  std::string html;
  if (!source.translation) return html;
  const TranslationNotices& notices = NoticesIn(source.article.content.language.text());
  if (source.translation->standing == news::TranslationStanding::kMachine) {
    AppendNotice(notices.machine, notices.language, html);
  }
  if (source.translation->is_stale) AppendNotice(notices.stale, notices.language, html);
  return html;
}

}  // namespace

// The credit is the source's and may be in another language than the story: each of its lines goes
// by its own first letter.
CreditedHtml::CreditedHtml(std::string_view notice, std::string_view body, const Credit& credit,
                           bool right_to_left) {
  html_.reserve(notice.size() + body.size() + credit.link.size() + credit.line.size() +
                credit.terms.size() + 192);
  if (right_to_left) html_ += kRightToLeftOpen;
  html_ += notice;
  html_ += body;
  html_ += "\n<p class=\"attribution\" dir=\"auto\"><a href=\"";
  AppendHtml(credit.link, html_);
  html_ += "\">";
  AppendHtml(credit.line, html_);
  html_ += "</a></p>\n<p class=\"usageterms\" dir=\"auto\">";
  AppendHtml(credit.terms, html_);
  html_ += "</p>";
  if (right_to_left) html_ += kRightToLeftClose;
}

Story::Story(const ItemSource& source, std::string_view own_url)
    : source_(source),
      article_(source.article),
      headline_(news::Balanced(article_.content.headline)),
      byline_(news::Balanced(article_.content.byline)),
      right_to_left_(news::IsRightToLeft(article_.content.language)),
      credit_(CreditOf(article_, own_url)),
      body_(NoticeOf(source), article_.content.body_html, credit_, right_to_left_),
      url_(article_.canonical_url.empty() ? std::string(own_url) : UriOf(article_.canonical_url)),
      published_(article_.published.value_or(article_.firstcreated)) {
  for (const news::Media& media : article_.content.media) {
    if (!media.syndicated) continue;
    media_.push_back(media);
    media_.back().href = UriOf(media.href);
    if (!IsMediaType(media.media_type)) media_.back().media_type.clear();
    media_.back().alt_text = news::Balanced(media.alt_text);
    media_.back().credit = news::Balanced(media.credit);
  }
}

DigitalSourceType Story::SourceType() const {
  const TranslationNote* note = translation();
  return note == nullptr ? DigitalSourceType()
                         : SourceTypeOf(note->standing, note->engine_had_part);
}

std::string Story::ednote() const { return news::Balanced(article_.NoteToPartners()); }

std::string Story::Summary() const {
  return news::CutText(
      news::PlainTextOf(article_.content.body_html, news::Lines::kJoined, kSummaryBytesMax),
      kSummaryLettersMax, kSummaryBytesMax);
}

std::string Tombstone::Words() const {
  if (reason.empty() || ednote.empty()) return reason + ednote;
  return reason + " \u2014 " + ednote;
}

Tombstone Tombstone::Of(const news::Article& article, std::string_view own_url) {
  Tombstone tombstone{
      .urn = "urn:uuid:" + article.id.ToString(),
      .version = article.version.number,
      .state = StateOf(article),
      .published = article.published.value_or(article.firstcreated),
      .updated = article.versioncreated,
      .credit = {.link = std::string(own_url),
                 .line = FirstOf({article.source_name, article.source.text(), "Source"}),
                 .terms = std::string(kTermsWithdrawn)}};
  if (tombstone.state == ArticleState::kWithheld || tombstone.state == ArticleState::kCanceled) {
    // The note on the story itself stays behind: it speaks of what is no longer for publication.
    tombstone.reason = news::Balanced(article.status_reason);
    tombstone.ednote = news::Balanced(article.status_note);
  }
  return tombstone;
}

std::string_view PubStatusOf(ArticleState state) {
  switch (state) {
    case ArticleState::kVisible:
      return "usable";
    case ArticleState::kWithheld:
    case ArticleState::kEmbargoed:
      return "withheld";
    case ArticleState::kCanceled:
    case ArticleState::kExpired:
    case ArticleState::kPurged:
      return "canceled";
  }
  return "canceled";
}

}  // namespace telex::feeds
