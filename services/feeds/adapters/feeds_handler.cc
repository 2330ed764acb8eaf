#include "feeds/adapters/feeds_handler.h"

#include <fmt/format.h>

#include <array>
#include <mutex>

#include "feeds/formats/json_writer.h"
#include "feeds/formats/text.h"
#include "news/language_tag.h"
#include "platform/errors/reasons.h"
#include "platform/http/conditional.h"
#include "platform/http/get_only.h"
#include "platform/http/media_type.h"
#include "platform/http/syntax.h"
#include "platform/text/uri.h"

namespace telex::feeds {
namespace {

constexpr std::string_view kFeedsPath = "/feeds/";
constexpr std::string_view kArticlesPath = "/articles/";
constexpr std::string_view kArticleSuffix = ".json";
constexpr std::string_view kMovedCacheControl = "public, max-age=86400";  // it never moves back

http::Response NotFound(std::string_view reason, std::string_view detail) {
  return http::Problem(404, reason, "Not Found", detail);
}

// Several lines of one name are one list.
void Take(const http::Request& request, const http::Header& header, std::string_view name,
          std::optional<std::string_view>& field) {
  if (!http::EqualsIgnoringCase(header.name, name)) return;
  field = field ? request.Find(name) : header.value;
}

// In one walk over the lines: this is asked of each request.
Asked AskedOf(const http::Request& request) {
  Asked asked;
  http::Conditions& conditions = asked.conditions;
  for (const http::Header& header : request.headers) {
    switch (header.name.size()) {
      case 8:
        Take(request, header, "if-match", conditions.if_match);
        break;
      case 13:
        Take(request, header, "if-none-match", conditions.if_none_match);
        break;
      case 15:
        Take(request, header, "accept-encoding", asked.accept_encoding);
        break;
      default:
        break;
    }
  }
  return asked;
}

// To the one address that is kept in caches and feed readers. Relative, so that it also holds
// behind a proxy that serves us under a path of its own.
http::Response Moved(std::string_view canonical_path, std::string_view query) {
  const std::string location =
      fmt::format("..{}{}{}", canonical_path, query.empty() ? "" : "?", query);
  return {.status = 301,
          .head = http::HeaderBlock({{"Location", http::CleanHeaderValue(location)},
                                     {"Cache-Control", kMovedCacheControl}})};
}

// What the query of a feed's address says of views.
struct ViewsAsked {
  bool asked = false;
  bool canonical = true;  // it is kViewsQuery
  bool refused = false;
};

ViewsAsked AskedViews(const http::Request& request) {
  if (request.query.empty() || !request.path.starts_with(kFeedsPath)) return {};
  if (request.query == kViewsQuery) return {.asked = true};
  const std::string_view name = kViewsQuery.substr(0, kViewsQuery.find('='));
  const auto value = http::QueryValue(request.query, name, request.query.size());
  if (value.ok() && !value->has_value()) return {};
  return {.asked = true, .canonical = false, .refused = !value.ok() || **value != "1"};
}

http::Response ViewsRefused() {
  return http::Problem(400, errors::kFieldInvalid, "Bad Request",
                       "views: is 1, or left out of the address.");
}

std::string UnknownFormatText() {
  std::string names;
  for (const FeedFormat* format : FeedFormats()) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", format->traits().extension);
  }
  return fmt::format(
      "Feeds are addressed as /feeds/{{section|all}}.{{language}}.{{format}}; the formats are {}.",
      names);
}

}  // namespace

std::size_t RouteOf(std::string_view path) {
  if (path.starts_with(kFeedsPath)) return 0;
  if (path.starts_with(kArticlesPath)) return 1;
  return path == "/" ? 2 : 3;
}

FeedsHandler::FeedsHandler(PageSources& sources, Serving& serving)
    : sources_(sources), serving_(serving) {}

