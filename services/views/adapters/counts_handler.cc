#include "views/adapters/counts_handler.h"

#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "news/wire/time_codec.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/http/get_only.h"
#include "platform/http/problem.h"
#include "platform/json/json.h"
#include "views/adapters/beacon_answers.h"
#include "views/adapters/routes.h"

namespace telex::views {
namespace {

constexpr std::size_t kValueBytesMax = 100;

absl::StatusOr<v1::ListTrendingRequest::Window> WindowNamed(std::string_view name) {
  if (name == "hour") return v1::ListTrendingRequest::WINDOW_HOUR;
  if (name == "day") return v1::ListTrendingRequest::WINDOW_DAY;
  if (name == "week") return v1::ListTrendingRequest::WINDOW_WEEK;
  return errors::FieldError("window", errors::kFieldInvalid, "hour, day or week");
}

}  // namespace

CountsHandler::CountsHandler(const ViewService& service, absl::Duration max_age)
    : service_(service),
      head_({{"Content-Type", "application/json"},
             {"Cache-Control", fmt::format("public, max-age={}", absl::ToInt64Seconds(max_age))},
             {"Access-Control-Allow-Origin", "*"},
             {"Cross-Origin-Resource-Policy", "cross-origin"}}) {}

http::Response CountsHandler::Handle(const http::Request& request) const {
  if (request.method == http::Method::kOptions) return *PreflightAnswer();
  if (auto refusal = http::RefuseAllButGet(request)) return *std::move(refusal);
  auto body = request.path.starts_with(kCountsPrefix)
                  ? Counts(request.path.substr(kCountsPrefix.size()))
                  : Trending(request.query);
  if (body.ok()) {
    return {.status = 200, .head = head_, .body = http::MakeBytes(*std::move(body) + "\n")};
  }
  return http::ProblemOf(body.status(), {{"Access-Control-Allow-Origin", "*"}});
}

absl::StatusOr<std::string> CountsHandler::Counts(std::string_view article) const {
  const auto id = ArticleOf(article);
  if (!id) return errors::FieldError("article", errors::kFieldInvalid, kArticleForm);
  const auto counts = service_.CountsOf(*id);
  if (!counts) return service_.NoSuchArticle("article");
  json::Value value = {{"article", counts->article()},
                       {"views", counts->views()},
                       {"views_today", counts->views_today()},
                       {"visitors_today", counts->visitors_today()},
                       {"printed_views", counts->printed_views()}};
  if (counts->has_as_of()) {
    value["as_of"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", news::FromProto(counts->as_of()),
                                      absl::UTCTimeZone());
  }
  return json::Write(value);
}

absl::StatusOr<std::string> CountsHandler::Trending(std::string_view query) const {
  const auto given = [query](std::string_view name) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(auto value, http::QueryValue(query, name, kValueBytesMax));
    return std::move(value).value_or("");
  };
  v1::ListTrendingRequest request;
  ASSIGN_OR_RETURN(*request.mutable_section(), given("section"));
  ASSIGN_OR_RETURN(*request.mutable_language(), given("language"));
  ASSIGN_OR_RETURN(const std::string window, given("window"));
  if (!window.empty()) {
    ASSIGN_OR_RETURN(const auto named, WindowNamed(window));
    request.set_window(named);
  }
  ASSIGN_OR_RETURN(const std::string size_text, given("page_size"));
  std::int32_t page_size = 0;
  if (!size_text.empty() && !absl::SimpleAtoi(size_text, &page_size)) {
    return errors::FieldError("page_size", errors::kFieldInvalid, "expects a number");
  }
  request.set_page_size(page_size);
  ASSIGN_OR_RETURN(const v1::ListTrendingResponse response, service_.ListTrending(request));
  json::Value stories = json::Value::array();
  for (const v1::TrendingStory& story : response.stories()) {
    stories.push_back({{"article", story.article()},
                       {"headline", story.headline()},
                       {"section", story.section()},
                       {"language", story.language()},
                       {"score", story.score()},
                       {"views", story.views()},
                       {"views_today", story.views_today()}});
  }
  return json::Write(
      {{"window", window.empty() ? "day" : window}, {"stories", std::move(stories)}});
}

}  // namespace telex::views
