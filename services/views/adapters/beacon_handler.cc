#include "views/adapters/beacon_handler.h"

#include <fmt/format.h>

#include <atomic>
#include <optional>
#include <string>
#include <utility>

#include "platform/errors/reasons.h"
#include "platform/grpc/auth.h"
#include "views/adapters/beacon_answers.h"

namespace telex::views {
namespace {

constexpr std::string_view kViewsPath = "/v1/views";
constexpr std::string_view kGifPrefix = "/v1/views/";
constexpr std::string_view kGifSuffix = ".gif";
constexpr std::string_view kScriptPath = "/v1/telex.js";
constexpr std::size_t kKeyBytesMax = 4096;

bool IsGetOrHead(const http::Request& request) {
  return request.method == http::Method::kGet || request.method == http::Method::kHead;
}

http::Response MethodNotAllowed(std::string_view allowed) {
  return RefusalAnswer({errors::kMethodNotAllowed, "", fmt::format("Only {}.", allowed)},
                       {{"Allow", allowed}});
}

// A batch under way: answered by whoever brings the last of its views.
class Batch {
 public:
  Batch(http::Responder responder, std::size_t views)
      : responder_(std::move(responder)), views_(views), left_(views) {}

  void Put(std::size_t place, TakenView view) {
    views_[place] = std::move(view);
    if (left_.fetch_sub(1) == 1) responder_.Send(BatchAnswer(views_));
  }

