// How many segments a correction sends to engines: a story of 150 sentences, translated into five
// languages; one word of it corrected, a paragraph moved, a paragraph removed and taken back. And
// what it costs to open a story of 1 kB, and to check and put together what came of it.
//   telex-bench-segments-sent --sentences 150 --rounds 200
#include <fmt/format.h>

#include <array>
#include <span>
#include <string>
#include <vector>

#include "tests/benchmark/cost.h"
#include "tests/benchmark/die.h"
#include "tests/benchmark/english_story.h"
#include "tests/benchmark/flags.h"
#include "tests/benchmark/samples.h"
#include "tests/benchmark/stories.h"
#include "translation/adapters/text/job_text.h"

namespace {

using namespace telex;
using namespace telex::translation;

constexpr std::array<std::string_view, 5> kInto = {"es", "hy", "ru", "fr", "de"};
constexpr std::size_t kParagraphSentences = 5;

using Sentences = std::vector<std::string>;

news::Article StoryOf(const Sentences& sentences, std::int64_t version) {
  news::Article article = bench::Story(1, 1, 1);
  article.version = {version};
  article.content.language = *news::LanguageTag::Parse("en");
  article.content.headline = "Boats and harbours";
  article.content.body_html.clear();
  for (std::size_t n = 0; n < sentences.size(); ++n) {
    article.content.body_html += n % kParagraphSentences == 0 ? "<p>" : " ";
    article.content.body_html += sentences[n];
    if ((n + 1) % kParagraphSentences == 0 || n + 1 == sentences.size())
      article.content.body_html += "</p>\n";
  }
  return article;
}

// One language's translations, the newest first.
class Translated {
 public:
  explicit Translated(std::string_view language) : to_(*news::LanguageTag::Parse(language)) {}

  // The version comes in and is translated: how many segments an engine was asked for.
  int Translate(const news::Article& article) {
    std::vector<const v1::Translation*> newest;
    for (auto one = translations_.rbegin(); one != translations_.rend(); ++one)
      newest.push_back(&*one);
    const std::span<const v1::Translation* const> all(newest);
    const JobText job =
        bench::OrDie("open", OpenJobText({.article = article,
                                          .to = to_,
                                          .before = all.empty() ? nullptr : all.front(),
                                          .earlier = all.empty() ? all : all.subspan(1),
                                          .recall = {}}));
    std::vector<DoneSegment> done = OfferedSegments(job);
    const std::size_t offered = done.size();
    for (const JobTextSegment& segment : job.segments) {
      if (!segment.segment.target().empty()) continue;
      done.push_back({.place = segment.segment.place(),
                      .target = segment.segment.source(),
                      .origin = v1::ORIGIN_ENGINE,
                      .engine = "fake",
                      .overruled = {}});
    }
    const int sent = static_cast<int>(done.size() - offered);
    Keep(job, done);
    return sent;
  }

 private:
  void Keep(const JobText& job, const std::vector<DoneSegment>& done) {
    v1::Translation translation;
    translation.set_version(job.version.number);
    translation.set_language(to_.text());
    translation.set_from(job.from.text());
    translation.set_standing(v1::STANDING_MACHINE);
    for (const JobTextSegment& segment : job.segments)
      *translation.mutable_text()->add_segments() = segment.segment;
    for (const DoneSegment& one : done) {
      for (v1::Segment& segment : *translation.mutable_text()->mutable_segments()) {
        if (segment.place() == one.place) segment.set_target(one.target);
      }
    }
    translations_.push_back(std::move(translation));
  }

  const news::LanguageTag to_;
  std::vector<v1::Translation> translations_;
};

// Medians of CPU.
std::string TextCosts(std::int64_t rounds) {
  const news::Article article = bench::EnglishStory(1);
  const news::LanguageTag to = *news::LanguageTag::Parse("es");
  bench::Samples open_us;
  bench::Samples finish_us;
  const auto now = [] { return bench::CpuSeconds(CLOCK_THREAD_CPUTIME_ID) * 1e6; };
  for (std::int64_t round = 0; round < rounds; ++round) {
    const double start = now();
    const JobText job = bench::OrDie("open", OpenJobText({.article = article, .to = to}));
    open_us.Add(now() - start);
    std::vector<DoneSegment> done;
    for (const JobTextSegment& segment : job.segments) {
      done.push_back({.place = segment.segment.place(),
                      .target = std::string(bench::SpanishOf(segment.segment.source())),
                      .engine = {},
                      .overruled = {}});
    }
    const double opened = now();
    bench::OrDie("finish", FinishJobText(job, done, "bench", nullptr).status());
    finish_us.Add(now() - opened);
  }
  return fmt::format("\"open_us\":{:.1f},\"finish_us\":{:.1f}", open_us.Percentile(0.5),
                     finish_us.Percentile(0.5));
}

}  // namespace

int main(int argc, char** argv) {
  bench::Flags flags(argc, argv);
  const auto sentences = static_cast<std::size_t>(flags.Integer("sentences", 150));
  const std::int64_t rounds = flags.Integer("rounds", 200);
  flags.Finish();
  Sentences text;
  for (std::size_t n = 0; n < sentences; ++n)
    text.push_back(fmt::format("Boat {} leaves the harbour before noon.", n + 1));
  const auto paragraph = static_cast<std::ptrdiff_t>(kParagraphSentences);

  std::vector<Translated> languages(kInto.begin(), kInto.end());
  std::int64_t version = 0;
  const auto translate = [&] {
    const news::Article article = StoryOf(text, ++version);
    int sent = 0;
    for (Translated& language : languages) sent += language.Translate(article);
    return sent;
  };
  const int all = translate();
  text[sentences / 2] = "Boat 76 leaves the harbour after noon.";
  const int corrected = translate();
  std::ranges::rotate(text, text.begin() + paragraph);
  const int moved = translate();
  const Sentences whole = text;
  text.erase(text.begin() + 2 * paragraph, text.begin() + 3 * paragraph);
  const int removed = translate();
  text = whole;
  const int taken_back = translate();
  fmt::print(
      "{{\"languages\":{},\"all\":{},\"one_word\":{},\"moved\":{},\"removed\":{},\"taken_back\":{},"
      "{}}}\n",
      languages.size(), all, corrected, moved, removed, taken_back, TextCosts(rounds));
  return 0;
}
