#include "translation/adapters/store/publication.h"

#include <utility>

#include "news/article_name.h"
#include "translation/adapters/text/job_text.h"

namespace telex::translation {
namespace {

v1::Standing StandingFor(Publish what, const v1::Text& text) {
  switch (what) {
    case Publish::kTranslation:
      return StandingOf(text);
    case Publish::kApproved:
    case Publish::kReplaced:
      return v1::STANDING_REVIEWED;
    case Publish::kRejected:
      return v1::STANDING_REJECTED;
  }
  return v1::STANDING_MACHINE;
}

}  // namespace

v1::Translation TranslationOf(const Publication& publication, const PublishedFact& of,
                              v1::Text text) {
  const JobFact& fact = of.fact;
  if (publication.what == Publish::kApproved) {
    for (v1::Segment& segment : *text.mutable_segments()) segment.set_reviewed(true);
  }
  v1::Translation translation;
  translation.set_article(news::NameOf(fact.job.article));
  translation.set_version(publication.version.number);
  translation.set_language(fact.job.language.text());
  translation.set_from(publication.from.text());
  translation.set_revision(of.position);
  translation.set_standing(StandingFor(publication.what, text));
  translation.set_actor(fact.actor);
  translation.set_time_ms(of.append_ms);
  translation.set_replaces(publication.text);
  if (!of.source.empty()) translation.set_source("sources/" + of.source);
  *translation.mutable_text() = std::move(text);
  return translation;
}

}  // namespace telex::translation
