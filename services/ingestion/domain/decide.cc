#include "ingestion/domain/decide.h"

#include <algorithm>
#include <utility>

#include "ingestion/domain/weight.h"
#include "news/content_hash.h"

namespace telex::ingestion {
namespace {

using news::Article;
using news::Availability;
using news::PubStatus;
using news::Version;

Decision Blank(const Submission& submission, const SubmissionPosition& position, Version standing) {
  Decision decision;
  decision.position = position;
  decision.subject = NameOf(submission.subject);
  decision.version = standing;
  decision.request_id = submission.request_id;
  decision.request_hash = submission.request_hash;
  decision.time = submission.time;
  decision.rule = submission.rule;
  return decision;
}

// The answer to a request id that was decided within the window: the decision that stands, whatever
// happened since. Under the same id, another request is refused: who hears "done" must not have got
// what somebody else asked for.
std::optional<Decision> Repeated(const Rule& rule, const Decision* earlier,
                                 const Submission& submission, Decision blank) {
  if (earlier == nullptr || submission.request_id.empty() ||
      earlier->request_id != submission.request_id)
    return std::nullopt;
  if (!earlier->StandsForRepeats()) return std::nullopt;
  if (submission.time - earlier->time > rule.repeat_window) return std::nullopt;
  if (submission.request_hash != earlier->request_hash) {
    blank.verdict = Verdict::kRefused;
    blank.reason = Reason::kRequestIdReused;
    return blank;
  }
  blank.verdict = earlier->verdict;
  blank.reason = earlier->reason;
  blank.version = earlier->version;
  blank.repeats = earlier->position;
  return blank;
}

// One article, one submission: the state that the steps of the decision share.
class ArticleDecision {
 public:
  ArticleDecision(const Rule& rule, const ArticleHead* head, const Submission& submission,
                  const SubmissionPosition& position)
      : rule_(rule), head_(head), submission_(submission), position_(position) {}

  Outcome<ArticleHead> Apply(const SetContent& set);
  Outcome<ArticleHead> Apply(const Withhold& withhold) {
    return SetStatus(PubStatus::kWithheld, withhold.reason, withhold.note);
  }
  Outcome<ArticleHead> Apply(const Kill& kill) {
    return SetStatus(PubStatus::kCanceled, kill.reason, kill.note);
  }
  Outcome<ArticleHead> Apply(const Reinstate& reinstate) {
    return SetStatus(PubStatus::kUsable, "", reinstate.note);
  }
  Outcome<ArticleHead> Apply(const TimeReached& reached);
  Outcome<ArticleHead> Apply(const Purge& purge);
  Outcome<ArticleHead> Apply(const SetSource&) {
    return Nothing(Verdict::kRefused, Reason::kArticleNotFound);
  }

 private:
  Version Standing() const { return head_ != nullptr ? head_->article.version : Version{}; }

  Outcome<ArticleHead> Nothing(Verdict verdict, Reason reason) const {
    Decision decision = Blank(submission_, position_, Standing());
    decision.verdict = verdict;
    decision.reason = reason;
    return {std::move(decision), std::nullopt};
  }

  Outcome<ArticleHead> SetStatus(PubStatus status, const std::string& reason,
                                 const std::string& note);

  // A copy of the head with the next version's number, time and actor.
  ArticleHead NextVersion() const {
    ArticleHead next = head_ != nullptr ? *head_ : ArticleHead{};
    Article& article = next.article;
    article.version = Standing().Next();
    article.versioncreated = submission_.time;
    if (head_ != nullptr) {
      article.versioncreated =
          std::max(article.versioncreated, head_->article.versioncreated + rule_.version_step_min);
    }
    article.actor = submission_.actor;
    article.document = submission_.document;
    article.warnings.clear();
    next.position = position_;
    next.rule = submission_.rule;
    return next;
  }

  // The moment by which a decision judges an embargo: never earlier than what has already been
  // recorded.
  absl::Time Now(const Article& article) const {
    return std::max(submission_.time, article.versioncreated);
  }

  Outcome<ArticleHead> Accept(ArticleHead next) const {
    Article& article = next.article;
    if (article.IsVisible() && !article.published) {
      // The story's own date, but never one before its embargo ended, and never one to come.
      absl::Time published = std::min(article.firstcreated, article.versioncreated);
      if (article.content.embargoed) published = std::max(published, *article.content.embargoed);
      article.published = published;
    }
    Decision decision = Blank(submission_, position_, article.version);
    decision.verdict = Verdict::kAccepted;
    return {std::move(decision), std::move(next)};
  }

  Availability AvailabilityOf(const Article& article) const;

