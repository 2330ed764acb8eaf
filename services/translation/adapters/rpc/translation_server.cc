#include "translation/adapters/rpc/translation_server.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <utility>

#include "news/article_name.h"
#include "platform/errors/status_macros.h"
#include "translation/adapters/rpc/job_advice.h"

namespace telex::translation {
namespace {

VisitTranslations TranslationsOf(const TranslationStore& store) {
  return [&store](const Pair& pair, VisitTranslation visit) {
    // The newest of each story comes first.
    std::pair<std::string, std::string> last;
    store.translations().VisitAll([&](const v1::Translation& translation) {
      const std::pair of(translation.article(), translation.language());
      if (of == last) return true;
      last = of;
      if (translation.from() != pair.from.text() || translation.language() != pair.to.text())
        return true;
      const auto name = news::ArticleName::Parse(translation.article());
      if (!name) return true;
      const auto head = store.articles().Head(name->id);
      return visit(JobId{name->id, pair.to}, head ? head->headline : "", translation);
    });
  };
}

}  // namespace

TranslationServer::TranslationServer(const Parts& parts, int threads)
    : calls_(kServiceNames.front(), parts.callers, kDeadlineMax),
      jobs_({.desk = parts.desk, .workers = workers_}),
      reads_({.desk = parts.desk, .workers = workers_, .engines = parts.engines}),
      resources_(parts.desk.store().resources(), parts.resources,
                 {.run = [this](std::function<void()> job) { return workers_.Add(std::move(job)); },
                  .translations = TranslationsOf(parts.desk.store()),
                  .now = [] { return absl::Now(); }}),
      memory_(parts.desk.store().memory(), parts.resources,
              {.run = [this](std::function<void()> job) { return workers_.Add(std::move(job)); },
               .now = [] { return absl::Now(); }}),
      backfills_(parts.desk.store(), parts.resources, workers_),
      workers_(threads) {
  jobs_.OfferOn(calls_);
  reads_.OfferOn(calls_);
  resources_.OfferOn(calls_);
  memory_.OfferOn(calls_);
  backfills_.OfferOn(calls_);
}

absl::StatusOr<std::unique_ptr<TranslationServer>> TranslationServer::Start(
    const Parts& parts, TranslationServerOptions options) {
  std::unique_ptr<TranslationServer> made(new TranslationServer(parts, options.threads));
  ASSIGN_OR_RETURN(made->grpc_, rpc::Server::Start({.address = std::move(options.grpc_address),
                                                    .tls = std::move(options.tls),
                                                    .on_call = std::move(options.on_call)},
                                                   {made->calls_.named()}));
  made->grpc_->SetServing(true);
  return made;
}

bool TranslationServer::Stop(absl::Duration within) {
  grpc_->SetServing(false);
  return grpc_->Shutdown(within);
}

}  // namespace telex::translation
