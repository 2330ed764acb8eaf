// Stories and translations of them, as tests of jobs' texts write them.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/unit/translation/queued.h"
#include "translation/adapters/text/job_text.h"

namespace telex::translation {

inline const news::LanguageTag kEs = Language("es");

inline news::Article StoryOf(std::string_view headline, std::string body_html,
                             std::int64_t version = 1) {
  news::Article article{.id = news::ArticleId::Of("source", "1"), .version = {version}};
  article.content.headline = headline;
  article.content.body_html = std::move(body_html);
  article.content.language = Language("en");
  return article;
}

inline JobText Opened(const JobTextParts& parts) {
  auto job = OpenJobText(parts);
  EXPECT_TRUE(job.ok()) << job.status();
  return job.ok() ? *std::move(job) : JobText();
}

// "Boats leave harbour 7." as "Los barcos salen del puerto 7.", with whatever tags: what the checks
// let pass.
inline std::string SentenceOf(int number) { return fmt::format("Boats leave harbour {}.", number); }
inline std::string SpanishOf(std::string text) {
  for (const auto& [from, to] : {std::pair{"Boats leave harbour", "Los barcos salen del puerto"},
                                 {"Ships left harbour", "Los buques dejaron el puerto"},
                                 {"Prices rise", "Suben los precios"}}) {
    if (const std::size_t at = text.find(from); at != text.npos)
      text.replace(at, std::string_view(from).size(), to);
  }
  return text;
}

// All that is offered, and each segment that has no target, translated; `engine`: by whom.
inline std::vector<DoneSegment> Done(const JobText& job, std::string engine = "") {
  std::vector<DoneSegment> done = OfferedSegments(job);
  for (const JobTextSegment& segment : job.segments) {
    if (!segment.segment.target().empty()) continue;
    done.push_back({.place = segment.segment.place(),
                    .target = SpanishOf(segment.segment.source()),
                    .engine = engine,
                    .overruled = {}});
  }
  return done;
}

inline v1::Text Finished(const JobText& job, const std::vector<DoneSegment>& done,
                         std::string_view actor = "ana") {
  auto finished = FinishJobText(job, done, actor, nullptr);
  EXPECT_TRUE(finished.ok()) << finished.status();
  return finished.ok() ? std::move(finished->text) : v1::Text();
}

inline v1::Translation TranslationOf(const JobText& job, v1::Text text) {
  v1::Translation translation;
  translation.set_version(job.version.number);
  translation.set_language(job.to.text());
  translation.set_from(job.from.text());
  translation.set_standing(StandingOf(text));
  *translation.mutable_text() = std::move(text);
  return translation;
}

inline const JobTextSegment& SegmentAt(const JobText& job, std::string_view place) {
  for (const JobTextSegment& segment : job.segments) {
    if (segment.segment.place() == place) return segment;
  }
  ADD_FAILURE() << "no segment " << place;
  return job.segments.front();
}

}  // namespace telex::translation