void FeedsHandler::Handle(const http::Request& request, http::Responder responder) {
  if (auto refusal = http::RefuseAllButGet(request)) {
    responder.Send(*std::move(refusal));
    return;
  }
  if (!sources_.feeds.serving()) {
    responder.Send(http::Problem(503, errors::kNotCaughtUp, "Service Unavailable",
                                 "This replica is still reading the log.", {{"Retry-After", "2"}}));
    return;
  }
  const ViewsAsked views = AskedViews(request);
  if (views.refused) {
    responder.Send(ViewsRefused());
    return;
  }
  std::shared_ptr<Page> page =
      views.canonical ? FindKnown(request.path, views.asked) : std::shared_ptr<Page>();
  if (!page) {
    if (request.path == "/") {
      responder.Send(Index(request));
      return;
    }
    Found found = Find(text::NormalEscapes(request.path), views.asked);
    if (found.page && !found.canonical_path.empty() &&
        (found.canonical_path != request.path || !views.canonical)) {
      found.page = nullptr;
      found.why_not = Moved(found.canonical_path, views.asked ? kViewsQuery : request.query);
    }
    if (!found.page) {
      responder.Send(std::move(found.why_not));
      return;
    }
    page = std::move(found.page);
  }
  Asked asked = AskedOf(request);
  const Coding coding = http::NegotiateCoding(asked.accept_encoding).value_or(Coding::kIdentity);
  serving_.Serve(page, {.coding = coding, .asked = asked, .responder = std::move(responder)});
}

std::shared_ptr<Page> FeedsHandler::FindKnown(std::string_view path, bool with_views) {
  std::shared_lock lock(mutex_);
  const auto feed = feeds_.find(path);
  if (feed != feeds_.end()) return feed->second[with_views];
  const auto article = articles_.find(path);
  return article == articles_.end() ? nullptr : article->second;
}

FeedsHandler::Found FeedsHandler::Find(std::string_view path, bool with_views) {
  if (path.starts_with(kFeedsPath)) return FindFeedPage(path.substr(kFeedsPath.size()), with_views);
  if (path.starts_with(kArticlesPath)) return FindArticlePage(path.substr(kArticlesPath.size()));
  return {.why_not = NotFound(errors::kPathNotFound, "There is nothing at this address.")};
}

FeedsHandler::Found FeedsHandler::FindFeedPage(std::string_view name, bool with_views) {
  const auto dot = name.rfind('.');
  const FeedFormat* format =
      dot == std::string_view::npos ? nullptr : FindFeedFormat(name.substr(dot + 1));
  if (format == nullptr) {
    return {.why_not = NotFound(errors::kFormatNotFound, UnknownFormatText())};
  }
  auto key = FeedKey::Parse(name.substr(0, dot));
  if (key) {
    // Language tags know no case (RFC 5646 section 2.1.1); feeds are kept by the canonical one.
    const auto language = news::LanguageTag::Parse(key->language);
    if (language) key->language = language->text();
  }
  if (!key) {
    return {.why_not = NotFound(errors::kFeedNotFound, "This is no section and language.")};
  }
  const auto feed = sources_.feeds.FindFeed(*key);
  // What is not there has no place in the table, so that nobody can fill it with names.
  if (!feed) {
    return {.page = std::make_shared<UnknownFeedPage>(sources_, *key, *format, with_views)};
  }
  std::string path = fmt::format("{}{}.{}", kFeedsPath, key->Slug(), format->traits().extension);
  std::unique_lock lock(mutex_);
  auto& page = feeds_[path][with_views];
  if (!page) {
    page =
        std::make_shared<FeedPage>(sources_, *key, feed->first, *feed->second, *format, with_views);
  }
  return {.page = page, .canonical_path = std::move(path)};
}

