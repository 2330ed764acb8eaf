#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "telexctl/commands/article_name.h"
#include "telexctl/commands/job_name.h"
#include "telexctl/commands/translation_commands.h"
#include "telexctl/context.h"
#include "telexctl/requests/job_requests.h"
#include "telexctl/views/translation_view.h"

namespace telex::cli {
namespace {

absl::Status GetTranslation(const JobOperands& operands, bool with_segments, Context& context) {
  const auto name = FindJob(operands, context);
  if (!name.ok()) return name.status();
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  jobs::GetTranslationRequest request;
  request.set_article(ArticleOf(*name));
  request.set_language(LanguageOf(*name));
  const auto translation = (*api)->GetTranslation(request);
  if (!translation.ok()) return translation.status();
  Output& output = context.output();
  if (output.json()) {
    output.Json(*translation);
    return absl::OkStatus();
  }
  output.Show(DescribeTranslation(*translation));
  if (with_segments) {
    output.Text(SegmentsText(*translation));
  } else {
    output.Body(translation->text().body_html());
  }
  return absl::OkStatus();
}

absl::Status ListTranslations(const std::string& article, Context& context) {
  auto name = FindArticle(article, Versions::kRefused, context);
  if (!name.ok()) return name.status();
  const auto api = context.translations();
  if (!api.ok()) return api.status();
  jobs::ListTranslationsRequest request;
  request.set_article(*std::move(name));
  const auto list = (*api)->ListTranslations(request);
  if (!list.ok()) return list.status();
  if (context.output().json()) {
    context.output().JsonList(*list);
    return absl::OkStatus();
  }
  context.output().Show(TranslationTable(*list));
  if (list->translations().empty()) {
    context.output().Note(
        fmt::format("It has none. next: telexctl translations queue --article {}", article));
  }
  return absl::OkStatus();
}

}  // namespace

void AddTranslationReading(Command& translations) {
  const auto read = std::make_shared<JobOperands>();
  const auto with_segments = std::make_shared<bool>(false);
  Command get = translations.Add(
      "get", "the translation that is published",
      "telexctl translations get 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2 ru --segments",
      [=](Context& context) { return GetTranslation(*read, *with_segments, context); });
  AddJobOperands(get, *read);
  get.Switch("--segments", *with_segments, "each segment beside its source, and whose it is");

  const auto article = std::make_shared<std::string>();
  Command list =
      translations.Add("list", "the translations of an article",
                       "telexctl translations list 5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2",
                       [=](Context& context) { return ListTranslations(*article, context); });
  list.Text("ARTICLE", *article,
            "articles/UUID, the bare UUID, urn:uuid:UUID, or its address at Telex or at its source")
      .Required();
}

}  // namespace telex::cli
