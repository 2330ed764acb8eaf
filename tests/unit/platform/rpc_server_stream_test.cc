#include <gmock/gmock.h>
#include <grpcpp/support/client_callback.h>
#include <grpcpp/support/sync_stream.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

#include "platform/errors/errors.h"
#include "platform/grpc/unary_service.h"
#include "tests/unit/platform/rpc_fixture.h"

namespace telex::rpc {
namespace {

constexpr const char* kWatch = "/telex.test.Greeter/Watch";
constexpr std::size_t kStreamsMax = 2;

// One number that is watched; streams are told the newest.
class Counter {
 public:
  absl::StatusOr<Next<Text>> Open(const Text& request,
                                  const std::shared_ptr<ServerStream>& stream) {
    if (request.value() == "bad") {
      return errors::FieldError("value", errors::kFieldInvalid, "is bad");
    }
    const std::lock_guard lock(mutex_);
    streams_.push_back(stream);
    ++opened_;
    const auto alive = std::shared_ptr<void>(nullptr, [this](void*) { ++over_; });
    const bool ends = request.value() == "once";
    return [this, alive, stream, ends, told = 0]() mutable -> std::optional<Text> {
      const int now = value_;
      if (ends && told != 0) stream->End(absl::OkStatus());
      if (now == told) return std::nullopt;
      told = now;
      Text text;
      text.set_value(std::to_string(now));
      return text;
    };
  }

  void Set(int value) {
    value_ = value;
    Wake();
  }
  void Raise() {
    ++value_;
    Wake();
  }
  int value() const { return value_; }

  int opened() const { return opened_; }
  void AwaitOver(int streams) const {
    while (over_ < streams) std::this_thread::yield();
  }

 private:
  void Wake() {
    const std::lock_guard lock(mutex_);
    for (const auto& stream : streams_) stream->Wake();
  }

  std::atomic<int> value_ = 1;
  std::atomic<int> opened_ = 0;
  std::atomic<int> over_ = 0;
  std::mutex mutex_;
  std::vector<std::shared_ptr<ServerStream>> streams_;
};

// A caller's end of a stream.
class Watching {
 public:
  Watching(const Caller& caller, const std::string& text, absl::Duration within = kDeadline) {
    caller.Prepare(context_, within);
    Text request;
    request.set_value(text);
    const grpc::internal::RpcMethod method(kWatch, grpc::internal::RpcMethod::SERVER_STREAMING,
                                           caller.channel());
    reader_.reset(grpc::internal::ClientReaderFactory<Text>::Create(caller.channel().get(), method,
                                                                    &context_, request));
  }

  // "": over.
  std::string Read() {
    Text text;
    return reader_->Read(&text) ? text.value() : "";
  }
  absl::Status End() { return FromGrpc(reader_->Finish()); }
  void Cancel() { context_.TryCancel(); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<Text>> reader_;
};

class ServerStreamTest : public ::testing::Test {
 protected:
  ServerStreamTest()
      : auth_(*Authenticator::FromText(
            fmt::format("desk editor {}\nfeeds reader {}\n", HashToken("ed"), HashToken("re")))),
        service_("telex.test.Greeter", *auth_, absl::Minutes(1)) {
    service_.Stream<Text, Text>(
        "Watch", {Role::kReader}, kStreamsMax,
        [this](const Text& request, const std::shared_ptr<ServerStream>& stream) {
          return counter_.Open(request, stream);
        });
    server_ = StartOrDie({}, {service_.named()});
    reader_ = CallerOf(*server_, {.token = "re"});
  }

  std::unique_ptr<Watching> Watch() { return std::make_unique<Watching>(*reader_, ""); }
  absl::Status Refusal(const std::string& token, const std::string& text = "") {
    const auto caller = CallerOf(*server_, {.token = token});
    Watching watching(*caller, text);
    EXPECT_EQ(watching.Read(), "");
    return watching.End();
  }