FeedsHandler::Found FeedsHandler::FindArticlePage(std::string_view name) {
  if (!name.ends_with(kArticleSuffix)) {
    return {.why_not = NotFound(errors::kFormatNotFound,
                                "Articles are addressed as /articles/{id}.json.")};
  }
  name.remove_suffix(kArticleSuffix.size());
  const auto id = news::ArticleId::Parse(name);
  if (!id) return {.why_not = NotFound(errors::kArticleNotFound, "There is no such article.")};
  const auto standing = sources_.feeds.Find(*id);
  if (!standing || !standing->was_published) {  // no place in the table, as above
    return {.page = std::make_shared<ArticlePage>(sources_, *id)};
  }
  std::string path = fmt::format("{}{}{}", kArticlesPath, id->ToString(), kArticleSuffix);
  std::unique_lock lock(mutex_);
  const auto known = articles_.find(path);
  if (known != articles_.end()) return {.page = known->second, .canonical_path = std::move(path)};
  if (articles_.size() >= kArticlePagesMax) articles_.erase(articles_.begin());
  auto page = std::make_shared<ArticlePage>(sources_, *id);
  articles_.emplace(path, page);
  return {.page = std::move(page), .canonical_path = std::move(path)};
}

http::Response FeedsHandler::Index(const http::Request& request) const {
  const auto listed = sources_.feeds.List();
  // HTML for who takes neither: a list that a person can read is more than a 406.
  constexpr std::array<std::string_view, 2> kForms = {"text/html; charset=utf-8",
                                                      "application/json; charset=utf-8"};
  const bool json = http::NegotiateMediaType(request.Find("accept"), kForms).value_or(0) == 1;
  std::string body;
  if (json) {
    JsonWriter writer(body);
    writer.Open('{').Text("publisher", sources_.channel.publisher_name);
    writer.Name("feeds").Open('[');
    for (const auto& [key, items] : listed) {
      writer.Open('{');
      writer.Text("section", key.IsAll() ? news::kAllSections : std::string_view(key.section));
      writer.Text("language", key.language).Number("articles", static_cast<std::int64_t>(items));
      writer.Name("formats").Open('{');
      for (const FeedFormat* format : FeedFormats()) {
        writer.Text(format->traits().name,
                    sources_.channel.FeedUrl(key, format->traits().extension));
      }
      writer.Close('}').Close('}');
    }
    writer.Close(']').Close('}');
    body += '\n';
  } else {
    body = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>";
    AppendHtml(sources_.channel.publisher_name, body);
    body += "</title></head><body>\n<h1>";
    AppendHtml(sources_.channel.publisher_name, body);
    body += "</h1>\n<table>\n<tr><th>Section</th><th>Language</th><th>Feeds</th></tr>\n";
    for (const auto& [key, items] : listed) {
      body += "<tr><td>";
      AppendHtml(key.IsAll() ? news::kAllSections : std::string_view(key.section), body);
      body += "</td><td>";
      AppendHtml(key.language, body);
      body += "</td><td>";
      for (const FeedFormat* format : FeedFormats()) {
        body += "<a href=\"";
        AppendHtml(sources_.channel.FeedUrl(key, format->traits().extension), body);
        body += "\">";
        AppendHtml(format->traits().name, body);
        body += "</a> ";
      }
      body += "</td></tr>\n";
    }
    body += "</table>\n</body></html>\n";
  }
  const std::string etag = fmt::format("\"{}\"", ContentHashOf(body));
  const std::string cache_control =
      fmt::format("public, max-age={}", absl::ToInt64Seconds(sources_.max_age));
  // The list has no date, so that the clock has nothing to settle.
  const http::Verdict verdict =
      http::Evaluate(AskedOf(request).conditions, etag, /*get_or_head=*/true);
  if (verdict == http::Verdict::kPreconditionFailed) return PreconditionFailed();
  http::Response response{
      .status = 200,
      .head = http::HeaderBlock(
          {{"Content-Type", json ? "application/json; charset=utf-8" : "text/html; charset=utf-8"},
           {"ETag", etag},
           {"Cache-Control", cache_control},
           {"Vary", "Accept"}})};
  if (verdict == http::Verdict::kNotModified) {
    response.status = 304;
  } else {
    response.body = http::MakeBytes(std::move(body));
  }
  return response;
}

}  // namespace telex::feeds
