#include "tests/benchmark/newsroom_client.h"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <fstream>
#include <utility>

#include "platform/grpc/channel.h"
#include "telex/ingestion/v1/ingestion_service.grpc.pb.h"
#include "telex/ingestion/v1/source_service.grpc.pb.h"
#include "tests/benchmark/die.h"
#include "tests/benchmark/stories.h"

namespace telex::bench {
namespace {

constexpr absl::Duration kWithin = absl::Seconds(20);

std::string FirstLineOf(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

absl::Status ToAbsl(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

ingestion::v1::CreateArticleRequest RequestOf(const NewsroomClient::NewStory& story) {
  ingestion::v1::CreateArticleRequest request;
  news::v1::Article& article = *request.mutable_article();
  article.set_source(fmt::format("sources/{}", kSource));
  article.set_key(story.key);
  article.set_canonical_url("https://bench.example/" + story.key);
  article.set_headline(story.headline);
  article.set_section(story.section);
  article.set_language(story.language);
  request.set_body_text(story.body_text);
  return request;
}

struct Call {
  grpc::ClientContext context;
  ingestion::v1::CreateArticleRequest request;
  news::v1::Article answer;
};

}  // namespace

struct NewsroomClient::Impl {
  std::unique_ptr<rpc::Caller> caller;
  std::unique_ptr<ingestion::v1::IngestionService::Stub> articles;
  std::unique_ptr<ingestion::v1::SourceService::Stub> sources;
};

NewsroomClient::NewsroomClient(const std::string& address, const std::string& token_file)
    : impl_(std::make_unique<Impl>()) {
  impl_->caller =
      OrDie("channel", rpc::Caller::Make({.address = address, .token = FirstLineOf(token_file)}));
  impl_->articles = ingestion::v1::IngestionService::NewStub(impl_->caller->channel());
  impl_->sources = ingestion::v1::SourceService::NewStub(impl_->caller->channel());
}

NewsroomClient::~NewsroomClient() = default;

void NewsroomClient::EnsureSource() {
  grpc::ClientContext context;
  impl_->caller->Prepare(context, kWithin);
  ingestion::v1::CreateSourceRequest request;
  request.set_source_id(std::string(kSource));
  ingestion::v1::Source& source = *request.mutable_source();
  source.set_display_name("Bench Courier");
  source.set_home_page("https://bench.example/");
  source.set_usage_terms("Any use of materials is allowed only with a hyperlink to the source.");
  source.set_default_language("en");
  ingestion::v1::Source answer;
  const absl::Status made = ToAbsl(impl_->sources->CreateSource(&context, request, &answer));
  if (!absl::IsAlreadyExists(made)) OrDie("source", made);
}

void NewsroomClient::Create(const NewStory& story, std::function<void(absl::Status)> done) {
  auto call = std::make_shared<Call>();
  impl_->caller->Prepare(call->context, kWithin);
  call->request = RequestOf(story);
  impl_->articles->async()->CreateArticle(
      &call->context, &call->request, &call->answer,
      [call, done = std::move(done)](const grpc::Status& status) { done(ToAbsl(status)); });
}

std::string NewsroomClient::CreateNow(const NewStory& story) {
  grpc::ClientContext context;
  impl_->caller->Prepare(context, kWithin);
  news::v1::Article answer;
  OrDie("create", ToAbsl(impl_->articles->CreateArticle(&context, RequestOf(story), &answer)));
  return answer.name();
}

void NewsroomClient::CorrectNow(const std::string& article, const std::string& body_text) {
  grpc::ClientContext context;
  impl_->caller->Prepare(context, kWithin);
  ingestion::v1::UpdateArticleRequest request;
  request.mutable_article()->set_name(article);
  request.mutable_update_mask()->add_paths("body_html");
  request.set_body_text(body_text);
  news::v1::Article answer;
  OrDie("correct", ToAbsl(impl_->articles->UpdateArticle(&context, request, &answer)));
}

}  // namespace telex::bench
