#include "telexctl/requests/article_requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/text/nearest.h"
#include "telexctl/failures/failure.h"
#include "telexctl/requests/input.h"
#include "telexctl/views/text.h"

namespace telex::cli {
namespace {

constexpr std::int32_t kPageMax = 200;

// Sets what was given into an article and gathers the paths of the mask.
class Setter {
 public:
  Setter(pb::Article& article, const ReadFile& read) : article_(article), read_(read) {}

  void Time(const std::optional<std::string>& value, const char* path, const char* flag,
            google::protobuf::Timestamp* (pb::Article::*field)()) {
    if (!value.has_value()) return;
    paths_.emplace_back(path);
    if (value->empty()) return;  // cleared
    auto instant = Instant(*value, flag);
    if (instant.ok()) {
      *(article_.*field)() = *instant;
    } else if (status_.ok()) {
      status_ = instant.status();
    }
  }

  // Into `body_text`, or into the article where it is HTML.
  void Body(const std::optional<std::string>& file, std::string& body_text) {
    if (!file.has_value()) return;
    auto text = read_(*file);
    if (!text.ok()) {
      if (status_.ok()) status_ = text.status();
      return;
    }
    paths_.emplace_back("body_html");
    if (status_.ok()) {
      CheckUtf8(*text, "body_html");
      status_ = AboutFile(status_, *file);
    }
    if (file->ends_with(".html") || file->ends_with(".htm")) {
      article_.set_body_html(*std::move(text));
    } else {
      body_text = *std::move(text);
    }
  }

  void Common(const ArticleFlags& flags, std::string& body_text) {
    Text(flags.headline, "headline", &SetHeadline);
    Text(flags.byline, "byline", &SetByline);
    Text(flags.section, "section", &SetSection);
    Text(flags.language, "language", &SetLanguage);
    Text(flags.canonical_url, "canonical_url", &SetCanonicalUrl);
    Text(flags.ednote, "ednote", &SetEdnote);
    Time(flags.embargoed, "embargoed", "--embargoed", &pb::Article::mutable_embargoed);
    Time(flags.expires, "expires", "--expires", &pb::Article::mutable_expires);
    if (flags.urgency.has_value()) {
      article_.set_urgency(*flags.urgency);
      paths_.emplace_back("urgency");
    }
    Body(flags.body_file, body_text);
  }

  const absl::Status& status() const { return status_; }
  const std::vector<std::string>& paths() const { return paths_; }

 private:
  // The generated setters are templates; these have addresses.
  void Text(const std::optional<std::string>& value, const char* path,
            void (*set)(pb::Article&, const std::string&)) {
    if (!value.has_value()) return;
    CheckUtf8(*value, path);
    set(article_, *value);
    paths_.emplace_back(path);
  }
  // Protobuf sends such text all the same, and the other side then knows only that it cannot read.
  void CheckUtf8(std::string_view text, std::string_view path) {
    if (IsUtf8(text) || !status_.ok()) return;
    status_ = errors::FieldError("article." + std::string(path), errors::kNotUtf8,
                                 "is not UTF-8; hand it in as UTF-8");
  }
  static void SetHeadline(pb::Article& a, const std::string& text) { a.set_headline(text); }
  static void SetByline(pb::Article& a, const std::string& text) { a.set_byline(text); }
  static void SetSection(pb::Article& a, const std::string& text) { a.set_section(text); }
  static void SetLanguage(pb::Article& a, const std::string& text) { a.set_language(text); }
  static void SetCanonicalUrl(pb::Article& a, const std::string& text) {
    a.set_canonical_url(text);
  }
  static void SetEdnote(pb::Article& a, const std::string& text) { a.set_ednote(text); }

