#include "ingestion/adapters/api_drafts.h"

#include <fmt/format.h>
#include <google/protobuf/util/field_mask_util.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "ingestion/adapters/record_codec.h"
#include "ingestion/domain/normalise.h"
#include "ingestion/domain/web_address.h"
#include "ingestion/formats/html_sanitizer.h"
#include "news/article_name.h"
#include "news/blank.h"
#include "news/content_hash.h"
#include "news/printed_name.h"
#include "news/wire/article_codec.h"
#include "news/wire/time_codec.h"
#include "platform/errors/errors.h"
#include "platform/text/page_token.h"

namespace telex::ingestion {
namespace {

constexpr std::int32_t kPageSizeDefault = 50;
constexpr std::int32_t kPageSizeMax = 200;
constexpr std::size_t kFilterWordsBytesMax = 200;
constexpr std::string_view kSourcesScope = "sources";

// The fields of an article that UpdateArticle changes.
constexpr std::array<std::string_view, 11> kUpdatable = {
    "headline",      "byline", "body_html", "section", "language", "usage_terms",
    "canonical_url", "media",  "embargoed", "expires", "ednote"};
constexpr std::string_view kUrgency = "urgency";

bool IsUpdatable(std::string_view path) {
  return path == kUrgency ||
         std::find(kUpdatable.begin(), kUpdatable.end(), path) != kUpdatable.end();
}

// The fields of a source that UpdateSource changes.
constexpr std::array<std::string_view, 10> kSourceUpdatable = {
    "display_name",    "home_page",        "usage_terms",   "attribution", "default_language",
    "section_aliases", "language_aliases", "edited_policy", "sections",    "time_zone"};

PrintedTime Printed(const google::protobuf::Timestamp& time) {
  const absl::Time instant = news::FromProto(time);
  // Milliseconds do not fit a civil second: they are given back through the offset, which is a
  // duration.
  const absl::Duration fraction = instant - absl::FromUnixSeconds(absl::ToUnixSeconds(instant));
  return {.civil = absl::ToCivilSecond(instant, absl::UTCTimeZone()), .utc_offset = -fraction};
}

// `status` with a fault for a fraction that google.protobuf.Timestamp does not allow.
absl::Status WithTimestamp(absl::Status status, bool is_set,
                           const google::protobuf::Timestamp& time, std::string_view field) {
  if (!is_set || (time.nanos() >= 0 && time.nanos() < 1'000'000'000)) return status;
  return errors::WithField(std::move(status), field, errors::kFieldInvalid,
                           fmt::format("has {} nanos; 0 to 999,999,999 are taken", time.nanos()));
}

std::string OneLine(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

std::string BodyOfText(const std::string& text) {
  std::vector<std::string> paragraphs(1);
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = OneLine(std::string_view(text).substr(begin, end - begin));
    if (line.empty()) {
      if (!paragraphs.back().empty()) paragraphs.emplace_back();
    } else {
      if (!paragraphs.back().empty()) paragraphs.back() += ' ';
      paragraphs.back() += line;
    }
    begin = end + 1;
  }
  return PlainToHtml(paragraphs);
}

// Into the draft: the body, and the size it was submitted with.
absl::Status SetBody(const std::string& html, const std::string& text, Draft& draft) {
  draft.body_bytes_submitted = text.empty() ? html.size() : text.size();
  if (!text.empty()) {
    draft.body_html = BodyOfText(text);
    return absl::OkStatus();
  }
  auto clean = SanitizeHtml(html, &draft.warnings);
  if (clean.ok()) {
    draft.body_html = *std::move(clean);
    return absl::OkStatus();
  }
  // The sanitiser speaks of its document; here that is a field of the article.
  const std::string reason = errors::ReasonOf(clean.status());
  return errors::FieldError("article.body_html",
                            reason.empty() ? errors::kFieldInvalid : std::string_view(reason),
                            std::string(clean.status().message()));
}

void SetTimes(const news::v1::Article& article, Draft& draft) {
  draft.embargoed =
      article.has_embargoed() ? std::optional(Printed(article.embargoed())) : std::nullopt;
  draft.expires = article.has_expires() ? std::optional(Printed(article.expires())) : std::nullopt;
}

std::vector<news::Media> MediaOf(const news::v1::Article& article) {
  std::vector<news::Media> media;
  for (const news::v1::Media& item : article.media()) media.push_back(news::FromProto(item));
  return media;
}

std::vector<std::string> FoldedWords(const std::string& text) {
  const std::string folded = news::FoldedName(text);
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < folded.size();) {
    const std::size_t end = std::min(folded.find(' ', begin), folded.size());
    if (end > begin) words.push_back(folded.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

bool Masked(const google::protobuf::FieldMask& mask, std::string_view field) {
  return std::any_of(mask.paths().begin(), mask.paths().end(),
                     [&](const std::string& path) { return path == "*" || path == field; });
}

}  // namespace

absl::StatusOr<Draft> DraftOf(const news::v1::Article& article, const std::string& body_text) {
  absl::Status times;
  times = WithTimestamp(times, article.has_firstcreated(), article.firstcreated(),
                        "article.firstcreated");
  times = WithTimestamp(times, article.has_embargoed(), article.embargoed(), "article.embargoed");
  times = WithTimestamp(times, article.has_expires(), article.expires(), "article.expires");
  if (!times.ok()) return times;
  Draft draft;
  draft.headline = OneLine(article.headline());
  draft.byline = OneLine(article.byline());
  if (absl::Status body = SetBody(article.body_html(), body_text, draft); !body.ok()) return body;
  draft.section = OneLine(article.section());
  draft.language = OneLine(article.language());
  draft.canonical_url = OneLine(article.canonical_url());
  if (article.has_firstcreated()) draft.published = Printed(article.firstcreated());
  SetTimes(article, draft);
  draft.printed_views = article.printed_views();
  draft.media = MediaOf(article);
  if (article.has_usage_terms()) draft.terms = news::FromProto(article.usage_terms());
  draft.ednote = article.ednote();
  draft.urgency = article.urgency();
  return draft;
}

absl::Status CheckMask(const google::protobuf::FieldMask& mask) {
  if (mask.paths().empty()) {
    return errors::FieldError("update_mask", errors::kFieldRequired,
                              "name the fields to change, or `*` for all that can");
  }
  absl::Status status;
  for (const std::string& path : mask.paths()) {
    if (path == "*" || IsUpdatable(path)) continue;
    status =
        errors::WithField(status, "update_mask", errors::kUnknownFieldInMask,
                          fmt::format("'{}' is no field of an article that can be changed", path));
  }
  return status;
}

absl::StatusOr<Draft> MergedDraft(const news::Article& standing,
                                  const v1::UpdateArticleRequest& request) {
  const news::v1::Article& wanted = request.article();
  const auto masked = [&](std::string_view field) { return Masked(request.update_mask(), field); };
  absl::Status faults;
  faults = WithTimestamp(faults, masked("embargoed") && wanted.has_embargoed(), wanted.embargoed(),
                         "article.embargoed");
  faults = WithTimestamp(faults, masked("expires") && wanted.has_expires(), wanted.expires(),
                         "article.expires");
  if (!faults.ok()) return faults;
  Draft draft;
  draft.headline = masked("headline") ? OneLine(wanted.headline()) : standing.content.headline;
  draft.byline = masked("byline") ? OneLine(wanted.byline()) : standing.content.byline;
  draft.body_html = standing.content.body_html;
  if (masked("body_html")) {
    if (absl::Status body = SetBody(wanted.body_html(), request.body_text(), draft); !body.ok())
      return body;
  }
  draft.section = masked("section") ? OneLine(wanted.section()) : standing.content.section.slug();
  draft.language =
      masked("language") ? OneLine(wanted.language()) : standing.content.language.text();
  draft.canonical_url =
      masked("canonical_url") ? OneLine(wanted.canonical_url()) : standing.canonical_url;
  draft.terms =
      masked("usage_terms") ? news::FromProto(wanted.usage_terms()) : standing.content.terms;
  // A link that is the story's own address moves with it.
  if (!masked("usage_terms") && standing.content.terms.link == standing.canonical_url)
    draft.terms->link.clear();
  draft.media = masked("media") ? MediaOf(wanted) : standing.content.media;
  const news::v1::Article before = news::ToProto(standing);
  Draft times;
  SetTimes(before, draft);
  SetTimes(wanted, times);
  if (masked("embargoed")) draft.embargoed = times.embargoed;
  if (masked("expires")) draft.expires = times.expires;
  draft.ednote = masked("ednote") ? wanted.ednote() : standing.ednote;
  draft.urgency = masked(kUrgency) ? wanted.urgency() : standing.urgency;
  return draft;
}

Source SettingsForUpdate(Source source, const google::protobuf::FieldMask& mask) {
  if (!Masked(mask, "section")) {
    source.section_aliases.clear();
    source.sections.clear();
  }
  if (!Masked(mask, "language")) source.language_aliases.clear();
  return source;
}

absl::StatusOr<Source> SettableSource(const v1::Source& message) {
  v1::Source settable = message;
  settable.clear_version();
  settable.clear_create_time();
  settable.clear_update_time();
  settable.clear_actor();
  auto source = FromProto(settable);
  if (!source.ok()) {
    const std::string text(source.status().message());
    const std::string field = text.substr(0, text.find(':'));
    const std::string_view reason =
        field == "section_aliases" || field == "sections"            ? errors::kUnknownSection
        : field == "default_language" || field == "language_aliases" ? errors::kUnknownLanguage
                                                                     : errors::kFieldInvalid;
    return errors::FieldError("source." + field, reason, text);
  }
  absl::Status status = CheckSource(*source);
  absl::TimeZone zone;
  if (!source->time_zone.empty() && !absl::LoadTimeZone(source->time_zone, &zone)) {
    status = errors::WithField(
        status, "source.time_zone", errors::kFieldInvalid,
        fmt::format("'{}' is no time zone of the IANA data base, such as Asia/Yerevan",
                    source->time_zone));
  }
  if (!status.ok()) return status;
  return source;
}

absl::StatusOr<v1::Source> MergedSource(v1::Source standing,
                                        const v1::UpdateSourceRequest& request) {
  if (request.update_mask().paths().empty()) {
    return errors::FieldError("update_mask", errors::kFieldRequired,
                              "name the fields to change, or `*` for all that can");
  }
  google::protobuf::FieldMask mask;
  absl::Status status;
  for (const std::string& path : request.update_mask().paths()) {
    if (path == "*") {
      for (const std::string_view field : kSourceUpdatable) mask.add_paths(std::string(field));
    } else if (std::find(kSourceUpdatable.begin(), kSourceUpdatable.end(), path) !=
               kSourceUpdatable.end()) {
      mask.add_paths(path);
    } else {
      status =
          errors::WithField(status, "update_mask", errors::kUnknownFieldInMask,
                            fmt::format("'{}' is no field of a source that can be changed", path));
    }
  }
  if (!status.ok()) return status;
  // Fields are replaced whole: maps and lists are emptied first.
  const auto* descriptor = v1::Source::descriptor();
  for (const std::string& path : mask.paths()) {
    standing.GetReflection()->ClearField(&standing, descriptor->FindFieldByName(path));
  }
  google::protobuf::util::FieldMaskUtil::MergeOptions options;
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(request.source(), mask, options, &standing);
  return standing;
}

absl::StatusOr<ArticleFilter> FilterOf(const v1::ListArticlesRequest& request) {
  ArticleFilter filter;
  absl::Status status;
  if (request.words().size() > kFilterWordsBytesMax) {
    status = errors::WithField(status, "words", errors::kFieldTooLong,
                               fmt::format("has {} bytes; at most {} are taken",
                                           request.words().size(), kFilterWordsBytesMax));
  } else {
    filter.words = FoldedWords(request.words());
  }
  filter.address = std::string(Trimmed(request.canonical_url()));
  if (!filter.address.empty() && !IsWebAddress(filter.address)) {
    status = errors::WithField(status, "canonical_url", errors::kFieldInvalid,
                               "an http or https address");
  }
  if (!request.source().empty()) {
    filter.source = news::SourceId::FromName(request.source());
    if (!filter.source)
      status = errors::WithField(status, "source", errors::kFieldInvalid, "sources/{source}");
  }
  if (!request.section().empty()) {
    filter.section = news::Section::Parse(request.section());
    if (!filter.section) {
      status = errors::WithField(status, "section", errors::kUnknownSection,
                                 fmt::format("'{}' is no section", request.section()));
    }
  }
  if (!request.language().empty()) {
    filter.language = news::LanguageTag::Parse(request.language());
    if (!filter.language) {
      status = errors::WithField(status, "language", errors::kUnknownLanguage,
                                 fmt::format("'{}' is no BCP 47 language", request.language()));
    }
  }
  filter.status = news::FromProto(request.pub_status());
  if (request.pub_status() != news::v1::PUB_STATUS_UNSPECIFIED && !filter.status) {
    status = errors::WithField(status, "pub_status", errors::kFieldInvalid,
                               "usable, withheld or canceled");
  }
  status = WithTimestamp(std::move(status), request.has_created_after(), request.created_after(),
                         "created_after");
  status = WithTimestamp(std::move(status), request.has_created_before(), request.created_before(),
                         "created_before");
  if (request.has_created_after()) filter.created_after = news::FromProto(request.created_after());
  if (request.has_created_before())
    filter.created_before = news::FromProto(request.created_before());
  if (!status.ok()) return status;
  return filter;
}

absl::StatusOr<std::size_t> PageSize(std::int32_t asked) {
  if (asked < 0)
    return errors::FieldError("page_size", errors::kFieldInvalid, "1 to 200, or 0 for 50");
  if (asked == 0) asked = kPageSizeDefault;
  return static_cast<std::size_t>(std::min(asked, kPageSizeMax));
}

absl::StatusOr<std::string> PlaceInSources(const std::string& token) {
  return text::ReadPageToken(token, kSourcesScope);
}
std::string SourcesPageToken(const std::string& next_id) {
  return text::MakePageToken(next_id, kSourcesScope);
}

absl::StatusOr<news::ArticleId> ArticleIdOf(const std::string& name, std::string_view field) {
  const auto parsed = news::ArticleName::Parse(name);
  if (!parsed || parsed->version)
    return errors::FieldError(field, errors::kFieldInvalid,
                              "articles/{article}, without a version");
  return parsed->id;
}

absl::StatusOr<news::Version> EtagIn(const std::string& etag, std::string_view field) {
  if (const auto version = news::VersionOfEtag(etag)) return *version;
  return errors::FieldError(field, errors::kFieldInvalid,
                            "an etag as it was answered, its quotes included, such as \"3\"");
}

absl::Status CheckReason(std::string_view reason) {
  absl::Status status;
  if (news::IsBlank(reason)) {
    status = errors::WithField(status, "reason", errors::kFieldRequired,
                               "say why, for editors and partners");
  }
  return WithBound(std::move(status), "reason", reason);
}

absl::Status WithBound(absl::Status status, std::string_view field, std::string_view text) {
  if (text.size() <= news::kNoteBytesMax) return status;
  return errors::WithField(
      std::move(status), field, errors::kFieldTooLong,
      fmt::format("has {} bytes; at most {} are taken", text.size(), news::kNoteBytesMax));
}

std::string_view Trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

absl::Status CheckRequestId(const std::string& request_id) {
  if (request_id.empty() || news::ArticleId::Parse(request_id)) return absl::OkStatus();
  return errors::FieldError("request_id", errors::kFieldInvalid,
                            "a UUID of 36 characters, or empty");
}

std::string RequestHash(const google::protobuf::Message& request) {
  return news::DocumentHash(fmt::format("{}\n{}", request.GetDescriptor()->full_name(),
                                        news::DeterministicBytes(request)));
}

news::v1::Article WithoutBody(const news::Article& article) {
  news::v1::Article message = news::ToProto(article);
  message.clear_body_html();
  return message;
}

std::string UpstreamHash(const SetContent& set) { return news::ContentHash(set.content); }

}  // namespace telex::ingestion
