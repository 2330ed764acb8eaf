#include "translation/domain/resource_chain.h"

#include <algorithm>

namespace telex::translation {

ResourceOutcome ResourceChain::Take(const ResourceProposal& proposal) {
  if (const std::int64_t made = MadeBy(proposal.request_id)) return {true, made};
  if (proposal.replaces != newest()) return {false, newest()};
  if (proposal.same && newest() > 0) return {true, newest()};
  const std::int64_t before_ms = versions_.empty() ? proposal.append_ms : versions_.back().since_ms;
  Restore(std::max(before_ms, proposal.append_ms), proposal.request_id);
  return {true, newest()};
}

std::int64_t ResourceChain::At(std::int64_t ms) const {
  const auto later = std::upper_bound(
      versions_.begin(), versions_.end(), ms,
      [](std::int64_t instant, const Version& version) { return instant < version.since_ms; });
  return later - versions_.begin();
}

std::int64_t ResourceChain::MadeBy(std::string_view request_id) const {
  if (request_id.empty()) return 0;
  // A repeat comes soon after.
  const auto found =
      std::find_if(versions_.rbegin(), versions_.rend(),
                   [&](const Version& version) { return version.request_id == request_id; });
  return versions_.rend() - found;
}

}  // namespace telex::translation
