#include <fmt/format.h>
#include <gmock/gmock.h>
#include <grpc/health/v1/health.grpc.pb.h>
#include <grpc/reflection/v1/reflection.pb.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/sync_stream.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <tuple>

#include "platform/errors/errors.h"
#include "platform/grpc/auth.h"
#include "platform/grpc/channel.h"
#include "platform/grpc/server.h"
#include "tests/unit/platform/rpc_fixture.h"

namespace telex::rpc {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(RpcServer, ServesOnlyWhenItIsTold) {
  Greeter greeter;
  auto server = StartOrDie({}, {{"telex.test.Greeter", &greeter}});
  const auto caller = CallerOf(*server);
  EXPECT_EQ(*Check(*caller), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(*Check(*caller, "telex.test.Greeter"), HealthCheckResponse::NOT_SERVING);
  server->SetServing(true);
  EXPECT_EQ(*Check(*caller), HealthCheckResponse::SERVING);
  EXPECT_EQ(*Check(*caller, "telex.test.Greeter"), HealthCheckResponse::SERVING);
  EXPECT_EQ(Check(*caller, "no.such.Service").status().code(), absl::StatusCode::kNotFound);
}

TEST(RpcServer, TellsWatchersOfEachChangeAndOfTheEnd) {
  auto server = StartOrDie();
  const auto caller = CallerOf(*server);
  const auto stub = Health::NewStub(caller->channel());
  grpc::ClientContext context;
  caller->Prepare(context, kDeadline);
  auto stream = stub->Watch(&context, HealthCheckRequest());
  HealthCheckResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  server->SetServing(true);
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
  std::jthread stopping([&] { EXPECT_TRUE(server->Shutdown(kDeadline)); });
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(RpcServer, WatchesAServiceThatIsNotThereAndBoundsTheWatchers) {
  ServerOptions options;
  options.health_watchers_max = 1;
  auto server = StartOrDie(options);
  const auto caller = CallerOf(*server);
  const auto stub = Health::NewStub(caller->channel());
  grpc::ClientContext first_context;
  caller->Prepare(first_context, kDeadline);
  HealthCheckRequest request;
  request.set_service("no.such.Service");
  auto first = stub->Watch(&first_context, request);
  HealthCheckResponse response;
  ASSERT_TRUE(first->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVICE_UNKNOWN);
  grpc::ClientContext second_context;
  caller->Prepare(second_context, kDeadline);
  auto second = stub->Watch(&second_context, request);
  EXPECT_FALSE(second->Read(&response));
  EXPECT_EQ(second->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  first_context.TryCancel();
  EXPECT_EQ(first->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST(RpcServer, KnowsWhoCallsAndSaysWhyNot) {
  const auto auth = Authenticator::FromText(
      fmt::format("desk editor {}\nfeeds reader {}\n", HashToken("ed"), HashToken("re")));
  Greeter greeter(auth->get());
  auto server = StartOrDie({}, {{"telex.test.Greeter", &greeter}});
  const std::string traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  EXPECT_EQ(*Greet(*CallerOf(*server, {.token = "ed"}), "", traceparent), "desk");
  EXPECT_EQ(greeter.traceparent(), traceparent);
  const auto refused = Greet(*CallerOf(*server, {.token = "re"}), "", std::string(200, 'x'));
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_TRUE(errors::Is(refused.status(), errors::kRoleRequired));
  EXPECT_EQ(greeter.traceparent(), "") << "too long to be one";
  const auto nobody = Greet(*CallerOf(*server));
  EXPECT_TRUE(errors::Is(nobody.status(), errors::kUnauthenticated));
}

using Question = grpc::reflection::v1::ServerReflectionRequest;
using Reply = grpc::reflection::v1::ServerReflectionResponse;

std::vector<Reply> AskReflection(const Caller& caller, std::string_view version,
                                 const std::vector<Question>& questions) {
  const std::string path =
      fmt::format("/grpc.reflection.{}.ServerReflection/ServerReflectionInfo", version);
  grpc::ClientContext context;
  caller.Prepare(context, kDeadline, {});
  const grpc::internal::RpcMethod method(path.c_str(), grpc::internal::RpcMethod::BIDI_STREAMING,
                                         caller.channel());
  const std::unique_ptr<grpc::ClientReaderWriter<Question, Reply>> stream(
      grpc::internal::ClientReaderWriterFactory<Question, Reply>::Create(caller.channel().get(),
                                                                         method, &context));
  std::vector<Reply> replies;
  for (const Question& question : questions) {  // one after the other, on one stream
    Reply reply;
    if (!stream->Write(question) || !stream->Read(&reply)) break;
    replies.push_back(std::move(reply));
  }
  stream->WritesDone();
  const grpc::Status status = stream->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(replies.size(), questions.size());
  replies.resize(questions.size());
  return replies;
}

TEST(RpcServer, TellsItsContractsToWhoAsks) {
  auto server = StartOrDie();
  const auto caller = CallerOf(*server);
  std::vector<Question> questions(4);
  questions[0].set_list_services("*");
  questions[1].set_file_containing_symbol("grpc.health.v1.Health");
  questions[2].set_file_containing_symbol("no.such.Thing");
  std::vector<std::string> of_version[2];
  for (const bool alpha : {false, true}) {
    const auto replies = AskReflection(*caller, alpha ? "v1alpha" : "v1", questions);
    for (const Reply& reply : replies) of_version[alpha].push_back(reply.SerializeAsString());
    std::vector<std::string> names;
    for (const auto& one : replies[0].list_services_response().service()) {
      names.push_back(one.name());
    }
    EXPECT_THAT(names, testing::UnorderedElementsAre("grpc.health.v1.Health",
                                                     "grpc.reflection.v1.ServerReflection",
                                                     "grpc.reflection.v1alpha.ServerReflection"));
    EXPECT_EQ(replies[1].original_request().file_containing_symbol(), "grpc.health.v1.Health");
    EXPECT_GE(replies[1].file_descriptor_response().file_descriptor_proto_size(), 1);
    EXPECT_EQ(replies[2].error_response().error_code(), 5) << "NOT_FOUND";
    EXPECT_NE(replies[3].error_response().error_code(), 0) << "no question";
    // Whatever is listed can be looked up.
    for (const std::string& name : names) {
      Question question;
      question.set_file_containing_symbol(name);
      const auto found = AskReflection(*caller, alpha ? "v1alpha" : "v1", {question});
      EXPECT_TRUE(found[0].has_file_descriptor_response()) << name;
    }
  }
  EXPECT_EQ(of_version[0], of_version[1]);
  EXPECT_TRUE(server->Shutdown(kDeadline));
}

TEST(RpcServer, HasNothingAtOtherAddresses) {
  auto server = StartOrDie();
  const auto caller = CallerOf(*server);
  EXPECT_EQ(Greet(*caller, "", {}, "/no.such.Service/Method").status().code(),
            absl::StatusCode::kUnimplemented);
}

TEST(RpcServer, BoundsMessagesAndCountsCalls) {
  std::mutex mutex;
  std::vector<std::pair<std::string, absl::StatusCode>> calls;
  ServerOptions options;
  options.receive_message_bytes_max = 1000;
  options.on_call = [&](std::string_view method, absl::StatusCode code, absl::Duration took) {
    const std::lock_guard lock(mutex);
    EXPECT_GE(took, absl::ZeroDuration());
    calls.emplace_back(method, code);
  };
  Greeter greeter;
  auto server = StartOrDie(options, {{"telex.test.Greeter", &greeter}});
  const auto caller = CallerOf(*server);
  EXPECT_EQ(*Greet(*caller, std::string(900, 'x')), std::string(900, 'x'));
  EXPECT_EQ(Greet(*caller, std::string(1100, 'x')).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(server->Shutdown(kDeadline));
  const std::lock_guard lock(mutex);
  ASSERT_GE(calls.size(), 1u);
  EXPECT_EQ(calls[0], std::pair(std::string(kCall), absl::StatusCode::kOk));
}

// What is held of all of them is more than is allowed: some are ended, and told so.
TEST(RpcServer, BoundsTheMemoryOfAllCallsTogether) {
  constexpr int kCalls = 32;
  ServerOptions options;
  options.memory_bytes_max = 8 << 20;
  Greeter greeter;
  auto server = StartOrDie(options, {{"telex.test.Greeter", &greeter}});
  std::vector<std::unique_ptr<Caller>> callers;
  for (int i = 0; i < kCalls; ++i) callers.push_back(CallerOf(*server));
  std::atomic<int> refused = 0;
  std::vector<std::jthread> calls;
  for (const auto& caller : callers) {
    calls.emplace_back([&] {
      const auto answer = Greet(*caller, "hold" + std::string(2 << 20, 'x'));
      if (absl::IsResourceExhausted(answer.status())) ++refused;
      if (absl::IsDeadlineExceeded(answer.status())) ADD_FAILURE() << "neither taken nor refused";
    });
  }
  while (refused == 0 && !::testing::Test::HasFailure()) std::this_thread::yield();
  EXPECT_LT(greeter.held(), kCalls);
  server->Shutdown(absl::Milliseconds(50));
}

TEST(RpcServer, CancelsWhatOutlastsTheGrace) {
  Greeter greeter;
  auto server = StartOrDie({}, {{"telex.test.Greeter", &greeter}});
  const auto caller = CallerOf(*server);
  absl::StatusOr<std::string> answer;
  std::jthread calling([&] { answer = Greet(*caller, "hold"); });
  greeter.AwaitHeldCall();
  EXPECT_FALSE(server->Shutdown(absl::Milliseconds(50)));
  EXPECT_TRUE(server->Shutdown(absl::Milliseconds(50))) << "the second one has nothing to do";
  calling.join();
  EXPECT_FALSE(answer.ok());
}

TEST(RpcServer, RefusesAPortThatIsTaken) {
  auto server = StartOrDie();
  ServerOptions options;
  options.address = fmt::format("127.0.0.1:{}", server->port());
  EXPECT_EQ(Server::Start(options, {}).status().code(), absl::StatusCode::kUnavailable);
}

TEST(RpcServer, SpeaksTlsAndKnowsClientsByTheirCertificate) {
  TlsFiles files;
  const auto auth = Authenticator::FromText(
      fmt::format("newsroom editor uri:spiffe://telex/newsroom\ndesk editor {}\n", HashToken("t")));
  Greeter greeter(auth->get());
  ServerOptions options;
  std::tie(options.tls.certificate_file, options.tls.key_file) =
      files.Issue("server", "DNS:localhost,IP:127.0.0.1");
  options.tls.client_ca_file = files.ca_file;
  options.tls.require_client_certificate = false;
  auto server = StartOrDie(options, {{"telex.test.Greeter", &greeter}});

  ChannelOptions client{.ca_file = files.ca_file};
  EXPECT_TRUE(errors::Is(Greet(*CallerOf(*server, client)).status(), errors::kUnauthenticated));
  client.token = "t";
  EXPECT_EQ(*Greet(*CallerOf(*server, client)), "desk");
  client.token = "";
  std::tie(client.certificate_file, client.key_file) =
      files.Issue("client", "URI:spiffe://telex/newsroom");
  EXPECT_EQ(*Greet(*CallerOf(*server, client)), "newsroom");

  TlsFiles others;
  std::tie(client.certificate_file, client.key_file) =
      others.Issue("client", "URI:spiffe://telex/newsroom");
  EXPECT_EQ(Greet(*CallerOf(*server, client)).status().code(), absl::StatusCode::kUnavailable)
      << "a certificate of another CA";
  EXPECT_EQ(Greet(*CallerOf(*server)).status().code(), absl::StatusCode::kUnavailable)
      << "no TLS at all";
}

TEST(RpcServer, CanWantACertificateOfEverybody) {
  TlsFiles files;
  Greeter greeter;
  ServerOptions options;
  std::tie(options.tls.certificate_file, options.tls.key_file) =
      files.Issue("server", "IP:127.0.0.1");
  options.tls.client_ca_file = files.ca_file;
  auto server = StartOrDie(options, {{"telex.test.Greeter", &greeter}});
  ChannelOptions client{.ca_file = files.ca_file};
  EXPECT_EQ(Greet(*CallerOf(*server, client)).status().code(), absl::StatusCode::kUnavailable);
  std::tie(client.certificate_file, client.key_file) = files.Issue("client", "DNS:client");
  EXPECT_EQ(*Greet(*CallerOf(*server, client), "hello"), "hello");
}

TEST(RpcServer, SaysWhatIsWrongWithItsTlsFiles) {
  TlsFiles files;
  const auto [certificate, key] = files.Issue("server", "IP:127.0.0.1");
  const auto [other_certificate, other_key] = files.Issue("other", "IP:127.0.0.1");
  const auto fault = [](const ServerTls& tls) {
    ServerOptions options;
    options.address = "127.0.0.1:0";
    options.tls = tls;
    const auto status = Server::Start(options, {}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return status.ToString();
  };
  EXPECT_THAT(fault({certificate, other_key, ""}), HasSubstr("is not the key of"));
  EXPECT_THAT(fault({certificate, "", ""}), HasSubstr("without its key"));
  EXPECT_THAT(fault({"", "", files.ca_file}), HasSubstr("no certificate and key"));
  EXPECT_THAT(fault({files.dir / "missing.pem", certificate, files.dir / "none.pem"}),
              AllOf(HasSubstr("missing.pem cannot be read"), HasSubstr("no PEM key"),
                    HasSubstr("none.pem cannot be read")));
}

TEST(RpcChannel, DoesNotSendATokenInTheClear) {
  const auto fault = [](std::string address) {
    return Caller::Make({.address = std::move(address), .token = "t"}).status().code();
  };
  EXPECT_EQ(fault("ingestion.telex.svc:8090"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(fault("127.example.org:8090"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(fault("10.0.0.1:8090"), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(fault("127.0.0.1:8090"), absl::StatusCode::kOk);
  EXPECT_EQ(fault("localhost:8090"), absl::StatusCode::kOk);
  EXPECT_EQ(fault("[::1]:8090"), absl::StatusCode::kOk);
}

}  // namespace
}  // namespace telex::rpc
