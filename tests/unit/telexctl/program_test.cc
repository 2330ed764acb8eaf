// The program as a whole, against a server on loopback.
#include "telexctl/program.h"

#include <gmock/gmock.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "platform/errors/errors.h"
#include "platform/grpc/status.h"
#include "telex/ingestion/v1/ingestion_service.grpc.pb.h"
#include "telexctl/failure.h"
#include "tests/support/temp_dir.h"

namespace telex::cli {
namespace {

namespace pb = telex::ingestion::v1;
using ::testing::HasSubstr;

constexpr char kUuid[] = "5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2";

class Service final : public pb::IngestionService::Service {
 public:
  std::vector<std::string> request_ids;
  int pending = 0;  // answers DECISION_PENDING so many times
  absl::Status refusal;
  pb::UpdateArticleRequest updated;

  grpc::Status KillArticle(grpc::ServerContext*, const pb::KillArticleRequest* request,
                           news::v1::Article* answer) override {
    request_ids.push_back(request->request_id());
    if (pending-- > 0) {
      return rpc::ToGrpc(errors::Error(absl::StatusCode::kUnavailable, errors::kDecisionPending,
                                       "not decided yet", {{"retry_after_ms", "1"}}));
    }
    answer->set_name(request->name());
    answer->set_pub_status(news::v1::PUB_STATUS_CANCELED);
    answer->set_status_reason(request->reason());
    return grpc::Status::OK;
  }
  grpc::Status UpdateArticle(grpc::ServerContext*, const pb::UpdateArticleRequest* request,
                             news::v1::Article* answer) override {
    updated = *request;
    if (!refusal.ok()) return rpc::ToGrpc(refusal);
    *answer = request->article();
    return grpc::Status::OK;
  }
  grpc::Status ListArticles(grpc::ServerContext*, const pb::ListArticlesRequest* request,
                            pb::ListArticlesResponse* answer) override {
    const bool first = request->page_token().empty();
    answer->add_articles()->set_headline(first ? "one" : "two");
    if (first) answer->set_next_page_token("2");
    return grpc::Status::OK;
  }
};

class ProgramTest : public ::testing::Test {
 protected:
  ProgramTest() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
  }
  ~ProgramTest() override { server_->Shutdown(); }

  int Telexctl(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "telexctl");
    out_.str("");
    err_.str("");
    return cli::Run(static_cast<int>(arguments.size()), arguments.data(),
                    {.environment = [this](const std::string& name) -> std::optional<std::string> {
                       if (name == "TELEX_INGESTION_ADDRESS") {
                         return "127.0.0.1:" + std::to_string(port_);
                       }
                       return std::nullopt;
                     },
                     .working_folder = folder_.path(),
                     .out = out_,
                     .err = err_});
  }