  Counter counter_;
  std::unique_ptr<Authenticator> auth_;
  UnaryService service_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Caller> reader_;
};

TEST_F(ServerStreamTest, TellsWhatIsAtOnceAndEachChangeAfterwards) {
  const auto watching = Watch();
  EXPECT_EQ(watching->Read(), "1");
  for (int value = 2; value < 50; ++value) {
    counter_.Set(value);
    EXPECT_EQ(watching->Read(), std::to_string(value));
  }
}

TEST_F(ServerStreamTest, ASlowReaderGetsTheNewestAndNotAll) {
  const auto watching = Watch();
  EXPECT_EQ(watching->Read(), "1");
  // More than the windows of HTTP/2 and the sockets hold.
  constexpr int kLast = 200'000;
  for (int value = 2; value <= kLast; ++value) counter_.Set(value);
  int read = 0;
  while (watching->Read() != std::to_string(kLast)) ++read;
  EXPECT_LT(read, kLast / 2);
}

TEST_F(ServerStreamTest, EndsOfItselfBehindTheLastMessage) {
  Watching watching(*reader_, "once");
  EXPECT_EQ(watching.Read(), "1");
  EXPECT_EQ(watching.Read(), "");
  EXPECT_TRUE(watching.End().ok());
  counter_.AwaitOver(1);
}

TEST_F(ServerStreamTest, WhoMayNotIsRefusedAndToldWhy) {
  EXPECT_EQ(errors::ReasonOf(Refusal("")), errors::kUnauthenticated);
  EXPECT_EQ(errors::ReasonOf(Refusal("ed")), errors::kRoleRequired);
  const absl::Status bad = Refusal("re", "bad");
  EXPECT_EQ(errors::DetailsOf(bad)->fields.front().field, "value");
  const absl::Status garbled = Refusal("re", "\xff");
  EXPECT_EQ(errors::ReasonOf(garbled), errors::kNotUtf8);
}

TEST_F(ServerStreamTest, NoMoreThanTheBound) {
  auto first = Watch();
  const auto second = Watch();
  EXPECT_EQ(first->Read(), "1");
  EXPECT_EQ(second->Read(), "1");
  EXPECT_EQ(errors::ReasonOf(Refusal("re")), errors::kOverloaded);
  first->Cancel();
  EXPECT_FALSE(first->End().ok());
  counter_.AwaitOver(1);
  std::string told;
  while (told.empty()) told = Watch()->Read();  // its place is free soon
  EXPECT_EQ(told, "1");
}

TEST_F(ServerStreamTest, ACallersDeadlineEndsIt) {
  Watching watching(*reader_, "", absl::Milliseconds(100));
  EXPECT_EQ(watching.Read(), "1");
  EXPECT_EQ(watching.Read(), "");
  EXPECT_TRUE(absl::IsDeadlineExceeded(watching.End()));
  counter_.AwaitOver(1);
  counter_.Set(2);  // nobody is there any more
}

TEST_F(ServerStreamTest, AShutdownEndsItWithAReason) {
  const auto watching = Watch();
  EXPECT_EQ(watching->Read(), "1");
  EXPECT_TRUE(server_->Shutdown(kDeadline));
  EXPECT_EQ(watching->Read(), "");
  EXPECT_EQ(errors::ReasonOf(watching->End()), errors::kStopping);
  counter_.AwaitOver(1);
}

TEST_F(ServerStreamTest, ManyChangesFromManyThreadsWhileReadersComeAndGo) {
  std::atomic<bool> done = false;
  std::vector<std::jthread> setting;
  for (int n = 0; n < 3; ++n) {
    setting.emplace_back([&] {
      while (!done) counter_.Raise();
    });
  }
  for (int n = 0; n < 100; ++n) {
    const auto watching = Watch();
    int newest = 0;
    for (int message = 0; message < n % 5; ++message) {
      const std::string told = watching->Read();
      if (told.empty()) break;
      EXPECT_GT(std::stoi(told), newest) << "never the same, never an older one";
      newest = std::stoi(told);
    }
    watching->Cancel();
    const absl::Status end = watching->End();
    // The place of the one before may not be free yet.
    EXPECT_TRUE(newest == 0 ? !end.ok()
                            : absl::IsCancelled(end) || errors::Is(end, errors::kStopping))
        << end;
  }
  done = true;
  setting.clear();
  EXPECT_GT(counter_.opened(), 0);
  counter_.AwaitOver(counter_.opened());
  std::string told;
  while (told.empty()) told = Watch()->Read();
  EXPECT_EQ(told, std::to_string(counter_.value()));
}

}  // namespace
}  // namespace telex::rpc
