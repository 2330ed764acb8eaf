#include "telexctl/views/article_view.h"

#include <absl/time/time.h>
#include <fmt/format.h>

namespace telex::cli {

std::string TimeText(bool is_set, const google::protobuf::Timestamp& timestamp) {
  if (!is_set) return {};
  const absl::Time time = absl::FromUnixSeconds(timestamp.seconds());
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

namespace {

// As the service takes a reason.
std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::string PubStatusWord(const pb::Article& article) {
  switch (article.pub_status()) {
    case pb::PUB_STATUS_WITHHELD:
      return "withheld";
    case pb::PUB_STATUS_CANCELED:
      return "canceled";
    default:
      return "usable";
  }
}

}  // namespace

std::string StatusWord(const pb::Article& article) {
  if (article.purged()) return "purged";
  if (article.pub_status() == pb::PUB_STATUS_WITHHELD ||
      article.pub_status() == pb::PUB_STATUS_CANCELED) {
    return PubStatusWord(article);
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

bool IsUnchanged(const AskedChange& asked, const pb::Article& answer) {
  if (asked.version_before > 0 && answer.version() <= asked.version_before) return true;
  switch (asked.kind) {
    case AskedChange::Kind::kWithhold:
      return answer.pub_status() != pb::PUB_STATUS_WITHHELD ||
             answer.status_reason() != Trimmed(asked.reason);
    case AskedChange::Kind::kKill:
      return answer.pub_status() != pb::PUB_STATUS_CANCELED ||
             answer.status_reason() != Trimmed(asked.reason);
    case AskedChange::Kind::kPurge:
      return !answer.purged() || answer.status_reason() != Trimmed(asked.reason);
    default:
      return false;
  }
}

std::string VerdictOf(const AskedChange& asked, const pb::Article& answer) {
  if (!IsUnchanged(asked, answer)) {
    return fmt::format("accepted: version {} was made", answer.version());
  }
  std::string why = "it says so already";
  if (asked.kind != AskedChange::Kind::kContent) {
    why = fmt::format("it is {} already", answer.purged() ? "purged" : PubStatusWord(answer));
    if (!answer.status_reason().empty()) {
      why += fmt::format(" for this reason: {}", answer.status_reason());
    }
  }
  if (asked.kind == AskedChange::Kind::kWithhold &&
      answer.pub_status() == pb::PUB_STATUS_CANCELED) {
    why += "; a withhold does not weaken a kill";
  }
  return fmt::format("unchanged: nothing was made, {}; version {} stands", why, answer.version());
}

std::string FeedUrl(std::string_view feeds_url, const pb::Article& article,
                    std::string_view extension) {
  if (article.section().empty() || article.language().empty()) return {};
  return fmt::format("{}/feeds/{}.{}.{}", feeds_url, article.section(), article.language(),
                     extension);
}

std::string ArticleUrl(std::string_view feeds_url, const pb::Article& article) {
  return article.name().empty() ? "" : fmt::format("{}/{}.json", feeds_url, article.name());
}

}  // namespace telex::cli
