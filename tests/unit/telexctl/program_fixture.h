// The program as a whole, against a server on loopback.
#pragma once

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "platform/errors/errors.h"
#include "platform/grpc/status.h"
#include "telex/ingestion/v1/ingestion_service.grpc.pb.h"
#include "telex/ingestion/v1/source_service.grpc.pb.h"
#include "telexctl/ingestion_api.h"
#include "telexctl/program.h"
#include "tests/support/temp_dir.h"

namespace telex::cli {

inline constexpr char kStory[] = "5d0e1f6c-0b0a-5c0e-9a53-3f4be1b5f9d2";

inline absl::Status Pending() {
  return errors::Error(absl::StatusCode::kUnavailable, errors::kDecisionPending, "not decided yet",
                       {{"retry_after_ms", "1"}});
}

class Service final : public pb::IngestionService::Service {
 public:
  std::vector<std::string> request_ids;
  int pending = 0;  // answers DECISION_PENDING so many times
  absl::Status refusal;
  pb::UpdateArticleRequest updated;
  bool tells = true;                // what an update did; a service of an older release does not
  news::v1::Article standing;       // before a change
  bool changes = true;              // whether it makes a version
  news::v1::WriteResult more_told;  // of a change
  int reads = 0;                    // of articles
  pb::ImportDocumentResponse imported;
  pb::ListArticlesRequest listed;
  pb::ListArticlesResponse of_address;
  bool nothing_passes = false;  // a filter by section or source
  std::string killed;
  std::vector<pb::PurgeArticleRequest> purges;

  grpc::Status GetArticle(grpc::ServerContext*, const pb::GetArticleRequest*,
                          news::v1::Article* answer) override {
    ++reads;
    *answer = standing;
    return grpc::Status::OK;
  }
  grpc::Status KillArticle(grpc::ServerContext*, const pb::KillArticleRequest* request,
                           news::v1::Article* answer) override {
    request_ids.push_back(request->request_id());
    killed = request->name();
    if (pending-- > 0) return rpc::ToGrpc(Pending());
    Change(*request, news::v1::PUB_STATUS_CANCELED, *answer);
    return grpc::Status::OK;
  }
  grpc::Status WithholdArticle(grpc::ServerContext*, const pb::WithholdArticleRequest* request,
                               news::v1::Article* answer) override {
    Change(*request, news::v1::PUB_STATUS_WITHHELD, *answer);
    return grpc::Status::OK;
  }
  grpc::Status PurgeArticle(grpc::ServerContext*, const pb::PurgeArticleRequest* request,
                            news::v1::Article* answer) override {
    purges.push_back(*request);
    if (!refusal.ok()) return rpc::ToGrpc(refusal);
    answer->set_name(request->name());
    Change(*request, news::v1::PUB_STATUS_CANCELED, *answer);
    answer->set_purged(true);
    return grpc::Status::OK;
  }
  grpc::Status ImportDocument(grpc::ServerContext*, const pb::ImportDocumentRequest* request,
                              pb::ImportDocumentResponse* answer) override {
    request_ids.push_back(request->request_id());
    if (pending-- > 0) return rpc::ToGrpc(Pending());
    if (!refusal.ok()) return rpc::ToGrpc(refusal);
    *answer = imported;
    return grpc::Status::OK;
  }
  grpc::Status UpdateArticle(grpc::ServerContext*, const pb::UpdateArticleRequest* request,
                             news::v1::Article* answer) override {
    updated = *request;
    if (!refusal.ok()) return rpc::ToGrpc(refusal);
    *answer = request->article();
    if (!tells) return grpc::Status::OK;
    answer->mutable_result()->set_verdict(news::v1::WriteResult::VERDICT_ACCEPTED);
    answer->mutable_result()->set_version(2);
    return grpc::Status::OK;
  }
  grpc::Status ListArticles(grpc::ServerContext*, const pb::ListArticlesRequest* request,
                            pb::ListArticlesResponse* answer) override {
    listed = *request;
    if (!request->canonical_url().empty()) {
      *answer = of_address;
      return grpc::Status::OK;
    }
    if (nothing_passes && (!request->section().empty() || !request->source().empty()))
      return grpc::Status::OK;
    const bool first = request->page_token().empty();
    answer->add_articles()->set_headline(first ? "one" : "two");
    answer->mutable_articles(0)->set_section("world");
    if (first) answer->set_next_page_token("2");
    return grpc::Status::OK;
  }

 private:
  template <typename Request>
  void Change(const Request& request, news::v1::PubStatus status, news::v1::Article& answer) {
    answer = standing;
    answer.set_name(request.name());
    *answer.mutable_result() = more_told;
    auto& result = *answer.mutable_result();
    result.set_verdict(changes ? news::v1::WriteResult::VERDICT_ACCEPTED
                               : news::v1::WriteResult::VERDICT_UNCHANGED);
    if (changes) {
      answer.set_version(standing.version() + 1);
      answer.set_pub_status(status);
      answer.set_status_reason(request.reason());
    } else {
      result.set_reason("ALREADY_SO");
    }
    result.set_version(answer.version());
  }
};

// Somebody else changes the source so many times, each time between a read and the update.
class SourceService final : public pb::SourceService::Service {
 public:
  int races = 0;
  int version = 1;
  std::string known;  // the one that is listed
  std::vector<std::string> etags;
  std::set<std::string> request_ids;

  grpc::Status GetSource(grpc::ServerContext*, const pb::GetSourceRequest* request,
                         pb::Source* answer) override {
    answer->set_name(request->name());
    answer->set_etag("\"" + std::to_string(version) + "\"");
    return grpc::Status::OK;
  }
  grpc::Status ListSources(grpc::ServerContext*, const pb::ListSourcesRequest*,
                           pb::ListSourcesResponse* answer) override {
    if (!known.empty()) answer->add_sources()->set_name(known);
    return grpc::Status::OK;
  }
  grpc::Status UpdateSource(grpc::ServerContext*, const pb::UpdateSourceRequest* request,
                            pb::Source* answer) override {
    etags.push_back(request->source().etag());
    request_ids.insert(request->request_id());
    if (races > 0) {
      --races;
      ++version;
      return rpc::ToGrpc(errors::Error(absl::StatusCode::kAborted, errors::kStaleEtag, "changed"));
    }
    *answer = request->source();
    answer->mutable_result()->set_verdict(news::v1::WriteResult::VERDICT_UNCHANGED);
    answer->mutable_result()->set_reason("SAME_CONTENT");
    answer->mutable_result()->set_version(version);
    return grpc::Status::OK;
  }
};

class ProgramTest : public ::testing::Test {
 protected:
  ProgramTest() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&service_);
    builder.RegisterService(&sources_);
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
                       const auto set = environment_.find(name);
                       if (set != environment_.end()) return set->second;
                       return std::nullopt;
                     },
                     .working_folder = folder_.path(),
                     .out = out_,
                     .err = err_,
                     .terminal = terminal_.get()});
  }

  tests::TempDir folder_;
  std::map<std::string, std::string> environment_;
  Service service_;
  SourceService sources_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  std::ostringstream out_;
  std::ostringstream err_;
  std::unique_ptr<std::istream> terminal_;  // what a person types; null: nobody is there
};

}  // namespace telex::cli
