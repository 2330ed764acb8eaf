#include "views/adapters/batch_intake.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/errors/retry_after.h"
#include "platform/errors/status_macros.h"
#include "platform/grpc/auth.h"

namespace telex::views {
namespace {

// A batch under way: answered by whoever brings the last of its looks.
class Batch {
 public:
  Batch(std::size_t looks, BatchIntake::Done done)
      : done_(std::move(done)), views_(looks), left_(looks) {}

  void Put(std::size_t place, TakenView view) {
    views_[place] = std::move(view);
    if (left_.fetch_sub(1) == 1) done_(views_);
  }

 private:
  const BatchIntake::Done done_;
  std::vector<TakenView> views_;  // each place is one look's own until the last
  std::atomic<std::size_t> left_;
};

absl::Status Suspended() {
  return errors::Error(absl::StatusCode::kPermissionDenied, errors::kPartnerSuspended,
                       "the partner is suspended");
}

// OK where nothing has to be waited for.
absl::Status WithinLimit(const RateLimits::Verdict& verdict) {
  if (verdict.retry_after == RateLimits::Duration{}) return absl::OkStatus();
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(
      std::min<RateLimits::Duration>(verdict.retry_after, std::chrono::hours(1)));
  return errors::Error(absl::StatusCode::kResourceExhausted, errors::kRateLimited,
                       "too many views in too short a time",
                       {{std::string(errors::kRetryAfterKey), fmt::to_string(wait.count())}});
}

}  // namespace

void BatchIntake::CountRefused(const absl::Status& why, std::size_t looks) {
  parts_.intake.CountRefused(errors::ReasonOf(why), looks);
}

absl::StatusOr<Sender> BatchIntake::AdmitBrowser(const Browser& browser,
                                                 std::optional<IpAddress> address,
                                                 std::size_t looks) {
  const auto verdict =
      parts_.readers.Take(address ? LimitKeyOf(*address) : "", looks, parts_.now());
  RETURN_IF_ERROR(WithinLimit(verdict));
  const auto partners = parts_.partners.Current();
  const std::string_view site = browser.host.empty() ? kOwnSite : partners->SiteOf(browser.host);
  return Sender{.site = std::string(site),
                .browser = browser,
                .address = address,
                .impossible_rate = verdict.impossible};
}

absl::StatusOr<Sender> BatchIntake::AdmitKey(std::string_view key, std::size_t looks) {
  const auto partners = parts_.partners.Current();
  const Partner* partner = key.empty() ? nullptr : partners->ByKeyHash(rpc::HashToken(key));
  if (partner == nullptr) {
    return errors::Error(absl::StatusCode::kUnauthenticated, errors::kUnauthenticated,
                         "the key is no partner's");
  }
  return AdmitPartner(*partner, partner->id, looks);
}

absl::StatusOr<Sender> BatchIntake::AdmitCaller(std::string_view caller, std::string_view partner,
                                                std::size_t looks) {
  const auto partners = parts_.partners.Current();
  if (const Partner* known = partners->ById(partner)) return AdmitPartner(*known, caller, looks);
  if (partner == kOwnSite) return AdmitPartner(Partner{}, caller, looks);
  return errors::FieldError("partner", errors::kUnknownPartner, "there is no such partner");
}

absl::StatusOr<Sender> BatchIntake::AdmitPartner(const Partner& partner, std::string_view limit_key,
                                                 std::size_t looks) {
  if (!partner.active) return Suspended();
  RETURN_IF_ERROR(WithinLimit(parts_.senders.Take(limit_key, looks, parts_.now())));
  return Sender{.site = partner.id, .browser = std::nullopt};
}

void BatchIntake::Take(const Sender& sender, std::span<const SentLook> looks, Done done) {
  if (looks.empty()) return done({});
  if (looks.size() == 1) {
    return TakeOne(sender, looks.front(), [done = std::move(done)](const TakenView& view) {
      done({&view, 1});
    });
  }
  const auto batch = std::make_shared<Batch>(looks.size(), std::move(done));
  for (std::size_t place = 0; place < looks.size(); ++place) {
    TakeOne(sender, looks[place],
            [batch, place](TakenView view) { batch->Put(place, std::move(view)); });
  }
}

TakenView BatchIntake::Ask(const Sender& sender, const SentLook& sent) {
  Reader reader;
  std::optional<IpAddress> address;
  if (auto refusal = ReadReader(sender, sent, address, reader)) {
    return {.refusal = std::move(refusal)};
  }
  return parts_.intake.Ask(sent.look, reader);
}

void BatchIntake::TakeOne(const Sender& sender, const SentLook& sent, ViewIntake::Done done) {
  Reader reader;
  std::optional<IpAddress> address;
  if (auto refusal = ReadReader(sender, sent, address, reader)) {
    return parts_.intake.Refuse(*std::move(refusal), done);
  }
  parts_.intake.Take(sent.look, reader, std::move(done));
}

std::optional<Refusal> BatchIntake::ReadReader(const Sender& sender, const SentLook& sent,
                                               std::optional<IpAddress>& address, Reader& reader) {
  if (sent.fault != nullptr) return *sent.fault;
  reader = {.agent = sent.user_agent,
            .site = sender.site,
            .prefetch = sent.prefetch,
            .no_tracking = sent.no_tracking,
            .internal = sent.internal};
  address = sender.address;
  if (sender.browser) {
    if (!sent.address.empty() || !sent.user_agent.empty()) {
      return Refusal{errors::kFieldInvalid, sent.address.empty() ? "user_agent" : "address",
                     "is taken from servers that send a partner's key"};
    }
    reader.agent = sender.browser->agent;
    reader.prefetch = sender.browser->prefetch;
    reader.no_tracking = sender.browser->no_tracking;
    reader.impossible_rate = sender.impossible_rate;
  } else if (!sent.address.empty()) {
    address = IpAddress::Parse(sent.address);
    if (!address) return Refusal{errors::kFieldInvalid, "address", "is no IP address"};
    address = net::Unwrapped(*address);
    const auto verdict = parts_.readers.Take(LimitKeyOf(*address), 1, parts_.now());
    reader.impossible_rate = verdict.impossible || verdict.retry_after != RateLimits::Duration{};
  }
  if (address) {
    reader.address = BytesOf(*address);
    reader.internal = reader.internal || Contains(parts_.internal, *address);
  }
  return std::nullopt;
}

}  // namespace telex::views
