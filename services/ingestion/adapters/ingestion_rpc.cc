#include "ingestion/adapters/ingestion_rpc.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <utility>

#include "ingestion/adapters/newsroom.h"
#include "platform/errors/errors.h"
#include "platform/grpc/checked_service.h"
#include "platform/grpc/server.h"
#include "platform/grpc/status.h"
#include "platform/observe/log.h"
#include "platform/observe/trace.h"
#include "telex/ingestion/v1/ingestion_service.grpc.pb.h"
#include "telex/ingestion/v1/source_service.grpc.pb.h"

namespace telex::ingestion {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;
using rpc::Role;

using Roles = std::initializer_list<Role>;
constexpr Roles kAnybody = {Role::kSource, Role::kEditor, Role::kOperator, Role::kReader};
constexpr Roles kWriters = {Role::kSource, Role::kEditor};
constexpr Roles kEditors = {Role::kEditor};
constexpr Roles kSourceKeepers = {Role::kOperator, Role::kEditor};

// How long before its client's deadline a call that is not decided is answered: a twentieth of the
// time that was left when it came in.
constexpr absl::Duration kAnswerMarginMin = absl::Milliseconds(50);
constexpr int kAnswerMarginPart = 20;

// What every call has in common: identity, role, deadline, trace.
class Door {
 public:
  Door(const rpc::Authenticator& authenticator, int deadline_seconds_max)
      : authenticator_(authenticator), deadline_max_(absl::Seconds(deadline_seconds_max)) {}

  absl::StatusOr<Call> Admit(const CallbackServerContext& context, Roles roles) const {
    const auto actor = authenticator_.Authenticate(context);
    if (!actor.ok()) return actor.status();
    if (absl::Status status = rpc::RequireRole(*actor, roles); !status.ok()) return status;
    Call call;
    call.actor = actor->name;
    call.is_editor = actor->Is(Role::kEditor);
    call.bound_to = actor->bound_to;
    call.traceparent =
        observe::FormatTraceparent(observe::ContinueOrNew(rpc::TraceparentOf(context)));
    const absl::Time latest = absl::Now() + deadline_max_;
    // Before the client gives up, so that it hears why. A deadline travels as a rounded number of
    // units (by up to 1 % more), and began before it was sent.
    const absl::Time given = absl::FromChrono(context.deadline());
    const absl::Duration margin =
        std::max(kAnswerMarginMin, (given - absl::Now()) / kAnswerMarginPart);
    call.deadline = std::min(latest, given - margin);
    return call;
  }

  // Whoever may call anything learns what is wrong with its request.
  ServerUnaryReactor* Refuse(CallbackServerContext* context, const absl::Status& fault) const {
    const auto call = Admit(*context, kAnybody);
    ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(rpc::ToGrpc(call.ok() ? fault : call.status()));
    return reactor;
  }

  // A call that is answered from what this replica has read.
  template <typename Answer, typename Read>
  ServerUnaryReactor* Now(CallbackServerContext* context, Answer* answer, Roles roles,
                          const Read& read) const {
    ServerUnaryReactor* reactor = context->DefaultReactor();
    const auto call = Admit(*context, roles);
    if (!call.ok()) {
      reactor->Finish(rpc::ToGrpc(call.status()));
      return reactor;
    }
    auto result = read();
    if (result.ok()) *answer = std::move(*result);
    reactor->Finish(rpc::ToGrpc(result.status()));
    return reactor;
  }