  pb::Article& article_;
  const ReadFile& read_;
  absl::Status status_;
  std::vector<std::string> paths_;
};

// What people say for the three statuses there are.
absl::StatusOr<pb::PubStatus> PubStatusOf(std::string_view word) {
  if (word == "usable") return pb::PUB_STATUS_USABLE;
  if (word == "withheld") return pb::PUB_STATUS_WITHHELD;
  if (word == "canceled") return pb::PUB_STATUS_CANCELED;
  static const std::map<std::string, std::string, std::less<>> kMeant = {
      {"killed", "canceled"},   {"kill", "canceled"},        {"deleted", "canceled"},
      {"purged", "canceled"},   {"cancelled", "canceled"},   {"withdrawn", "canceled"},
      {"withhold", "withheld"}, {"unpublished", "withheld"}, {"held", "withheld"},
      {"hidden", "withheld"},   {"live", "usable"},          {"published", "usable"},
      {"available", "usable"}};
  const auto known = kMeant.find(word);
  const std::string meant = known != kMeant.end()
                                ? known->second
                                : text::Nearest(word, {"usable", "withheld", "canceled"});
  return Usage(fmt::format("--status: {} is none of usable, withheld, canceled", word),
               meant.empty() ? "" : fmt::format("did you mean --status {}?", meant));
}

}  // namespace

absl::StatusOr<pb::CreateArticleRequest> CreateRequest(const ArticleFlags& flags,
                                                       const ReadFile& read,
                                                       std::string request_id) {
  if (!flags.body_file.has_value()) {
    return Usage("the body is missing: --body-file FILE, or - for standard input");
  }
  pb::CreateArticleRequest request;
  pb::Article& article = *request.mutable_article();
  article.set_source(SourceName(flags.source.value_or("")));
  article.set_key(flags.key.value_or(""));
  Setter setter(article, read);
  setter.Common(flags, *request.mutable_body_text());
  if (!setter.status().ok()) return setter.status();
  request.set_refuse_new_section(!flags.new_section);
  request.set_validate_only(flags.validate_only);
  request.set_request_id(std::move(request_id));
  return request;
}

absl::StatusOr<pb::UpdateArticleRequest> UpdateRequest(const ArticleFlags& flags,
                                                       const ReadFile& read,
                                                       std::string request_id) {
  auto name = ArticleName(flags.name, Versions::kRefused);
  if (!name.ok()) return name.status();
  pb::UpdateArticleRequest request;
  pb::Article& article = *request.mutable_article();
  article.set_name(*std::move(name));
  if (flags.etag.has_value()) {
    auto etag = Etag(*flags.etag);
    if (!etag.ok()) return etag.status();
    article.set_etag(*std::move(etag));
  }
  Setter setter(article, read);
  setter.Common(flags, *request.mutable_body_text());
  if (!setter.status().ok()) return setter.status();
  if (setter.paths().empty()) return Usage("nothing to change: name a field, such as --headline");
  for (const std::string& path : setter.paths()) request.mutable_update_mask()->add_paths(path);
  request.set_refuse_new_section(!flags.new_section);
  request.set_validate_only(flags.validate_only);
  request.set_request_id(std::move(request_id));
  return request;
}

absl::StatusOr<pb::PurgeArticleRequest> PurgeRequest(const PurgeFlags& flags, std::string name,
                                                     std::string request_id) {
  pb::PurgeArticleRequest request;
  if (flags.etag.has_value()) {
    auto etag = Etag(*flags.etag);
    if (!etag.ok()) return etag.status();
    request.set_etag(*std::move(etag));
  }
  request.set_name(std::move(name));
  request.set_reason(flags.reason);
  request.set_request_id(std::move(request_id));
  return request;
}

absl::StatusOr<pb::ListArticlesRequest> ListRequest(const ListFlags& flags) {
  pb::ListArticlesRequest request;
  if (!flags.source.empty()) request.set_source(SourceName(flags.source));
  request.set_section(flags.section);
  request.set_language(flags.language);
  if (!flags.status.empty()) {
    const auto status = PubStatusOf(flags.status);
    if (!status.ok()) return status.status();
    request.set_pub_status(*status);
  }
  if (!flags.after.empty()) {
    auto instant = Instant(flags.after, "--after");
    if (!instant.ok()) return instant.status();
    *request.mutable_created_after() = *instant;
  }
  if (!flags.before.empty()) {
    auto instant = Instant(flags.before, "--before");
    if (!instant.ok()) return instant.status();
    *request.mutable_created_before() = *instant;
  }
  request.set_words(flags.words);
  request.set_page_size(std::min(flags.limit, kPageMax));
  return request;
}

}  // namespace telex::cli
