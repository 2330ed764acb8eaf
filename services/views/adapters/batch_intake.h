#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "views/adapters/partner_file.h"
#include "views/adapters/rate_limits.h"
#include "views/adapters/reader_address.h"
#include "views/adapters/view_intake.h"

namespace telex::views {

// One look as its sender tells it. Texts are views into the request.
struct SentLook {
  Look look;
  bool internal = false;
  // Of the reader; only servers tell them.
  std::string_view address;
  std::string_view user_agent;
  bool prefetch = false;
  bool no_tracking = false;
  const Refusal* fault = nullptr;  // what cannot be read in it
};

// What a browser says of itself.
struct Browser {
  std::string_view agent;
  bool prefetch = false;
  bool no_tracking = false;
  bool internal = false;  // to be said of each of its looks
  std::string_view host;  // of the page; "": not told
};

// Who sends, once admitted. Texts of the browser are views into its request.
struct Sender {
  std::string site;  // a partner's id, kOwnSite or kOtherSite
  std::optional<Browser>
      browser;  // of a reader; none: a server, which says of each look who looked
  std::optional<IpAddress> address = {};  // of the browser
  bool impossible_rate = false;           // of that address
};

// The edge, whatever its wire: who may send and how much, whose look it is, and what became of each
// look of a batch. Thread-safe; never blocks.
class BatchIntake {
 public:
  struct Parts {
    ViewIntake& intake;
    PartnerFile& partners;
    RateLimits& readers;            // by address
    RateLimits& senders;            // by key or caller
    std::vector<Network> internal;  // of the newsroom: looks from there do not count
    std::function<RateLimits::Time()> now = [] { return std::chrono::steady_clock::now(); };
  };
  // The parts outlive it.
  explicit BatchIntake(Parts parts) : parts_(std::move(parts)) {}

  // Who sends so many looks; or UNAUTHENTICATED (the key is no partner's), PERMISSION_DENIED /
  // PARTNER_SUSPENDED, INVALID_ARGUMENT / UNKNOWN_PARTNER, RESOURCE_EXHAUSTED / RATE_LIMITED with
  // the time to wait: nothing was taken then.
  absl::StatusOr<Sender> AdmitBrowser(const Browser& browser, std::optional<IpAddress> address,
                                      std::size_t looks);
  absl::StatusOr<Sender> AdmitKey(std::string_view key, std::size_t looks);
  // `caller` has been authenticated and may speak for the partner; kOwnSite: the publisher.
  absl::StatusOr<Sender> AdmitCaller(std::string_view caller, std::string_view partner,
                                     std::size_t looks);

  // Told once of all looks, in order, on any thread, maybe before Take returns. Without looks at
  // once. What sender and looks view is needed until the return.
  using Done = std::function<void(std::span<const TakenView>)>;
  void Take(const Sender& sender, std::span<const SentLook> looks, Done done);

  // What Take would answer to this look, at once: it is judged and not taken (HEAD).
  TakenView Ask(const Sender& sender, const SentLook& sent);

  // So many looks of a sender that was not admitted, for the metrics.
  void CountRefused(const absl::Status& why, std::size_t looks);

 private:
  absl::StatusOr<Sender> AdmitPartner(const Partner& partner, std::string_view limit_key,
                                      std::size_t looks);
  // Fills in who looked; `address` is where the reader's lies.
  std::optional<Refusal> ReadReader(const Sender& sender, const SentLook& sent,
                                    std::optional<IpAddress>& address, Reader& reader);
  void TakeOne(const Sender& sender, const SentLook& sent, ViewIntake::Done done);

  const Parts parts_;
};

}  // namespace telex::views
