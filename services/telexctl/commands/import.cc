#include <absl/time/clock.h>
#include <fmt/format.h>

#include <iostream>

#include "telexctl/commands/command.h"
#include "telexctl/commands/import_steps.h"
#include "telexctl/context.h"
#include "telexctl/failures/failure.h"
#include "telexctl/requests/document_text.h"
#include "telexctl/requests/input.h"
#include "telexctl/requests/request_id.h"
#include "telexctl/views/article_view.h"
#include "telexctl/views/result_view.h"

namespace telex::cli {
namespace {

constexpr std::size_t kDocumentBytesMax = 4 << 20;

struct ImportFlags {
  std::string file;
  std::string source;
  std::string key;
  std::string media_type = "text/plain";
  bool strict = false;
  bool validate_only = false;
};

// Whether this is the correction of a story that stands is for a person to say; and how.
void AddSimilar(const pb::ImportDocumentResponse::Item& item, bool validate_only,
                const Context& context, Fields& fields) {
  const auto& similar = item.similar();
  fields.emplace_back("warning",
                      fmt::format("{} has nearly the same text and date: '{}'{}{}", similar.name(),
                                  similar.headline(), similar.canonical_url().empty() ? "" : ", ",
                                  similar.canonical_url()));
  std::string correct = context.LineWith("--key", similar.key());
  if (!validate_only && item.verdict() == pb::VERDICT_ACCEPTED) {
    correct +=
        fmt::format("; and take this one back: telexctl articles kill {} --reason 'sent twice'",
                    item.article().name());
  }
  fields.emplace_back("as its correction", correct);
}

void ShowItem(const pb::ImportDocumentResponse::Item& item, bool validate_only, Context& context) {
  const pb::Article& article = item.article();
  const std::string& feeds = context.options().feeds_url;
  Fields fields = {{"article", article.name()},
                   {"headline", article.headline()},
                   {"verdict", VerdictText(item, validate_only ? Call::kValidated : Call::kWrote)},
                   {"reason", item.reason()},
                   {"status", StatusWord(article)},
                   {"byline", article.byline()},
                   {"section", article.section()},
                   {"language", article.language()},
                   {"source", article.source()},
                   {"key", article.key()},
                   {"published", TimeText(article.has_published(), article.published())}};
  for (const std::string& warning : item.warnings()) fields.emplace_back("warning", warning);
  if (item.has_similar()) AddSimilar(item, validate_only, context, fields);
  fields.emplace_back("RSS", FeedUrl(feeds, article, "rss"));
  fields.emplace_back("JSON Feed", FeedUrl(feeds, article, "json"));
  fields.emplace_back("ninjs", ArticleUrl(feeds, article));
  context.output().Show(fields);
}

absl::Status RunImport(const ImportFlags& flags, Context& context) {
  auto document = ReadInput(flags.file, kDocumentBytesMax, std::cin);
  if (document.ok()) document = DocumentText(*std::move(document));
  if (!document.ok()) return AboutFile(document.status(), flags.file);
  const auto api = context.api();
  if (!api.ok()) return api.status();
  ImportOrder order{.document = *std::move(document),
                    .media_type = flags.media_type,
                    .source = flags.source.empty() ? "" : SourceName(flags.source),
                    .key = flags.key,
                    .strict = flags.strict,
                    .validate_only = flags.validate_only};
  const auto response =
      Import(**api, std::move(order),
             {.new_request_id = NewRequestId,
              .line_with = [&](std::string_view flag,
                               std::string_view value) { return context.LineWith(flag, value); },
              .tell = [&](std::string_view line) { context.output().Note(line); },
              .sleep = [](absl::Duration pause) { absl::SleepFor(pause); }});
  if (!response.ok()) return AboutFile(response.status(), flags.file);
  if (context.output().json()) {
    context.output().Json(*response);
  } else {
    for (int i = 0; i < response->items_size(); ++i) {
      if (i > 0) context.output().Text("\n");
      ShowItem(response->items(i), flags.validate_only, context);
    }
  }
  return OutcomeOf(*response, flags.validate_only);
}

}  // namespace

void AddImport(Command& program) {
  const auto flags = std::make_shared<ImportFlags>();
  Command import = program.Add(
      "import",
      "submits a document, such as a page copied from a browser; makes its source when there is "
      "none, and says so",
      "telexctl import page.txt\n  telexctl import - --validate-only <page.txt",
      [=](Context& context) { return RunImport(*flags, context); });
  import.Text("FILE", flags->file, "- is standard input").Required();
  import.Text("--source", flags->source, "whose it is, instead of what the document says");
  import.Text("--key", flags->key, "the story's key within its source");
  import.Text("--media-type", flags->media_type, "of the document").ShowDefault();
  import.Switch("--strict", flags->strict,
                "refuses, and says what to do, where a source or a key is missing");
  import.Switch("--validate-only", flags->validate_only, "says what would be made; makes nothing");
}

}  // namespace telex::cli
