// The gRPC face of ingestion, in one process: who may call what, how errors arrive, what a trace
// becomes.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/client_unary_call.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "ingestion/adapters/ingestion_server.h"
#include "platform/errors/errors.h"
#include "platform/grpc/auth.h"
#include "platform/grpc/channel.h"
#include "platform/grpc/server.h"
#include "platform/grpc/status.h"
#include "telex/ingestion/v1/ingestion_service.grpc.pb.h"
#include "telex/ingestion/v1/source_service.grpc.pb.h"
#include "tests/component/ingestion_replica.h"

namespace telex::ingestion {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace testing;  // the replica's helpers

constexpr char kTraceId[] = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kTraceparent = fmt::format("00-{}-00f067aa0ba902b7-01", kTraceId);

class IngestionRpcTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cluster_ = new Cluster;
    replica_ = new Replica(*cluster_, {.instance = "ingestion-0"});
    std::string callers;
    for (const char* role : {"source", "editor", "operator", "reader"}) {
      callers += fmt::format("the-{} {} {}\n", role, role, rpc::HashToken(TokenOf(role)));
    }
    auto made = rpc::Authenticator::FromText(callers);
    ASSERT_TRUE(made.ok()) << made.status();
    authenticator_ = made->release();
    auto server = IngestionServer::Start(*replica_->intake, *authenticator_, {});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = server->release();
    const auto source = Ask(*replica_, &SourceService::CreateSource, Editor(), CaliberRequest());
    ASSERT_TRUE(source.ok()) << source.status();
  }
  static void TearDownTestSuite() {
    EXPECT_TRUE(server_->Stop(absl::Seconds(10)));
    delete server_;
    delete authenticator_;
    delete replica_;
    delete cluster_;
  }

  static std::string TokenOf(const std::string& role) { return "secret-of-the-" + role; }
  static std::unique_ptr<rpc::Caller> CallerWith(const std::string& token) {
    auto caller = rpc::Caller::Make(
        {.address = fmt::format("127.0.0.1:{}", server_->port()), .token = token});
    if (!caller.ok()) std::abort();
    return *std::move(caller);
  }

  // Calls as `role` ("" for nobody).
  template <typename Stub, typename Request, typename Answer>
  static grpc::Status Invoke(const rpc::Caller& caller, std::unique_ptr<Stub> stub,
                             grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                          Answer*),
                             const Request& request, Answer* answer,
                             const std::string& traceparent = "", absl::Duration within = kWithin) {
    grpc::ClientContext context;
    caller.Prepare(context, within, traceparent);
    return (stub.get()->*method)(&context, request, answer);
  }
  using Articles = v1::IngestionService::Stub;
  using Sources = v1::SourceService::Stub;
  template <typename Request, typename Answer>
  static grpc::Status OnArticles(const rpc::Caller& caller,
                                 grpc::Status (Articles::*method)(grpc::ClientContext*,
                                                                  const Request&, Answer*),
                                 const Request& request, Answer* answer,
                                 const std::string& traceparent = "",
                                 absl::Duration within = kWithin) {
    return Invoke(caller, v1::IngestionService::NewStub(caller.channel()), method, request, answer,
                  traceparent, within);
  }
  template <typename Request, typename Answer>
  static grpc::Status OnSources(const rpc::Caller& caller,
                                grpc::Status (Sources::*method)(grpc::ClientContext*,
                                                                const Request&, Answer*),
                                const Request& request, Answer* answer) {
    return Invoke(caller, v1::SourceService::NewStub(caller.channel()), method, request, answer);
  }

  using Invocation = std::function<grpc::Status(const rpc::Caller&)>;
  using Roles = std::set<std::string>;
  static const Roles& AllRoles() {
    static const Roles roles = {"source", "editor", "operator", "reader"};
    return roles;
  }
  // Every RPC with an empty request, and the roles that may call it.
  static std::map<std::string, std::pair<Invocation, Roles>> Calls() {
    const auto article = [](auto method, auto request, auto answer) -> Invocation {
      return [=](const rpc::Caller& caller) mutable {
        return OnArticles(caller, method, request, &answer);
      };
    };
    const auto source = [](auto method, auto request, auto answer) -> Invocation {
      return [=](const rpc::Caller& caller) mutable {
        return OnSources(caller, method, request, &answer);
      };
    };
    const Roles& anybody = AllRoles();
    const Roles writers = {"source", "editor"};
    const Roles keepers = {"editor", "operator"};
    return {
        {"CreateArticle",
         {article(&Articles::CreateArticle, v1::CreateArticleRequest(), news::v1::Article()),
          writers}},
        {"UpdateArticle",
         {article(&Articles::UpdateArticle, v1::UpdateArticleRequest(), news::v1::Article()),
          {"editor"}}},
        {"GetArticle",
         {article(&Articles::GetArticle, v1::GetArticleRequest(), news::v1::Article()), anybody}},
        {"ListArticles",
         {article(&Articles::ListArticles, v1::ListArticlesRequest(), v1::ListArticlesResponse()),
          anybody}},
        {"ListArticleVersions",
         {article(&Articles::ListArticleVersions, v1::ListArticleVersionsRequest(),
                  v1::ListArticleVersionsResponse()),
          anybody}},
        {"WithholdArticle",
         {article(&Articles::WithholdArticle, v1::WithholdArticleRequest(), news::v1::Article()),
          {"editor"}}},
        {"KillArticle",
         {article(&Articles::KillArticle, v1::KillArticleRequest(), news::v1::Article()),
          {"editor"}}},
        {"ReinstateArticle",
         {article(&Articles::ReinstateArticle, v1::ReinstateArticleRequest(), news::v1::Article()),
          {"editor"}}},
        {"PurgeArticle",
         {article(&Articles::PurgeArticle, v1::PurgeArticleRequest(), news::v1::Article()),
          keepers}},
        {"ImportDocument",
         {article(&Articles::ImportDocument, v1::ImportDocumentRequest(),
                  v1::ImportDocumentResponse()),
          writers}},
        {"CreateSource",
         {source(&Sources::CreateSource, v1::CreateSourceRequest(), v1::Source()), keepers}},
        {"GetSource", {source(&Sources::GetSource, v1::GetSourceRequest(), v1::Source()), anybody}},
        {"ListSources",
         {source(&Sources::ListSources, v1::ListSourcesRequest(), v1::ListSourcesResponse()),
          anybody}},
        {"UpdateSource",
         {source(&Sources::UpdateSource, v1::UpdateSourceRequest(), v1::Source()), keepers}},
    };
  }

  static google::rpc::Status Rich(const grpc::Status& status) {
    google::rpc::Status rich;
    EXPECT_TRUE(rich.ParseFromString(status.error_details())) << status.error_message();
    return rich;
  }
  // The one ErrorInfo of an error.
  static google::rpc::ErrorInfo InfoOf(const grpc::Status& status) {
    google::rpc::ErrorInfo info;
    int infos = 0;
    const google::rpc::Status rich = Rich(status);
    for (const auto& detail : rich.details()) {
      if (detail.UnpackTo(&info)) ++infos;
    }
    EXPECT_EQ(infos, 1) << status.error_message();
    EXPECT_EQ(info.domain(), "telex");
    return info;
  }

  static Cluster* cluster_;
  static Replica* replica_;
  static rpc::Authenticator* authenticator_;
  static IngestionServer* server_;
};
Cluster* IngestionRpcTest::cluster_ = nullptr;
Replica* IngestionRpcTest::replica_ = nullptr;
rpc::Authenticator* IngestionRpcTest::authenticator_ = nullptr;
IngestionServer* IngestionRpcTest::server_ = nullptr;

