#include "feeds/adapters/feeds_handler.h"

#include <fmt/format.h>

#include <mutex>

#include "feeds/formats/json_writer.h"
#include "feeds/formats/text.h"
#include "platform/errors/reasons.h"
#include "platform/http/conditional.h"

namespace telex::feeds {
namespace {

constexpr std::string_view kFeedsPath = "/feeds/";
constexpr std::string_view kArticlesPath = "/articles/";
constexpr std::string_view kArticleSuffix = ".json";

http::Response NotFound(std::string_view reason, std::string_view detail) {
  return http::Problem(404, reason, "Not Found", detail);
}

Coding CodingFor(const http::Request& request) {
  const auto chosen = http::NegotiateCoding(request.Find("accept-encoding"));
  if (chosen == http::Coding::kBrotli) return Coding::kBrotli;
  if (chosen == http::Coding::kGzip) return Coding::kGzip;
  return Coding::kIdentity;
}

}  // namespace

std::string_view RouteOf(std::string_view path) {
  if (path.starts_with(kFeedsPath)) return "feed";
  if (path.starts_with(kArticlesPath)) return "article";
  return path == "/" ? "index" : "other";
}

FeedsHandler::FeedsHandler(PageSources& sources, Serving& serving)
    : sources_(sources), serving_(serving) {}

void FeedsHandler::Handle(const http::Request& request, http::Responder responder) {
  if (request.method != http::Method::kGet && request.method != http::Method::kHead) {
    responder.Send(http::Problem(405, errors::kMethodNotAllowed, "Method Not Allowed",
                                 "Only GET and HEAD.", {{"Allow", "GET, HEAD"}}));
    return;
  }
  if (!sources_.feeds.serving()) {
    responder.Send(http::Problem(503, errors::kNotCaughtUp, "Service Unavailable",
                                 "This replica is still reading the log.", {{"Retry-After", "2"}}));
    return;
  }
  std::shared_ptr<Page> page = FindKnown(request.path);
  if (!page) {
    if (request.path == "/") {
      responder.Send(Index(request));
      return;
    }
    http::Response why_not = NotFound(errors::kPathNotFound, "There is nothing at this address.");
    if (request.path.starts_with(kFeedsPath)) {
      page = FindFeedPage(request.path, why_not);
    } else if (request.path.starts_with(kArticlesPath)) {
      page = FindArticlePage(request.path, why_not);
    }
    if (!page) {
      responder.Send(std::move(why_not));
      return;
    }
  }
  serving_.Serve(std::move(page),
                 {.coding = CodingFor(request),
                  .if_none_match = request.Find("if-none-match").value_or(""),
                  .if_modified_since = request.Find("if-modified-since").value_or(""),
                  .responder = std::move(responder)});
}

std::shared_ptr<Page> FeedsHandler::FindKnown(std::string_view path) {
  std::shared_lock lock(mutex_);
  const auto feed = feeds_.find(path);
  if (feed != feeds_.end()) return feed->second;
  const auto article = articles_.find(path);
  return article == articles_.end() ? nullptr : article->second;
}

std::shared_ptr<Page> FeedsHandler::FindFeedPage(std::string_view path, http::Response& why_not) {
  const std::string_view name = path.substr(kFeedsPath.size());
  const auto dot = name.rfind('.');
  const FeedFormat* format =
      dot == std::string_view::npos ? nullptr : FindFeedFormat(name.substr(dot + 1));
  if (format == nullptr) {
    why_not = NotFound(errors::kFormatNotFound,
                       "Feeds are addressed as /feeds/{section|all}.{language}.{format}; there is "
                       "no such format.");
    return nullptr;
  }
  const auto key = FeedKey::Parse(name.substr(0, dot));
  const auto feed = key ? sources_.feeds.FindFeed(*key) : std::nullopt;
  if (!feed) {
    why_not = NotFound(errors::kFeedNotFound,
                       "No story was published in this section and language; / lists the feeds.");
    return nullptr;
  }
  std::unique_lock lock(mutex_);
  auto& page = feeds_[std::string(path)];
  if (!page) page = std::make_shared<FeedPage>(sources_, *key, feed->first, *feed->second, *format);
  return page;
}

std::shared_ptr<Page> FeedsHandler::FindArticlePage(std::string_view path,
                                                    http::Response& why_not) {
  std::string_view name = path.substr(kArticlesPath.size());
  if (!name.ends_with(kArticleSuffix)) {
    why_not = NotFound(errors::kFormatNotFound, "Articles are addressed as /articles/{id}.json.");
    return nullptr;
  }
  name.remove_suffix(kArticleSuffix.size());
  const auto id = news::ArticleId::Parse(name);
  // Also what is not there has no page, so that nobody can fill the table with names.
  const auto standing = id ? sources_.feeds.Find(*id) : std::nullopt;
  if (!standing || !standing->was_published) {
    why_not = NotFound(errors::kArticleNotFound, "There is no such article.");
    return nullptr;
  }
  auto page = std::make_shared<ArticlePage>(sources_, *id);
  if (name != id->ToString()) return page;  // another spelling: served, not kept
  std::unique_lock lock(mutex_);
  if (articles_.size() >= kArticlePagesMax) articles_.erase(articles_.begin());
  return articles_.try_emplace(std::string(path), std::move(page)).first->second;
}

http::Response FeedsHandler::Index(const http::Request& request) const {
  const auto listed = sources_.feeds.List();
  const std::string_view accept = request.Find("accept").value_or("");
  const bool json = accept.find("application/json") != std::string_view::npos &&
                    accept.find("text/html") == std::string_view::npos;
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
  http::Response response{
      .status = 200,
      .head = http::HeaderBlock(
          {{"Content-Type", json ? "application/json; charset=utf-8" : "text/html; charset=utf-8"},
           {"ETag", etag},
           {"Cache-Control", cache_control},
           {"Vary", "Accept"}})};
  if (request.Find("if-none-match") == etag) {
    response.status = 304;
  } else {
    response.body = http::MakeBytes(std::move(body));
  }
  return response;
}

}  // namespace telex::feeds