 private:
  http::Responder responder_;
  std::vector<TakenView> views_;  // each place is one view's own until the last
  std::atomic<std::size_t> left_;
};

}  // namespace

// Who sends, for as long as its request is looked at.
struct BeaconHandler::Sender {
  std::shared_ptr<const Partners> partners;
  const Partner* partner = nullptr;  // a server, by its key; null: a reader's browser
  std::string_view site;
  Browser browser;
  std::optional<IpAddress> address;
  bool impossible_rate = false;
};

std::string_view RouteOf(std::string_view path) {
  if (path == kViewsPath) return "views";
  if (path.starts_with(kGifPrefix)) return "gif";
  return path == kScriptPath ? "script" : "other";
}

BeaconHandler::BeaconHandler(Parts parts, BeaconOptions options)
    : parts_(std::move(parts)), options_(std::move(options)) {}

bool BeaconHandler::IsRoute(std::string_view path) { return RouteOf(path) != "other"; }

void BeaconHandler::Handle(const http::Request& request, http::Responder responder) {
  const std::string_view route = RouteOf(request.path);
  if (route == "other") {
    responder.Send(RefusalAnswer({errors::kPathNotFound, "", "There is nothing at this address."}));
  } else if (request.method == http::Method::kOptions) {
    responder.Send(PreflightAnswer());
  } else if (route == "views") {
    if (request.method != http::Method::kPost) {
      return responder.Send(MethodNotAllowed("POST, OPTIONS"));
    }
    TakePost(request, std::move(responder));
  } else if (!IsGetOrHead(request)) {
    responder.Send(MethodNotAllowed("GET, HEAD, OPTIONS"));
  } else if (route == "script") {
    responder.Send(ScriptAnswer(request));
  } else {
    TakeGif(request, std::move(responder));
  }
}

void BeaconHandler::TakeGif(const http::Request& request, http::Responder responder) {
  std::string_view article = request.path.substr(kGifPrefix.size());
  if (!article.ends_with(kGifSuffix)) {
    return responder.Send(RefusalAnswer(
        {errors::kPathNotFound, "", "Views are taken at /v1/views/{article}.gif and /v1/views."}));
  }
  if (request.method == http::Method::kHead) {  // nobody sees it
    return responder.Send(GifAnswer(Filter::kNone));
  }
  article.remove_suffix(kGifSuffix.size());
  Sender sender;
  if (auto refusal = Admit(request, 1, /*gif=*/true, sender)) {
    return responder.Send(*std::move(refusal));
  }
  auto shared = std::make_shared<http::Responder>(std::move(responder));
  Take(ReadGifQuery(article, request.query), sender, [shared](const TakenView& view) {
    if (view.refusal) {
      shared->Send(GifRefusal(*view.refusal));
    } else {
      shared->Send(GifAnswer(view.filter));
    }
  });
}

void BeaconHandler::TakePost(const http::Request& request, http::Responder responder) {
  auto body = ReadBody(request);
  if (const auto* refusal = std::get_if<Refusal>(&body)) {
    return responder.Send(RefusalAnswer(*refusal));
  }
  const auto& reported = std::get<ReportedLooks>(body);
  Sender sender;
  if (auto refusal = Admit(request, reported.looks.size(), /*gif=*/false, sender)) {
    return responder.Send(*std::move(refusal));
  }
  if (!reported.batch) {
    auto shared = std::make_shared<http::Responder>(std::move(responder));
    return Take(reported.looks.front(), sender, [shared](const TakenView& view) {
      if (view.refusal) {
        shared->Send(RefusalAnswer(*view.refusal));
      } else {
        shared->Send(TakenAnswer(view.filter));
      }
    });
  }
  auto batch = std::make_shared<Batch>(std::move(responder), reported.looks.size());
  for (std::size_t place = 0; place < reported.looks.size(); ++place) {
    Take(reported.looks[place], sender,
         [batch, place](TakenView view) { batch->Put(place, std::move(view)); });
  }
}

std::optional<http::Response> BeaconHandler::Admit(const http::Request& request, std::size_t looks,
                                                   bool gif, Sender& sender) {
  const auto answer = [gif](const Refusal& refusal, std::initializer_list<http::Header> more = {}) {
    return gif ? GifRefusal(refusal, more) : RefusalAnswer(refusal, more);
  };
  sender.partners = parts_.partners.Current();
  sender.browser = ReadBrowser(request);
  RateLimits::Verdict verdict;
  if (const auto key = BearerOf(request)) {
    sender.partner = key->empty() || key->size() > kKeyBytesMax
                         ? nullptr
                         : sender.partners->ByKeyHash(rpc::HashToken(*key));
    if (sender.partner == nullptr) {
      return answer({errors::kUnauthenticated, "", "the key is no partner's"},
                    {{"WWW-Authenticate", "Bearer"}});
    }
    if (!sender.partner->active) {
      return answer({errors::kPartnerSuspended, "", "the partner is suspended"});
    }
    sender.site = sender.partner->id;
    verdict = parts_.senders.Take(sender.partner->id, looks, parts_.now());
  } else {
    const std::string_view header =
        options_.forwarded_by == ForwardedBy::kForwarded ? "forwarded" : "x-forwarded-for";
    sender.address = ClientAddress(request.remote, request.Find(header).value_or(""),
                                   options_.forwarded_by, options_.proxies);
    sender.site =
        sender.browser.host.empty() ? kOwnSite : sender.partners->SiteOf(sender.browser.host);
    verdict =
        parts_.readers.Take(sender.address ? LimitKeyOf(*sender.address) : "", looks, parts_.now());
    sender.impossible_rate = verdict.impossible;
  }
  if (verdict.retry_after == RateLimits::Duration{}) return std::nullopt;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(
      std::min<RateLimits::Duration>(verdict.retry_after, std::chrono::hours(1)));
  const std::string retry_after = fmt::to_string(seconds.count());
  return answer({errors::kRateLimited, "", "too many views in too short a time"},
                {{"Retry-After", retry_after}});
}

void BeaconHandler::Take(const ReportedLook& look, const Sender& sender, ViewIntake::Done done) {
  if (look.fault) return parts_.intake.Refuse(*look.fault, done);
  Reader reader = {.agent = sender.browser.agent,
                   .site = sender.site,
                   .prefetch = sender.browser.prefetch,
                   .no_tracking = sender.browser.no_tracking,
                   .internal = sender.browser.internal || look.internal,
                   .impossible_rate = sender.impossible_rate};
  std::optional<IpAddress> address = sender.address;
  if (sender.partner != nullptr) {
    reader.agent = look.user_agent;
    reader.prefetch = look.prefetch;
    reader.no_tracking = look.no_tracking;
    address = IpAddress::Parse(look.address);
    if (!address && !look.address.empty()) {
      return parts_.intake.Refuse({errors::kFieldInvalid, "address", "is no IP address"}, done);
    }
    if (address) {
      address = http_client::Unwrapped(*address);
      const auto verdict = parts_.readers.Take(LimitKeyOf(*address), 1, parts_.now());
      reader.impossible_rate = verdict.impossible || verdict.retry_after != RateLimits::Duration{};
    }
  } else if (!look.address.empty() || !look.user_agent.empty()) {
    return parts_.intake.Refuse(
        {errors::kFieldInvalid, look.address.empty() ? "user_agent" : "address",
         "is taken from servers that send a partner's key"},
        done);
  }
  if (address) {
    reader.address = BytesOf(*address);
    reader.internal = reader.internal || Contains(options_.internal, *address);
  }
  parts_.intake.Take(look.look(), reader, std::move(done));
}

}  // namespace telex::views
