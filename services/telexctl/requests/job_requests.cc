#include "telexctl/requests/job_requests.h"

#include <absl/time/time.h>
#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <charconv>

#include "news/language_tag.h"
#include "platform/text/ascii.h"
#include "telexctl/failures/failure.h"
#include "telexctl/requests/input.h"

namespace telex::cli {
namespace {

constexpr std::string_view kJobPrefix = "jobs/";
constexpr std::string_view kArticlePrefix = "articles/";
constexpr std::string_view kWorkflow = "WORKFLOW_";
constexpr std::string_view kJobState = "JOB_STATE_";
constexpr std::size_t kUuidSize = 36;

// Words and names of an enum's values, but for the UNSPECIFIED.
std::vector<std::string> WordsOf(const google::protobuf::EnumDescriptor& values,
                                 std::string_view prefix) {
  std::vector<std::string> words;
  for (int i = 0; i < values.value_count(); ++i) {
    if (values.value(i)->number() != 0)
      words.push_back(WordOfValue(values.value(i)->name(), prefix));
  }
  return words;
}

int ValueOf(const google::protobuf::EnumDescriptor& values, std::string_view prefix,
            std::string_view word) {
  std::string name = std::string(prefix) + text::AsciiUpper(word);
  std::ranges::replace(name, '-', '_');
  const auto* const value = values.FindValueByName(name);
  return value == nullptr ? 0 : value->number();
}

}  // namespace

absl::StatusOr<std::optional<std::string>> JobName(std::string_view text) {
  text = text::TrimAscii(text);
  if (text.starts_with(kJobPrefix)) text.remove_prefix(kJobPrefix.size());
  if (text.size() <= kUuidSize + 1 || text[kUuidSize] != '.') return std::nullopt;
  const auto article = ArticleName(text.substr(0, kUuidSize), Versions::kRefused);
  if (!article.ok()) return std::nullopt;
  auto job = JobOf(*article, text.substr(kUuidSize + 1));
  if (!job.ok()) return job.status();
  return std::optional(*std::move(job));
}

absl::StatusOr<std::string> JobOf(std::string_view article, std::string_view language) {
  const auto tag = Language(language);
  if (!tag.ok()) return tag.status();
  if (article.starts_with(kArticlePrefix)) article.remove_prefix(kArticlePrefix.size());
  return fmt::format("{}{}.{}", kJobPrefix, article, *tag);
}

std::string ArticleOf(std::string_view job) {
  if (job.starts_with(kJobPrefix)) job.remove_prefix(kJobPrefix.size());
  return fmt::format("{}{}", kArticlePrefix, job.substr(0, job.find('.')));
}

std::string LanguageOf(std::string_view job) {
  const std::size_t dot = job.find('.');
  return std::string(dot == job.npos ? std::string_view() : job.substr(dot + 1));
}

absl::StatusOr<std::string> Language(std::string_view text) {
  const auto tag = news::LanguageTag::Parse(text);
  if (tag) return tag->text();
  return Usage(fmt::format("{}: no language; write it as BCP 47 has it: en, ru, hy, pt-BR", text));
}

absl::StatusOr<jobs::LanguagePair> PairOf(std::string_view text) {
  text = text::TrimAscii(text);
  std::string_view rest = text.substr(text.rfind('/') == text.npos ? 0 : text.rfind('/') + 1);
  for (const char mark : {'.', ':', '>', '-'}) {
    const std::size_t at = rest.find(mark);
    if (at == rest.npos || rest.find(mark, at + 1) != rest.npos) continue;
    const auto from = news::LanguageTag::Parse(rest.substr(0, at));
    const auto to = news::LanguageTag::Parse(rest.substr(at + 1));
    if (!from || !to) continue;
    jobs::LanguagePair pair;
    pair.set_from(from->text());
    pair.set_to(to->text());
    return pair;
  }
  return Usage(
      fmt::format("{}: no pair of languages; write en.ru: from English into Russian", text));
}

std::string PairName(std::string_view from, std::string_view to) {
  return fmt::format("{}.{}", from, to);
}

absl::StatusOr<google::protobuf::Duration> Span(std::string_view text, std::string_view flag) {
  absl::Duration span;
  bool ok = false;
  if (text.ends_with('d')) {
    std::int64_t days = 0;
    const char* const end = text.data() + text.size() - 1;
    const auto [read, error] = std::from_chars(text.data(), end, days);
    ok = error == std::errc() && read == end && days < 10'000;
    span = absl::Hours(24 * days);
  } else {
    ok = absl::ParseDuration(absl::string_view(text.data(), text.size()), &span);
  }
  if (!ok || span <= absl::ZeroDuration() || span == absl::InfiniteDuration()) {
    return Usage(fmt::format("{}: {} is no span of time; write 45m, 2h, 1h30m or 3d", flag, text));
  }
  google::protobuf::Duration duration;
  duration.set_seconds(absl::ToInt64Seconds(span));
  duration.set_nanos(
      static_cast<int>(absl::ToInt64Nanoseconds(span - absl::Seconds(absl::ToInt64Seconds(span)))));
  return duration;
}

std::string WordOfValue(std::string_view name, std::string_view prefix) {
  if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  std::string word = text::AsciiLower(name);
  std::ranges::replace(word, '_', '-');
  return word;
}

const std::vector<std::string>& WorkflowWords() {
  static const auto words = WordsOf(*jobs::Workflow_descriptor(), kWorkflow);
  return words;
}

jobs::Workflow WorkflowOf(std::string_view word) {
  return static_cast<jobs::Workflow>(ValueOf(*jobs::Workflow_descriptor(), kWorkflow, word));
}

const std::vector<std::string>& JobStateWords() {
  static const auto words = WordsOf(*jobs::JobState_descriptor(), kJobState);
  return words;
}

jobs::JobState JobStateOf(std::string_view word) {
  return static_cast<jobs::JobState>(ValueOf(*jobs::JobState_descriptor(), kJobState, word));
}

absl::StatusOr<std::vector<Overruling>> Overrulings(const std::vector<std::string>& texts) {
  std::vector<Overruling> overrulings;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    const std::size_t colon = text.rfind(':', equals);
    if (equals == text.npos || colon == text.npos || colon == 0 || colon + 1 >= equals ||
        text::TrimAscii(std::string_view(text).substr(equals + 1)).empty()) {
      return Usage(
          fmt::format("--overrule: {} is not PLACE:CHECK=reason, as in "
                      "body.p2.s3:NUMBERS_DIFFER='a dozen is 12'; of all places '*:CHECK=reason'",
                      text),
          "telexctl translations check FILE shows places and checks");
    }
    overrulings.push_back(
        {.place = text.substr(0, colon),
         .check = text::AsciiUpper(std::string_view(text).substr(colon + 1, equals - colon - 1)),
         .reason = text.substr(equals + 1)});
  }
  return overrulings;
}

std::string TaggedOf(std::string_view plain) {
  std::string tagged;
  for (const char c : plain) {
    if (c == '&') {
      tagged += "&amp;";
    } else if (c == '<') {
      tagged += "&lt;";
    } else {
      tagged += c;
    }
  }
  return tagged;
}

}  // namespace telex::cli
