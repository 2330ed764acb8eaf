#include "telexctl/views/article_view.h"

#include <absl/time/time.h>
#include <fmt/format.h>

namespace telex::cli {

std::string TimeText(bool is_set, const google::protobuf::Timestamp& timestamp) {
  if (!is_set) return {};
  const absl::Time time = absl::FromUnixSeconds(timestamp.seconds());
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

std::string_view PubStatusWord(const pb::Article& article) {
  switch (article.pub_status()) {
    case pb::PUB_STATUS_WITHHELD:
      return "withheld";
    case pb::PUB_STATUS_CANCELED:
      return "canceled";
    default:
      return "usable";
  }
}

std::string StatusWord(const pb::Article& article) {
  if (article.purged()) return "purged";
  if (article.pub_status() == pb::PUB_STATUS_WITHHELD ||
      article.pub_status() == pb::PUB_STATUS_CANCELED) {
    return std::string(PubStatusWord(article));
  }
  if (article.availability() == pb::AVAILABILITY_EMBARGOED) return "embargoed";
  if (article.availability() == pb::AVAILABILITY_EXPIRED) return "expired";
  return article.pub_status() == pb::PUB_STATUS_USABLE ? "usable" : "";
}

Fields DescribeArticle(const pb::Article& article) {
  std::string status = StatusWord(article);
  if (!article.status_reason().empty()) status += ": " + article.status_reason();
  const std::string credit = article.has_usage_terms()
                                 ? fmt::format("{} <{}>", article.usage_terms().attribution(),
                                               article.usage_terms().link())
                                 : std::string();
  Fields fields = {
      {"name", article.name()},
      {"version", article.version() > 0 ? std::to_string(article.version()) : ""},
      {"etag", article.etag()},
      {"headline", article.headline()},
      {"byline", article.byline()},
      {"section", article.section()},
      {"language", article.language()},
      {"status", status},
      {"urgency", article.urgency() > 0 ? std::to_string(article.urgency()) : ""},
      {"note on status", article.status_note()},
      {"note to editors", article.ednote()},
      {"source", article.source()},
      {"key", article.key()},
      {"address", article.canonical_url()},
      {"credit", credit},
      {"terms", article.usage_terms().text()},
      {"first written", TimeText(article.has_firstcreated(), article.firstcreated())},
      {"published", TimeText(article.has_published(), article.published())},
      {"this version", TimeText(article.has_versioncreated(), article.versioncreated())},
      {"embargoed", TimeText(article.has_embargoed(), article.embargoed())},
      {"expires", TimeText(article.has_expires(), article.expires())},
      {"made by", article.actor()},
  };
  for (const std::string& warning : article.warnings()) fields.emplace_back("warning", warning);
  return fields;
}

std::string FeedUrl(std::string_view feeds_url, const pb::Article& article,
                    std::string_view extension) {
  if (article.section().empty() || article.language().empty()) return {};
  return fmt::format("{}/feeds/{}.{}.{}", feeds_url, article.section(), article.language(),
                     extension);
}

std::string ArticleUrl(std::string_view feeds_url, const pb::Article& article) {
  return article.version() == 0 ? "" : fmt::format("{}/{}.json", feeds_url, article.name());
}

}  // namespace telex::cli