TEST_F(IngestionRpcTest, EachCallIsForTheRolesThatItsContractNamesAndNobodyElse) {
  const auto calls = Calls();
  // An RPC that is added must be added here.
  EXPECT_EQ(static_cast<int>(calls.size()),
            v1::CreateArticleRequest::descriptor()->file()->service(0)->method_count() +
                v1::CreateSourceRequest::descriptor()->file()->service(0)->method_count());
  const auto nobody = CallerWith("");
  const auto stranger = CallerWith("a-token-that-nobody-has");
  for (const auto& [method, call] : calls) {
    const auto& [invoke, allowed] = call;
    for (const auto* caller : {nobody.get(), stranger.get()}) {
      const grpc::Status refused = invoke(*caller);
      EXPECT_EQ(refused.error_code(), grpc::StatusCode::UNAUTHENTICATED) << method;
      EXPECT_EQ(InfoOf(refused).reason(), errors::kUnauthenticated) << method;
    }
    for (const std::string& role : AllRoles()) {
      const grpc::Status status = invoke(*CallerWith(TokenOf(role)));
      if (allowed.contains(role)) {
        // The request is empty: it is refused for that, or answered.
        EXPECT_NE(status.error_code(), grpc::StatusCode::PERMISSION_DENIED)
            << method << " as " << role;
        EXPECT_NE(status.error_code(), grpc::StatusCode::UNAUTHENTICATED)
            << method << " as " << role;
        EXPECT_NE(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << method << " as " << role;
      } else {
        EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED)
            << method << " as " << role;
        EXPECT_EQ(InfoOf(status).reason(), errors::kRoleRequired) << method << " as " << role;
      }
    }
  }
}