  tests::TempDir folder_;
  Service service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(ProgramTest, RepeatsAPendingChangeUnderItsRequestId) {
  service_.pending = 2;
  EXPECT_EQ(Telexctl({"articles", "kill", kUuid, "--reason", "untrue"}), kExitOk);
  ASSERT_EQ(service_.request_ids.size(), 3u);
  EXPECT_NE(service_.request_ids[0], "");
  EXPECT_EQ(service_.request_ids[0], service_.request_ids[2]);
  EXPECT_THAT(err_.str(), HasSubstr("KillArticle: DECISION_PENDING; asking again"));
  EXPECT_THAT(out_.str(), HasSubstr("canceled: untrue"));
}

TEST_F(ProgramTest, AnEmptyValueClearsAField) {
  EXPECT_EQ(Telexctl({"articles", "update", kUuid, "--byline", "", "--headline", "New"}), kExitOk);
  EXPECT_EQ(service_.updated.update_mask().paths_size(), 2);
  EXPECT_EQ(service_.updated.article().byline(), "");
}

TEST_F(ProgramTest, ARefusalSaysWhatToDo) {
  service_.refusal =
      errors::Error(absl::StatusCode::kAborted, errors::kStaleEtag, "not the newest");
  EXPECT_EQ(Telexctl({"articles", "update", kUuid, "--headline", "New", "--etag", "1"}),
            kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr("reason: STALE_ETAG (ABORTED)"));
  EXPECT_THAT(err_.str(), HasSubstr("what to do:"));
  EXPECT_EQ(Telexctl({"-o", "json", "articles", "update", kUuid, "--headline", "New"}),
            kExitRefused);
  EXPECT_EQ(nlohmann::json::parse(err_.str())["error"]["reason"], "STALE_ETAG");
  EXPECT_EQ(out_.str(), "");
}

TEST_F(ProgramTest, NoRightsIsACodeOfItsOwn) {
  service_.refusal =
      errors::Error(absl::StatusCode::kPermissionDenied, errors::kRoleRequired, "editor");
  EXPECT_EQ(Telexctl({"articles", "update", kUuid, "--headline", "New"}), kExitPermission);
}

TEST_F(ProgramTest, PagesBecomeOneDocument) {
  EXPECT_EQ(Telexctl({"articles", "list", "-o", "json"}), kExitOk);
  const auto json = nlohmann::json::parse(out_.str());
  ASSERT_EQ(json["articles"].size(), 2u);
  EXPECT_EQ(json["articles"][1]["headline"], "two");
  EXPECT_EQ(Telexctl({"articles", "list", "--limit", "1"}), kExitOk);
  EXPECT_THAT(err_.str(), HasSubstr("more than 1"));
}

TEST_F(ProgramTest, NobodyThereIsUnavailable) {
  server_->Shutdown();
  EXPECT_EQ(Telexctl({"articles", "get", kUuid, "--timeout-seconds", "5"}), kExitUnavailable);
  EXPECT_THAT(err_.str(), HasSubstr("make up"));
}

TEST_F(ProgramTest, FieldsAreListed) {
  service_.refusal =
      errors::WithField(errors::FieldError("article.headline", errors::kFieldRequired, "say it"),
                        "article.section", errors::kUnknownSection, "no such");
  EXPECT_EQ(Telexctl({"articles", "update", kUuid, "--headline", ""}), kExitRefused);
  EXPECT_THAT(err_.str(), HasSubstr("2 fields are at fault"));
  EXPECT_THAT(err_.str(), HasSubstr("  article.section: no such (UNKNOWN_SECTION)"));
}

TEST_F(ProgramTest, WrongUsageIsToldBeforeAnythingIsSent) {
  EXPECT_EQ(Telexctl({}), kExitUsage);
  EXPECT_EQ(Telexctl({"articles"}), kExitUsage);
  EXPECT_EQ(Telexctl({"articles", "kill", kUuid}), kExitUsage);
  EXPECT_EQ(Telexctl({"articles", "kill", "ferry", "--reason", "x"}), kExitUsage);
  EXPECT_EQ(Telexctl({"articles", "list", "--status", "gone"}), kExitUsage);
  EXPECT_EQ(Telexctl({"topics", "tail", "articles", "--from", "5"}), kExitUsage);
  EXPECT_EQ(Telexctl({"topics", "apply", "--file", "/nonexistent.yaml"}), kExitUsage);
  EXPECT_TRUE(service_.request_ids.empty());
}

TEST_F(ProgramTest, EveryCommandHasAnExample) {
  const std::vector<std::vector<const char*>> commands = {{"import"},
                                                          {"articles", "get"},
                                                          {"articles", "list"},
                                                          {"articles", "versions"},
                                                          {"articles", "create"},
                                                          {"articles", "update"},
                                                          {"articles", "withhold"},
                                                          {"articles", "kill"},
                                                          {"articles", "reinstate"},
                                                          {"sources", "list"},
                                                          {"sources", "get"},
                                                          {"sources", "create"},
                                                          {"sources", "update"},
                                                          {"feeds", "show"},
                                                          {"feeds", "list"},
                                                          {"topics", "tail"},
                                                          {"topics", "apply"},
                                                          {"topics", "list"},
                                                          {"status"}};
  for (std::vector<const char*> command : commands) {
    std::string spoken = "telexctl";
    for (const char* word : command) spoken = spoken + " " + word;
    command.push_back("--help");
    EXPECT_EQ(Telexctl(command), kExitOk) << spoken;
    EXPECT_THAT(out_.str(), HasSubstr("Example:\n  " + spoken)) << spoken;
  }
}

}  // namespace
}  // namespace telex::cli
