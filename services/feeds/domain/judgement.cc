#include "feeds/domain/judgement.h"

namespace telex::feeds {
namespace {

// The furthest of the client's tags that are ahead of what we have.
struct Newer {
  FeedTag tag;
  std::string_view opaque;
  bool usable = false;      // a copy, in a coding that the request accepts
  bool only_views = false;  // are newer in it; its stories are older than ours
};

bool IsAhead(Order order) { return order == Order::kAhead || order == Order::kConcurrent; }

struct Tags {
  std::string_view same;  // of a copy that has our bytes; empty: none
  std::optional<Newer> newer;
};

Tags LookThrough(const Asked& asked, const Own& own) {
  Tags found;
  http::EntityTagList tags(*asked.conditions.if_none_match);
  for (int seen = 0; seen < kTagsMax; ++seen) {
    const auto tag = tags.Next();
    if (!tag) break;
    auto copy = ParseOpaqueTag(tag->opaque);
    if (!copy) continue;
    const Verdict verdict = JudgeCopy(*copy, own);
    if (verdict == Verdict::kNotModified) found.same = tag->opaque;
    if (verdict != Verdict::kAwait) continue;
    const bool takedown = copy->IsTakedown();
    const bool usable = !takedown && http::Accepts(asked.accept_encoding, copy->coding);
    // Who is shown our copy has no use for that one.
    if (own.IsThere() && !takedown && !usable) continue;
    if (found.newer && Compare(copy->stamp, found.newer->tag.stamp) == Order::kBehind) continue;
    const bool only_views = Compare(copy->stamp, own.stamp) == Order::kBehind;
    found.newer = Newer{
        .tag = *std::move(copy), .opaque = tag->opaque, .usable = usable, .only_views = only_views};
  }
  return found;
}

Judgement OfNewer(const Newer& newer, bool time_to_wait) {
  if (time_to_wait) return {.verdict = Verdict::kAwait, .copy = newer.opaque};
  if (newer.only_views) return {.verdict = Verdict::kSend, .overdue = true};
  return {.verdict = newer.usable ? Verdict::kNotModified : Verdict::kBehind,
          .copy = newer.opaque,
          .overdue = true};
}

// Cheaper than to read the tags: a request that names none is judged by the first look.
bool MayNameTakedown(std::string_view if_none_match) {
  return if_none_match.find(kTakedownHash) != std::string_view::npos;
}

}  // namespace

Verdict JudgeCopy(const FeedTag& copy, const Own& own) {
  if (copy.resource != own.resource) return Verdict::kSend;
  const Order stories = Compare(copy.stamp, own.stamp);
  if (stories == Order::kUnrelated) return Verdict::kSend;
  if (IsAhead(stories) || IsAhead(CompareViews(copy.stamp, own.stamp))) return Verdict::kAwait;
  const bool more_than_we_know =
      stories == Order::kEqual && own.stamp.views.empty() && !copy.stamp.views.empty();
  return copy.coding == own.coding && (copy.hash == own.hash || more_than_we_know)
             ? Verdict::kNotModified
             : Verdict::kSend;
}

Judgement Judge(const Asked& asked, const Own& own, bool time_to_wait) {
  const auto& if_none_match = asked.conditions.if_none_match;
  const http::Verdict verdict = http::Evaluate(asked.conditions, own.etag, /*get_or_head=*/true);
  if (verdict == http::Verdict::kPreconditionFailed) {
    return {.verdict = Verdict::kPreconditionFailed};
  }
  if (!if_none_match) return {};
  const bool ours = verdict == http::Verdict::kNotModified;
  if (ours && !MayNameTakedown(*if_none_match)) return {.verdict = Verdict::kNotModified};

  const Tags tags = LookThrough(asked, own);
  if (tags.newer && tags.newer->tag.IsTakedown()) return OfNewer(*tags.newer, time_to_wait);
  if (ours) return {.verdict = Verdict::kNotModified};
  if (!tags.same.empty()) return {.verdict = Verdict::kNotModified, .copy = tags.same};
  if (tags.newer) return OfNewer(*tags.newer, time_to_wait);
  return {};
}

Judgement JudgeAbsent(const Asked& asked, const Stamp& stamp, ResourceNumber resource,
                      bool time_to_wait) {
  if (!asked.conditions.if_none_match) return {};
  const Tags tags = LookThrough(asked, {.stamp = stamp, .resource = resource});
  return tags.newer ? OfNewer(*tags.newer, time_to_wait) : Judgement{};
}

}  // namespace telex::feeds