  const Rule& rule_;
  const ArticleHead* head_;
  const Submission& submission_;
  const SubmissionPosition& position_;
};

Availability ArticleDecision::AvailabilityOf(const Article& article) const {
  const news::Content& content = article.content;
  const Article* before = head_ != nullptr ? &head_->article : nullptr;
  if (content.expires) {
    // What has expired by this very instant stays so, whatever an edge's clock says.
    const bool expired_before = before != nullptr &&
                                before->availability == Availability::kExpired &&
                                before->content.expires == content.expires;
    if (expired_before || *content.expires <= submission_.time) return Availability::kExpired;
  }
  if (content.embargoed) {
    // An embargo that has ended does not come back because another edge's clock is slow. What
    // expired while it was under embargo was never out of it.
    const bool ended_before = before != nullptr &&
                              before->availability != Availability::kEmbargoed &&
                              before->content.embargoed == content.embargoed &&
                              *content.embargoed <= before->versioncreated;
    if (!ended_before && *content.embargoed > submission_.time) return Availability::kEmbargoed;
  }
  return Availability::kAvailable;
}

// Whole characters of `text`.
std::string Cut(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

bool AddShelf(std::vector<news::Shelf>& shelves, news::Shelf shelf, std::size_t shelves_max) {
  const auto place = std::lower_bound(shelves.begin(), shelves.end(), shelf);
  if (place != shelves.end() && *place == shelf) return true;
  if (shelves.size() >= shelves_max) return false;
  shelves.insert(place, std::move(shelf));
  return true;
}

Outcome<ArticleHead> ArticleDecision::Apply(const SetContent& set) {
  const std::string hash = news::ContentHash(set.content);
  const bool same_content = head_ != nullptr && head_->content_hash == hash;
  // A person may change what the content hash leaves out; a source that does so says nothing new.
  const bool same_annotations =
      set.upstream ||
      (head_ != nullptr && head_->article.ednote == set.ednote &&
       head_->article.urgency == set.urgency && head_->article.canonical_url == set.canonical_url);
  // What repeats itself is not stale: a source's own words first, whatever has become of them
  // since.
  const bool same_upstream = set.upstream && head_ != nullptr && head_->upstream &&
                             set.upstream->hash == head_->upstream->hash;
  if (same_upstream) return Nothing(Verdict::kUnchanged, Reason::kSameUpstream);
  if (set.base && *set.base != Standing()) {
    return same_content && same_annotations ? Nothing(Verdict::kUnchanged, Reason::kSameContent)
                                            : Nothing(Verdict::kStale, Reason::kBaseNotHead);
  }
  if (set.upstream && head_ != nullptr) {
    if (head_->upstream && set.upstream->time && head_->upstream->time &&
        *set.upstream->time < *head_->upstream->time) {
      return Nothing(Verdict::kStale, Reason::kOlderUpstream);
    }
    if (head_->edited && !same_content && set.edited_policy == EditedPolicy::kHold) {
      return Nothing(Verdict::kHeld, Reason::kEditedByEditor);
    }
  }
  if (same_content && same_annotations) return Nothing(Verdict::kUnchanged, Reason::kSameContent);

  ArticleHead next = NextVersion();
  Article& article = next.article;
  if (head_ == nullptr) {
    article.id = std::get<news::ArticleId>(submission_.subject);
    article.source = set.source;
    article.key = set.key;
    article.firstcreated = set.firstcreated.value_or(submission_.time);
  }
  article.source_name = set.source_name;
  article.canonical_url = set.canonical_url;
  article.content = set.content;
  article.ednote = set.ednote;
  // "Usable again" told of the version before; the reason of what is withheld is kept.
  if (article.status == PubStatus::kUsable) article.status_note.clear();
  article.urgency = set.urgency;
  article.printed_views = std::max(article.printed_views, set.printed_views);
  article.warnings = set.warnings;
  article.availability = AvailabilityOf(article);
  if (!AddShelf(article.shelves, {set.content.section, set.content.language}, rule_.shelves_max)) {
    return Nothing(Verdict::kRefused, Reason::kTooManyShelves);
  }
  if (WeightOf(article) > rule_.article_bytes_max ||
      article.content.media.size() > rule_.media_max) {
    return Nothing(Verdict::kRefused, Reason::kArticleTooLarge);
  }
  next.content_hash = hash;
  next.edited = !set.upstream;
  if (set.upstream) next.upstream = set.upstream;
  return Accept(std::move(next));
}

Outcome<ArticleHead> ArticleDecision::SetStatus(PubStatus status, const std::string& given_reason,
                                                const std::string& given_note) {
  if (head_ == nullptr) return Nothing(Verdict::kRefused, Reason::kArticleNotFound);
  const std::string reason = Cut(given_reason, rule_.status_words_bytes_max);
  const std::string note = Cut(given_note, rule_.status_words_bytes_max);
  const PubStatus standing = head_->article.status;
  // A withhold does not weaken a kill.
  const bool weaker = status == PubStatus::kWithheld && standing == PubStatus::kCanceled;
  // Another reason for what stands is news to partners; that a usable story is usable is none.
  const bool same_words =
      standing == PubStatus::kUsable ||
      (head_->article.status_reason == reason && head_->article.status_note == note);
  if (weaker || (status == standing && same_words)) {
    return Nothing(Verdict::kUnchanged, Reason::kAlreadySo);
  }
  ArticleHead next = NextVersion();
  next.article.status = status;
  next.article.status_reason = reason;
  next.article.status_note = note;
  return Accept(std::move(next));
}

Outcome<ArticleHead> ArticleDecision::Apply(const TimeReached& reached) {
  if (head_ == nullptr) return Nothing(Verdict::kRefused, Reason::kArticleNotFound);
  if (reached.version != Standing() || PendingInstant(head_->article) != reached.instant) {
    return Nothing(Verdict::kUnchanged, Reason::kOtherVersion);
  }
  if (rule_.bounded_by_log_clock && submission_.time < reached.instant)
    return Nothing(Verdict::kUnchanged, Reason::kTooEarly);
  ArticleHead next = NextVersion();
  Article& article = next.article;
  const bool embargo_ends = article.availability == Availability::kEmbargoed;
  const absl::Time now = Now(article);
  const bool expired =
      article.content.expires && *article.content.expires <= (embargo_ends ? now : reached.instant);
  article.availability = expired ? Availability::kExpired : Availability::kAvailable;
  return Accept(std::move(next));
}

Outcome<ArticleHead> ArticleDecision::Apply(const Purge& purge) {
  if (head_ == nullptr) return Nothing(Verdict::kRefused, Reason::kArticleNotFound);
  if (rule_.purge_heeds_base && purge.base && *purge.base != Standing())
    return Nothing(Verdict::kStale, Reason::kBaseNotHead);
  ArticleHead next = NextVersion();
  Article& article = next.article;
  article.purged = true;
  article.status = PubStatus::kCanceled;
  article.status_reason = Cut(purge.reason, rule_.status_words_bytes_max);
  article.key.clear();
  article.canonical_url.clear();
  article.status_note.clear();
  article.ednote.clear();
  article.document.clear();
  news::Content& content = article.content;
  news::UsageTerms terms = std::move(content.terms);
  terms.link = purge.link;
  // It stays on its shelf, so that its tombstone stays in its place.
  content = news::Content{
      .section = content.section, .language = content.language, .terms = std::move(terms)};
  next.content_hash = news::ContentHash(content);
  next.upstream.reset();
  return Accept(std::move(next));
}

bool SameSettings(const Source& a, const Source& b) {
  Source left = a;
  left.version = b.version;
  left.create_time = b.create_time;
  left.update_time = b.update_time;
  left.actor = b.actor;
  return left == b;
}

}  // namespace

std::optional<absl::Time> PendingInstant(const Article& article) {
  if (article.purged) return std::nullopt;
  if (article.availability == Availability::kEmbargoed) return article.content.embargoed;
  if (article.availability == Availability::kAvailable) return article.content.expires;
  return std::nullopt;
}

Outcome<ArticleHead> DecideArticle(const Rule& rule, const ArticleHead* head,
                                   const Decision* earlier, const Submission& submission,
                                   const SubmissionPosition& position) {
  const Version standing = head != nullptr ? head->article.version : Version{};
  if (auto repeated = Repeated(rule, earlier, submission, Blank(submission, position, standing))) {
    return {*std::move(repeated), std::nullopt};
  }
  if (head != nullptr && head->article.purged) {
    Decision decision = Blank(submission, position, standing);
    const bool purge = std::holds_alternative<Purge>(submission.action);
    decision.verdict = purge ? Verdict::kUnchanged : Verdict::kRefused;
    decision.reason = purge ? Reason::kAlreadySo : Reason::kArticlePurged;
    return {std::move(decision), std::nullopt};
  }
  ArticleDecision decision(rule, head, submission, position);
  return std::visit([&](const auto& action) { return decision.Apply(action); }, submission.action);
}

Outcome<SourceHead> DecideSource(const Rule& rule, const SourceHead* head, const Decision* earlier,
                                 const Submission& submission, const SubmissionPosition& position) {
  const Version standing = head != nullptr ? head->source.version : Version{};
  Decision decision = Blank(submission, position, standing);
  if (auto repeated = Repeated(rule, earlier, submission, decision))
    return {*std::move(repeated), std::nullopt};
  const auto& set = std::get<SetSource>(submission.action);
  if (head != nullptr && SameSettings(head->source, set.source)) {
    decision.verdict = Verdict::kUnchanged;
    decision.reason = Reason::kSameContent;
    return {std::move(decision), std::nullopt};
  }
  if (set.base && *set.base != standing) {
    decision.verdict = Verdict::kStale;
    decision.reason = Reason::kBaseNotHead;
    return {std::move(decision), std::nullopt};
  }
  SourceHead next{.source = set.source, .position = position, .rule = submission.rule};
  next.source.version = standing.Next();
  next.source.create_time = head != nullptr ? head->source.create_time : submission.time;
  next.source.update_time = submission.time;
  if (head != nullptr) {
    next.source.update_time =
        std::max(submission.time, head->source.update_time + rule.version_step_min);
  }
  next.source.actor = submission.actor;
  decision.verdict = Verdict::kAccepted;
  decision.version = next.source.version;
  return {std::move(decision), std::move(next)};
}

}  // namespace telex::ingestion
