#include <fmt/format.h>

#include "telexctl/commands/command.h"
#include "telexctl/context.h"
#include "telexctl/failures/failure.h"
#include "telexctl/views/feed_view.h"

namespace telex::cli {
namespace {

constexpr const char* kJson = "application/json";

struct ShowFlags {
  std::string feed;
  std::string format;  // empty: a table
  bool raw = false;
};

absl::StatusOr<std::string> Fetch(const std::string& url, const char* accept, Context& context) {
  return context.retrier().Run(url, [&]() -> absl::StatusOr<std::string> {
    auto answer = context.http().Get(url, accept);
    if (!answer.ok()) return answer.status();
    if (answer->status != 200) return FailureOf(*answer, url);
    return std::move(answer->body);
  });
}

absl::Status Show(const ShowFlags& flags, Context& context) {
  constexpr std::string_view kNameCharacters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
  if (flags.feed.find('.') == std::string::npos ||
      flags.feed.find_first_not_of(kNameCharacters) != std::string::npos) {
    return Usage(fmt::format("{}: feeds are named SECTION.LANGUAGE: world.en, all.hy", flags.feed));
  }
  if (flags.format.find_first_not_of(kNameCharacters) != std::string::npos) {
    return Usage(fmt::format("{}: telexctl feeds list shows the formats there are", flags.format));
  }
  const bool table = flags.format.empty() && !flags.raw && !context.output().json();
  const auto body = Fetch(fmt::format("{}/feeds/{}.{}", context.options().feeds_url, flags.feed,
                                      flags.format.empty() ? "json" : flags.format),
                          "*/*", context);
  if (!body.ok()) return body.status();
  if (!table) {
    context.output().Text(*body);
    return absl::OkStatus();
  }
  const auto items = FeedTable(*body);
  if (!items.ok()) return items.status();
  context.output().Show(*items);
  return absl::OkStatus();
}

absl::Status ListFeeds(Context& context) {
  const auto body = Fetch(context.options().feeds_url + "/", kJson, context);
  if (!body.ok()) return body.status();
  if (context.output().json()) {
    context.output().Text(*body);
    return absl::OkStatus();
  }
  const auto feeds = FeedListTable(*body);
  if (!feeds.ok()) return feeds.status();
  context.output().Show(*feeds);
  return absl::OkStatus();
}

}  // namespace

void AddFeeds(Command& program) {
  Command feeds = program.AddGroup("feeds", "what partners are served",
                                   "telexctl feeds list\n  telexctl feeds show world.en");
  feeds.Add("list", "the feeds there are", "telexctl feeds list", ListFeeds);
  const auto flags = std::make_shared<ShowFlags>();
  Command show =
      feeds.Add("show", "one feed, as a table; with --format or --raw as it is served",
                "telexctl feeds show world.en\n  telexctl feeds show all.hy --format rss",
                [=](Context& context) { return Show(*flags, context); });
  show.Text("FEED", flags->feed, "SECTION.LANGUAGE; the section `all` is every one").Required();
  show.Text("--format", flags->format,
            "as it is served; telexctl feeds list shows the formats there are");
  show.Switch("--raw", flags->raw, "the JSON Feed as it is served");
}

}  // namespace telex::cli
