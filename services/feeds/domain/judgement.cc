#include "feeds/domain/judgement.h"

namespace telex::feeds {
namespace {

// For a request that RFC 9110 alone would answer by 200.
Judgement JudgeCopies(std::string_view if_none_match, const Asked& asked, const Own& own,
                      bool time_to_wait) {
  Judgement judgement;
  http::EntityTagList tags(if_none_match);
  for (int seen = 0; seen < kTagsMax; ++seen) {
    const auto tag = tags.Next();
    if (!tag) break;
    const auto copy = ParseOpaqueTag(tag->opaque);
    if (!copy) continue;
    switch (JudgeCopy(*copy, own)) {
      case Verdict::kNotModified:
        return {.verdict = Verdict::kNotModified, .copy = tag->opaque};
      case Verdict::kAwait:
        if (!http::Accepts(asked.accept_encoding, copy->coding)) break;
        judgement =
            time_to_wait
                ? Judgement{.verdict = Verdict::kAwait, .copy = tag->opaque}
                : Judgement{.verdict = Verdict::kNotModified, .copy = tag->opaque, .overdue = true};
        break;
      case Verdict::kSend:
      case Verdict::kPreconditionFailed:
        break;
    }
  }
  return judgement;
}

}  // namespace

Verdict JudgeCopy(const FeedTag& copy, const Own& own) {
  if (copy.resource != own.resource) return Verdict::kSend;
  switch (Compare(copy.stamp, own.stamp)) {
    case Order::kEqual:
    case Order::kBehind:
      return copy.hash == own.hash && copy.coding == own.coding ? Verdict::kNotModified
                                                                : Verdict::kSend;
    case Order::kAhead:
    case Order::kConcurrent:
      return Verdict::kAwait;
    case Order::kUnrelated:
      return Verdict::kSend;
  }
  return Verdict::kSend;
}

Judgement Judge(const Asked& asked, const Own& own, bool time_to_wait) {
  switch (http::Evaluate(asked.conditions, own.etag, /*get_or_head=*/true)) {
    case http::Verdict::kPreconditionFailed:
      return {.verdict = Verdict::kPreconditionFailed};
    case http::Verdict::kNotModified:
      return {.verdict = Verdict::kNotModified};
    case http::Verdict::kProceed:
      break;
  }
  if (!asked.conditions.if_none_match) return {};
  return JudgeCopies(*asked.conditions.if_none_match, asked, own, time_to_wait);
}

}  // namespace telex::feeds