TEST_F(IngestionRpcTest, AStoryGoesInAndItsTraceIsContinuedInEveryRecord) {
  const auto caller = CallerWith(TokenOf("source"));
  news::v1::Article made;
  const auto status =
      OnArticles(*caller, &Articles::CreateArticle, StoryRequest("traced"), &made, kTraceparent);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(made.version(), 1);
  EXPECT_EQ(made.actor(), "the-source");
  for (const auto& [topic, of_article] :
       {std::pair{kSubmissionsTopic, made.name()}, std::pair{kArticlesTopic, made.name() + "@1"}}) {
    int found = 0;
    for (const kafka::Record& record : cluster_->RecordsOf(topic)) {
      if (record.key != of_article) continue;
      ++found;
      const std::string traceparent(kafka::FindHeader(record, "traceparent").value_or(""));
      EXPECT_THAT(traceparent, StartsWith(fmt::format("00-{}-", kTraceId)));
      EXPECT_NE(traceparent, kTraceparent);  // a span of its own
    }
    EXPECT_EQ(found, 1) << topic;
  }
  int decided = 0;
  for (const kafka::Record& record : cluster_->RecordsOf(kDecisionsTopic)) {
    if (kafka::FindHeader(record, "ce_subject") != made.name()) continue;
    ++decided;
    EXPECT_THAT(std::string(kafka::FindHeader(record, "traceparent").value_or("")),
                HasSubstr(kTraceId));
  }
  EXPECT_EQ(decided, 1);
}

TEST_F(IngestionRpcTest, ACallWithoutATraceBeginsOne) {
  const auto caller = CallerWith(TokenOf("editor"));
  news::v1::Article made;
  ASSERT_TRUE(OnArticles(*caller, &Articles::CreateArticle, StoryRequest("untraced"), &made).ok());
  for (const kafka::Record& record : cluster_->RecordsOf(kArticlesTopic)) {
    if (record.key != made.name() + "@1") continue;
    EXPECT_EQ(kafka::FindHeader(record, "traceparent").value_or("").size(), 55u);
  }
}

TEST_F(IngestionRpcTest, ErrorsArriveWithOneErrorInfoAndTheFieldsAtFault) {
  const auto caller = CallerWith(TokenOf("editor"));
  news::v1::Article answer;
  v1::CreateArticleRequest request = StoryRequest("faulty", "");
  request.mutable_article()->set_language("no language");
  const grpc::Status status = OnArticles(*caller, &Articles::CreateArticle, request, &answer);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(InfoOf(status).reason(), errors::kFieldRequired);
  const google::rpc::Status rich = Rich(status);
  EXPECT_EQ(rich.code(), static_cast<int>(grpc::StatusCode::INVALID_ARGUMENT));
  google::rpc::BadRequest bad;
  int bad_requests = 0;
  for (const auto& detail : rich.details()) bad_requests += detail.UnpackTo(&bad);
  ASSERT_EQ(bad_requests, 1);
  std::vector<std::string> fields;
  for (const auto& violation : bad.field_violations()) fields.push_back(violation.field());
  EXPECT_THAT(fields, ElementsAre("article.headline", "article.language"));

  v1::GetArticleRequest get;
  get.set_name("articles/00000000-0000-0000-0000-000000000000");
  const grpc::Status missing = OnArticles(*caller, &Articles::GetArticle, get, &answer);
  EXPECT_EQ(missing.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(InfoOf(missing).reason(), errors::kArticleNotFound);
  EXPECT_EQ(InfoOf(missing).metadata().at("name"), get.name());

  request = StoryRequest("", "Keyless");
  EXPECT_EQ(InfoOf(OnArticles(*caller, &Articles::CreateArticle, request, &answer))
                .metadata()
                .count("proposed_key"),
            1u);
}

// The bytes as they are, without a message that would mend or refuse them.
grpc::Status CallRaw(const rpc::Caller& caller, const char* method, const std::string& bytes) {
  grpc::ClientContext context;
  caller.Prepare(context, kWithin, "");
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer answer;
  const grpc::internal::RpcMethod rpc(method, grpc::internal::RpcMethod::NORMAL_RPC);
  return grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
      caller.channel().get(), rpc, &context, request, &answer);
}