  // A call that is answered when the log has decided.
  template <typename Answer, typename Start>
  ServerUnaryReactor* Later(CallbackServerContext* context, Answer* answer, Roles roles,
                            const char* method, const Start& start) const {
    ServerUnaryReactor* reactor = context->DefaultReactor();
    auto call = Admit(*context, roles);
    if (!call.ok()) {
      reactor->Finish(rpc::ToGrpc(call.status()));
      return reactor;
    }
    start(*call, [reactor, answer, method, call = *call](absl::StatusOr<Answer> result) {
      if (!result.ok()) {
        const auto trace = observe::ParseTraceparent(call.traceparent);
        const observe::ScopedTrace scope(trace.value_or(observe::TraceContext{}));
        // Without its message, which may quote the story.
        const auto details = errors::DetailsOf(result.status());
        const bool field = details && !details->fields.empty();
        observe::Log(observe::Severity::kInfo, "refused",
                     {{"method", method},
                      {"actor", call.actor},
                      {"code", absl::StatusCodeToString(result.status().code())},
                      {"reason", errors::ReasonOf(result.status())},
                      {"field", field ? details->fields.front().field : ""}});
      } else {
        *answer = std::move(*result);
      }
      reactor->Finish(rpc::ToGrpc(result.status()));
    });
    return reactor;
  }

 private:
  const rpc::Authenticator& authenticator_;
  const absl::Duration deadline_max_;
};

class ArticlesRpc final : public rpc::CheckedService<v1::IngestionService::CallbackService> {
 public:
  ArticlesRpc(Newsroom& newsroom, Door door) : newsroom_(newsroom), door_(door) {
    const std::string_view service = v1::IngestionService::service_full_name();
    Check(service, "CreateArticle", &ArticlesRpc::CreateArticle);
    Check(service, "UpdateArticle", &ArticlesRpc::UpdateArticle);
    Check(service, "WithholdArticle", &ArticlesRpc::WithholdArticle);
    Check(service, "KillArticle", &ArticlesRpc::KillArticle);
    Check(service, "ReinstateArticle", &ArticlesRpc::ReinstateArticle);
    Check(service, "ImportDocument", &ArticlesRpc::ImportDocument);
    Check(service, "GetArticle", &ArticlesRpc::GetArticle);
    Check(service, "ListArticles", &ArticlesRpc::ListArticles);
    Check(service, "ListArticleVersions", &ArticlesRpc::ListArticleVersions);
  }

  ServerUnaryReactor* CreateArticle(CallbackServerContext* context,
                                    const v1::CreateArticleRequest* request,
                                    news::v1::Article* answer) override {
    return door_.Later(context, answer, kWriters, "CreateArticle",
                       [&](const Call& call, Done<news::v1::Article> done) {
                         newsroom_.CreateArticle(call, *request, std::move(done));
                       });
  }
  ServerUnaryReactor* UpdateArticle(CallbackServerContext* context,
                                    const v1::UpdateArticleRequest* request,
                                    news::v1::Article* answer) override {
    return door_.Later(context, answer, kEditors, "UpdateArticle",
                       [&](const Call& call, Done<news::v1::Article> done) {
                         newsroom_.UpdateArticle(call, *request, std::move(done));
                       });
  }
  ServerUnaryReactor* WithholdArticle(CallbackServerContext* context,
                                      const v1::WithholdArticleRequest* request,
                                      news::v1::Article* answer) override {
    return door_.Later(context, answer, kEditors, "WithholdArticle",
                       [&](const Call& call, Done<news::v1::Article> done) {
                         newsroom_.WithholdArticle(call, *request, std::move(done));
                       });
  }
  ServerUnaryReactor* KillArticle(CallbackServerContext* context,
                                  const v1::KillArticleRequest* request,
                                  news::v1::Article* answer) override {
    return door_.Later(context, answer, kEditors, "KillArticle",
                       [&](const Call& call, Done<news::v1::Article> done) {
                         newsroom_.KillArticle(call, *request, std::move(done));
                       });
  }
  ServerUnaryReactor* ReinstateArticle(CallbackServerContext* context,
                                       const v1::ReinstateArticleRequest* request,
                                       news::v1::Article* answer) override {
    return door_.Later(context, answer, kEditors, "ReinstateArticle",
                       [&](const Call& call, Done<news::v1::Article> done) {
                         newsroom_.ReinstateArticle(call, *request, std::move(done));
                       });
  }
  ServerUnaryReactor* ImportDocument(CallbackServerContext* context,
                                     const v1::ImportDocumentRequest* request,
                                     v1::ImportDocumentResponse* answer) override {
    return door_.Later(context, answer, kWriters, "ImportDocument",
                       [&](const Call& call, Done<v1::ImportDocumentResponse> done) {
                         newsroom_.ImportDocument(call, *request, std::move(done));
                       });
  }
  ServerUnaryReactor* GetArticle(CallbackServerContext* context,
                                 const v1::GetArticleRequest* request,
                                 news::v1::Article* answer) override {
    return door_.Now(context, answer, kAnybody, [&] { return newsroom_.GetArticle(*request); });
  }
  ServerUnaryReactor* ListArticles(CallbackServerContext* context,
                                   const v1::ListArticlesRequest* request,
                                   v1::ListArticlesResponse* answer) override {
    return door_.Now(context, answer, kAnybody, [&] { return newsroom_.ListArticles(*request); });
  }
  ServerUnaryReactor* ListArticleVersions(CallbackServerContext* context,
                                          const v1::ListArticleVersionsRequest* request,
                                          v1::ListArticleVersionsResponse* answer) override {
    return door_.Now(context, answer, kAnybody,
                     [&] { return newsroom_.ListArticleVersions(*request); });
  }

