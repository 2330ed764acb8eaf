#include "views/adapters/beacon_handler.h"

#include <fmt/format.h>

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include "platform/errors/errors.h"
#include "platform/grpc/auth.h"
#include "views/adapters/beacon_answers.h"
#include "views/adapters/refusal.h"
#include "views/adapters/routes.h"

namespace telex::views {
namespace {

constexpr std::string_view kGifSuffix = ".gif";

bool IsGetOrHead(const http::Request& request) {
  return request.method == http::Method::kGet || request.method == http::Method::kHead;
}

http::Response MethodNotAllowed(std::string_view allowed) {
  return RefusalAnswer(errors::Error(absl::StatusCode::kInvalidArgument, errors::kMethodNotAllowed,
                                     fmt::format("Only {}.", allowed)),
                       {{"Allow", allowed}});
}

absl::Status NoSuchPath(std::string_view message) {
  return errors::Error(absl::StatusCode::kNotFound, errors::kPathNotFound, message);
}

SentLook Sent(const ReportedLook& look, const Browser& browser) {
  SentLook sent = look.sent();
  sent.internal = sent.internal || browser.internal;
  return sent;
}

void SendGif(const TakenView& view, http::Responder& responder) {
  if (view.refusal) {
    responder.Send(GifRefusal(ErrorOf(*view.refusal)));
  } else {
    responder.Send(GifAnswer(view.filter));
  }
}

}  // namespace

void BeaconHandler::Handle(const http::Request& request, http::Responder responder) {
  const bool options = request.method == http::Method::kOptions;
  switch (RouteOf(request.path)) {
    case Route::kViews:
      if (options) return responder.Send(PreflightAnswer());
      if (request.method == http::Method::kPost) return TakePost(request, std::move(responder));
      return responder.Send(MethodNotAllowed("POST, OPTIONS"));
    case Route::kGif:
    case Route::kScript:
      if (options) return responder.Send(PreflightAnswer());
      if (!IsGetOrHead(request)) return responder.Send(MethodNotAllowed("GET, HEAD, OPTIONS"));
      if (RouteOf(request.path) == Route::kGif) return TakeGif(request, std::move(responder));
      return responder.Send(ScriptAnswer(request));
    default:
      return responder.Send(RefusalAnswer(NoSuchPath("There is nothing at this address.")));
  }
}

void BeaconHandler::TakeGif(const http::Request& request, http::Responder responder) {
  std::string_view article = request.path.substr(kGifPrefix.size());
  if (!article.ends_with(kGifSuffix)) {
    return responder.Send(
        RefusalAnswer(NoSuchPath("Views are taken at /v1/views/{article}.gif and /v1/views.")));
  }
  article.remove_suffix(kGifSuffix.size());
  const Browser browser = ReadBrowser(request);
  const auto sender = Admit(request, browser, 1);
  if (!sender.ok()) return responder.Send(GifRefusal(sender.status()));
  const ReportedLook look = ReadGifQuery(article, request.query);
  const SentLook sent = Sent(look, browser);
  if (request.method == http::Method::kHead) {  // nobody sees it
    return SendGif(batches_.Ask(*sender, sent), responder);
  }
  batches_.Take(*sender, {&sent, 1},
                [answer = std::make_shared<http::Responder>(std::move(responder))](
                    std::span<const TakenView> views) { SendGif(views.front(), *answer); });
}

void BeaconHandler::TakePost(const http::Request& request, http::Responder responder) {
  const auto body = ReadBody(request);
  if (const auto* refusal = std::get_if<Refusal>(&body)) {
    return responder.Send(RefusalAnswer(ErrorOf(*refusal)));
  }
  const auto& reported = std::get<ReportedLooks>(body);
  const Browser browser = ReadBrowser(request);
  const auto sender = Admit(request, browser, reported.looks.size());
  if (!sender.ok()) return responder.Send(RefusalAnswer(sender.status()));
  std::vector<SentLook> sent;
  for (const ReportedLook& look : reported.looks) sent.push_back(Sent(look, browser));
  batches_.Take(*sender, sent,
                [batch = reported.batch, answer = std::make_shared<http::Responder>(std::move(
                                             responder))](std::span<const TakenView> views) {
                  const TakenView& first = views.front();
                  if (batch) {
                    answer->Send(BatchAnswer(views));
                  } else if (first.refusal) {
                    answer->Send(RefusalAnswer(ErrorOf(*first.refusal)));
                  } else {
                    answer->Send(TakenAnswer(first.filter));
                  }
                });
}

absl::StatusOr<Sender> BeaconHandler::Admit(const http::Request& request, const Browser& browser,
                                            std::size_t looks) {
  const auto admit = [&]() -> absl::StatusOr<Sender> {
    if (const auto authorization = request.Find("authorization")) {
      return batches_.AdmitKey(rpc::BearerToken(*authorization).value_or(""), looks);
    }
    const std::string_view header =
        options_.forwarded_by == ForwardedBy::kForwarded ? "forwarded" : "x-forwarded-for";
    const auto address = ClientAddress(request.remote, request.Find(header).value_or(""),
                                       options_.forwarded_by, options_.proxies);
    return batches_.AdmitBrowser(browser, address, looks);
  };
  auto sender = admit();
  if (!sender.ok() && request.method != http::Method::kHead) {
    batches_.CountRefused(sender.status(), looks);
  }
  return sender;
}

}  // namespace telex::views