TEST_F(IngestionRpcTest, ARequestThatCannotBeReadIsRefusedWithItsField) {
  constexpr char kCreate[] = "/telex.ingestion.v1.IngestionService/CreateArticle";
  const auto caller = CallerWith(TokenOf("editor"));
  v1::CreateArticleRequest request;
  request.set_request_id("fine");
  request.mutable_article()->set_source("sources/caliber");
  request.mutable_article()->set_headline("caf#");
  std::string bytes = request.SerializeAsString();
  bytes[bytes.find('#')] = '\xe9';  // Latin-1
  grpc::Status status = CallRaw(*caller, kCreate, bytes);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
  EXPECT_EQ(InfoOf(status).reason(), errors::kNotUtf8);
  const auto details = errors::DetailsOf(rpc::FromGrpc(status));
  ASSERT_TRUE(details && details->fields.size() == 1);
  EXPECT_EQ(details->fields.front().field, "article.headline");

  request.clear_article();
  request.set_body_text("na#ve");
  bytes = request.SerializeAsString();
  bytes[bytes.find('#')] = '\xef';
  status = CallRaw(*caller, kCreate, bytes);
  EXPECT_EQ(errors::DetailsOf(rpc::FromGrpc(status))->fields.front().field, "body_text");

  // No message at all.
  status = CallRaw(*caller, kCreate, "\x0a\xff");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(InfoOf(status).reason(), errors::kFieldInvalid);

  // Who is nobody is told that first; on every method.
  const auto nobody = CallerWith("");
  for (const auto* service : {v1::CreateArticleRequest::descriptor()->file()->service(0),
                              v1::CreateSourceRequest::descriptor()->file()->service(0)}) {
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string method =
          fmt::format("/{}/{}", service->full_name(), service->method(i)->name());
      EXPECT_EQ(CallRaw(*nobody, method.c_str(), "\x0a\xff").error_code(),
                grpc::StatusCode::UNAUTHENTICATED)
          << method;
      EXPECT_EQ(CallRaw(*caller, method.c_str(), "\x0a\xff").error_code(),
                grpc::StatusCode::INVALID_ARGUMENT)
          << method;
    }
  }
}

// An intake that knows a source, though nobody decides; and its face.
class LonelyIntake {
 public:
  explicit LonelyIntake(const rpc::Authenticator& authenticator) {
    SourceHead head;
    head.source.id = *news::SourceId::Parse("caliber.az");
    head.source.version = news::Version{1};
    head.source.display_name = "Caliber.Az";
    head.source.home_page = "https://caliber.az/";
    head.source.usage_terms = "Use with a link.";
    head.source.default_language = *news::LanguageTag::Parse("en");
    head.position = {.cluster = cluster.id, .partition = 0, .offset = 0};
    kafka::Record record{.topic = kResourcesTopic,
                         .partition = kafka::PartitionOf("caliber.az", kPartitions)};
    record.key = SourceKey(head.source.id, head.source.version);
    record.value = EncodeSourceHead(head);
    EXPECT_TRUE(replica.edge_publisher->PublishAll({record}).ok());
    EXPECT_TRUE(
        AwaitThat([&] { return replica.log_store->SourceHeadOf(head.source.id).has_value(); }));
    auto started = IngestionServer::Start(*replica.intake, authenticator, {});
    EXPECT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
  }
  ~LonelyIntake() { EXPECT_TRUE(server_->Stop(absl::Seconds(10))); }

  std::string address() const { return fmt::format("127.0.0.1:{}", server_->port()); }

  Cluster cluster;
  Replica replica{cluster, {.decides = false}};

 private:
  std::unique_ptr<IngestionServer> server_;
};

TEST_F(IngestionRpcTest, ThePendingDecisionIsToldBeforeTheClientGivesUp) {
  LonelyIntake lonely(*authenticator_);
  auto caller = rpc::Caller::Make({.address = lonely.address(), .token = TokenOf("editor")});
  ASSERT_TRUE(caller.ok());
  news::v1::Article answer;
  const grpc::Status status = OnArticles(**caller, &Articles::CreateArticle,
                                         StoryRequest("pending"), &answer, "", absl::Seconds(3));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
  EXPECT_EQ(InfoOf(status).reason(), errors::kDecisionPending);
}

// The document is recorded before its stories are submitted: the call waits for no longer.
TEST_F(IngestionRpcTest, AnImportThatTheBrokerDoesNotTakeIsToldBeforeTheClientGivesUp) {
  LonelyIntake lonely(*authenticator_);
  auto caller = rpc::Caller::Make({.address = lonely.address(), .token = TokenOf("source")});
  ASSERT_TRUE(caller.ok());
  v1::ImportDocumentRequest request;
  request.set_source("sources/caliber.az");
  request.set_key("page");
  request.set_document(
      "Council approves quiet engine rule\n\n18 April 2025 14:25\n\nThe council of Port Ellery has "
      "decided that all ferries in the inner basin have to run on current, its chair said.\n");
  v1::ImportDocumentResponse answer;
  lonely.cluster.broker.SetDown(1);
  const grpc::Status status =
      OnArticles(**caller, &Articles::ImportDocument, request, &answer, "", absl::Seconds(3));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
  EXPECT_EQ(InfoOf(status).reason(), errors::kDecisionPending);
  lonely.cluster.broker.SetUp(1);
}

}  // namespace
}  // namespace telex::ingestion