 private:
  ServerUnaryReactor* Unreadable(CallbackServerContext* context,
                                 const absl::Status& fault) override {
    return door_.Refuse(context, fault);
  }

  Newsroom& newsroom_;
  const Door door_;
};

class SourcesRpc final : public rpc::CheckedService<v1::SourceService::CallbackService> {
 public:
  SourcesRpc(Newsroom& newsroom, Door door) : newsroom_(newsroom), door_(door) {
    const std::string_view service = v1::SourceService::service_full_name();
    Check(service, "CreateSource", &SourcesRpc::CreateSource);
    Check(service, "UpdateSource", &SourcesRpc::UpdateSource);
    Check(service, "GetSource", &SourcesRpc::GetSource);
    Check(service, "ListSources", &SourcesRpc::ListSources);
  }

  ServerUnaryReactor* CreateSource(CallbackServerContext* context,
                                   const v1::CreateSourceRequest* request,
                                   v1::Source* answer) override {
    return door_.Later(context, answer, kSourceKeepers, "CreateSource",
                       [&](const Call& call, Done<v1::Source> done) {
                         newsroom_.CreateSource(call, *request, std::move(done));
                       });
  }
  ServerUnaryReactor* UpdateSource(CallbackServerContext* context,
                                   const v1::UpdateSourceRequest* request,
                                   v1::Source* answer) override {
    return door_.Later(context, answer, kSourceKeepers, "UpdateSource",
                       [&](const Call& call, Done<v1::Source> done) {
                         newsroom_.UpdateSource(call, *request, std::move(done));
                       });
  }
  ServerUnaryReactor* GetSource(CallbackServerContext* context, const v1::GetSourceRequest* request,
                                v1::Source* answer) override {
    return door_.Now(context, answer, kAnybody, [&] { return newsroom_.GetSource(*request); });
  }
  ServerUnaryReactor* ListSources(CallbackServerContext* context,
                                  const v1::ListSourcesRequest* request,
                                  v1::ListSourcesResponse* answer) override {
    return door_.Now(context, answer, kAnybody, [&] { return newsroom_.ListSources(*request); });
  }

 private:
  ServerUnaryReactor* Unreadable(CallbackServerContext* context,
                                 const absl::Status& fault) override {
    return door_.Refuse(context, fault);
  }

  Newsroom& newsroom_;
  const Door door_;
};

}  // namespace

IngestionServices MakeIngestionServices(Newsroom& newsroom, const rpc::Authenticator& authenticator,
                                        int deadline_seconds_max) {
  const Door door(authenticator, deadline_seconds_max);
  return {std::make_unique<ArticlesRpc>(newsroom, door),
          std::make_unique<SourcesRpc>(newsroom, door)};
}

}  // namespace telex::ingestion
