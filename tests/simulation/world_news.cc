// What is submitted.
#include "news/content_hash.h"
#include "tests/simulation/world.h"

namespace telex::simulation {

using namespace telex::ingestion;

SetContent World::RandomContent(int story) {
  static const news::SourceId source = *news::SourceId::Parse("source");
  static const news::LanguageTag english = *news::LanguageTag::Parse("en");
  static const std::array<news::Section, 3> sections = {*news::Section::Parse("section-0"),
                                                        *news::Section::Parse("section-1"),
                                                        *news::Section::Parse("section-2")};
  static const std::array<std::string, 4> headlines = {"One", "Two", "Three", "Four"};
  SetContent set;
  set.source = source;
  set.source_name = "Source";
  set.key = "key";
  set.content.headline = headlines[random_.Below(headlines.size())];
  set.content.body_html = "<p>b</p>";
  set.content.section = sections[random_.Below(sections.size())];
  set.content.language = english;
  set.content.terms = {"terms", "Source", "https://example.com/"};
  // On whole ten seconds, so that a correction often keeps the embargo of the version before.
  if (random_.Chance(40))
    set.content.embargoed = absl::FromUnixMillis((clock_ms_ / 10'000 + random_.Below(4)) * 10'000);
  if (random_.Chance(25))
    set.content.expires = absl::FromUnixMillis(clock_ms_ + random_.Below(90'000) - 10'000);
  if (random_.Chance(50)) {
    set.upstream = Upstream{.hash = news::ContentHash(set.content), .time = std::nullopt};
    if (random_.Chance(50))
      set.upstream->time = absl::FromUnixMillis(clock_ms_ - random_.Below(30'000));
    set.edited_policy = random_.Chance(50) ? EditedPolicy::kHold : EditedPolicy::kApply;
  } else if (random_.Chance(60)) {
    const Replica& edge = replicas_[random_.Below(std::uint64_t{kReplicas})];
    const ArticlePtr& head = edge.store->article(story);
    set.base = head != nullptr ? head->article.version : news::Version{};
  }
  return set;
}

Submission World::RandomSubmission() {
  Submission submission;
  // Of the next release; else of this one, and of an older one's edge.
  submission.rule = random_.Chance(50) ? 4 : 1;
  if (random_.Chance(faults_.new_rule_percent)) submission.rule = kNextRule;
  if (random_.Chance(faults_.new_values_percent)) submission.rule = kNextValuesRule;
  submission.time = ClockOf(replicas_[random_.Below(std::uint64_t{kReplicas})]);
  submission.actor = random_.Chance(50) ? "editor" : "source";
  if (random_.Chance(faults_.request_percent)) {
    submission.request_id = fmt::format("request-{}", random_.Chance(faults_.request_repeat_percent)
                                                          ? random_.Below(faults_.request_ids)
                                                          : 100 + next_request_++);
  }
  if (random_.Chance(5)) {
    Source source;
    source.id = SourceOf(kStories + random_.Below(kSources));
    source.display_name = fmt::format("Source {}", random_.Below(3));
    submission.subject = source.id;
    SetSource set{.source = std::move(source)};
    if (random_.Chance(50)) set.base = news::Version{random_.Below(4)};
    submission.action = std::move(set);
    return submission;
  }
  const int story = random_.Below(faults_.stories);
  submission.subject = StoryOf(story);
  const int roll = random_.Below(97);
  if (roll < 70) {
    submission.action = RandomContent(story);
  } else if (roll < 78) {
    submission.action = Withhold{.reason = "doubt"};
  } else if (roll < 85) {
    submission.action = Kill{.reason = "wrong"};
  } else {
    submission.action = Reinstate{};
  }
  return submission;
}

void World::Submit() {
  const Submission submission = RandomSubmission();
  const int copies = random_.Chance(5) ? 2 : 1;  // an edge that repeats itself
  for (int i = 0; i < copies; ++i) Append(submission);
  if (IndexOf(submission.subject) >= kStories || !random_.Chance(faults_.purge_percent)) return;
  Submission purge = submission;
  purge.request_id.clear();
  const auto* set = std::get_if<SetContent>(&submission.action);
  purge.action = Purge{.reason = "forget",
                       .link = "https://example.com/",
                       .base = set != nullptr ? set->base : std::nullopt};
  Append(purge);
}

void World::Append(const Submission& submission) {
  const int partition = PartitionOf(IndexOf(submission.subject));
  Log<SubmissionRecord>& log = broker_.of(partition).submissions;
  if (random_.Chance(faults_.unreadable_percent)) {
    Trace("submitted {}/{}: bytes that nobody can read", partition, log.end());
    log.Append(Encode(std::nullopt, partition, log.end(), clock_ms_));
    ++report_.unreadable;
  }
  Trace("submitted {}/{}: {}", partition, log.end(), submission);
  log.Append(OfItsRelease(Encode(submission, partition, log.end(), clock_ms_)));
  ++report_.submissions;
}

}  // namespace telex::simulation
