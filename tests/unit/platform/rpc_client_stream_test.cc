#include <gmock/gmock.h>
#include <grpcpp/support/sync_stream.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "platform/errors/errors.h"
#include "platform/grpc/unary_service.h"
#include "tests/unit/platform/rpc_fixture.h"

namespace telex::rpc {
namespace {

using ::testing::ElementsAre;

constexpr const char* kPut = "/telex.test.Greeter/Put";
constexpr std::size_t kUploadsMax = 2;

// What all streams have brought, and the one that holds.
struct Shelf {
  std::mutex mutex;
  std::vector<std::string> taken;
  std::vector<std::shared_ptr<ClientStream>> held;
  std::atomic<int> offered = 0;
  std::atomic<int> opened = 0;
  std::atomic<int> over = 0;

  std::vector<std::string> Taken() {
    const std::lock_guard lock(mutex);
    return taken;
  }
  // Each that holds reads on; how many these were.
  std::size_t Release() {
    std::vector<std::shared_ptr<ClientStream>> streams;
    {
      const std::lock_guard lock(mutex);
      streams.swap(held);
    }
    for (const auto& stream : streams) stream->ReadOn();
    return streams.size();
  }
  void AwaitHeld() {
    while (true) {
      const std::lock_guard lock(mutex);
      if (!held.empty()) return;
    }
  }
  void AwaitOver(int streams) const {
    while (over < streams) std::this_thread::yield();
  }
};

// Puts texts on the shelf: "bad" is refused, "soon" is taken when it is offered again, and behind
// "hold" the next is read when the shelf says so. "never" has no answer.
class Putter final : public StreamTaker<Text, Text> {
 public:
  Putter(Shelf& shelf, std::shared_ptr<ClientStream> stream)
      : shelf_(shelf), stream_(std::move(stream)) {
    ++shelf_.opened;
  }
  ~Putter() override { ++shelf_.over; }

  absl::StatusOr<absl::Duration> Take(const Text& message) override {
    ++shelf_.offered;
    if (message.value() == "bad") {
      return errors::FieldError("value", errors::kFieldInvalid, "is bad");
    }
    if (message.value() == "soon" && !std::exchange(waited_, true)) return absl::Milliseconds(1);
    never_ = never_ || message.value() == "never";
    count_ += 1;
    {
      const std::lock_guard lock(shelf_.mutex);
      shelf_.taken.push_back(message.value());
      if (message.value() == "hold") {
        shelf_.held.push_back(stream_);
        return absl::ZeroDuration();
      }
    }
    stream_->ReadOn();
    return absl::ZeroDuration();
  }

  void Finish(Done<Text> done) override {
    if (never_) return;
    Text text;
    text.set_value(std::to_string(count_));
    done(text);
  }

 private:
  Shelf& shelf_;
  const std::shared_ptr<ClientStream> stream_;
  int count_ = 0;
  bool waited_ = false;
  bool never_ = false;
};

// A caller's end of a stream.
class Sending {
 public:
  explicit Sending(const Caller& caller, absl::Duration within = kDeadline) {
    caller.Prepare(context_, within);
    const grpc::internal::RpcMethod method(kPut, grpc::internal::RpcMethod::CLIENT_STREAMING,
                                           caller.channel());
    writer_.reset(grpc::internal::ClientWriterFactory<Text>::Create(caller.channel().get(), method,
                                                                    &context_, &answer_));
  }

  bool Send(const std::string& value) {
    Text text;
    text.set_value(value);
    return writer_->Write(text);
  }
  absl::StatusOr<std::string> End() {
    writer_->WritesDone();
    const absl::Status status = FromGrpc(writer_->Finish());
    if (!status.ok()) return status;
    return answer_.value();
  }
  std::string Reason() { return errors::ReasonOf(End().status()); }
  void Cancel() { context_.TryCancel(); }

 private:
  grpc::ClientContext context_;
  Text answer_;
  std::unique_ptr<grpc::ClientWriter<Text>> writer_;
};

class ClientStreamTest : public ::testing::Test {
 protected:
  ClientStreamTest()
      : auth_(*Authenticator::FromText(
            fmt::format("desk editor {}\nfeeds reader {}\n", HashToken("ed"), HashToken("re")))),
        service_("telex.test.Greeter", *auth_, absl::Minutes(1)) {
    service_.Now<Text, Text>("Greet", {Role::kReader},
                             [](const Text& text) -> absl::StatusOr<Text> { return text; });
    service_.Upload<Text, Text>("Put", {Role::kReader}, kUploadsMax,
                                [this](const Call& call, std::shared_ptr<ClientStream> stream)
                                    -> absl::StatusOr<std::shared_ptr<StreamTaker<Text, Text>>> {
                                  EXPECT_EQ(call.actor.name, "feeds");
                                  return std::make_shared<Putter>(shelf_, std::move(stream));
                                });
    server_ = StartOrDie({}, {service_.named()});
    reader_ = CallerOf(*server_, {.token = "re"});
  }

  Shelf shelf_;
  std::unique_ptr<Authenticator> auth_;
  UnaryService service_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Caller> reader_;
};

TEST_F(ClientStreamTest, TakesAllInOrderThenAnswersOnce) {
  Sending sending(*reader_);
  std::vector<std::string> sent;
  for (int n = 0; n < 100; ++n) {
    sent.push_back(std::to_string(n));
    EXPECT_TRUE(sending.Send(sent.back()));
  }
  EXPECT_EQ(*sending.End(), "100");
  EXPECT_EQ(shelf_.Taken(), sent);
  shelf_.AwaitOver(1);
  EXPECT_EQ(*Sending(*reader_).End(), "0") << "a stream of nothing";
}

TEST_F(ClientStreamTest, ReadsNothingUntilTheNextIsWanted) {
  Sending sending(*reader_);
  EXPECT_TRUE(sending.Send("hold"));
  shelf_.AwaitHeld();
  EXPECT_TRUE(sending.Send("a"));
  EXPECT_TRUE(sending.Send("b"));
  EXPECT_TRUE(Greet(*reader_).ok()) << "behind them on the same connection";
  EXPECT_THAT(shelf_.Taken(), ElementsAre("hold"));
  EXPECT_EQ(shelf_.Release(), 1u);
  EXPECT_EQ(*sending.End(), "3");
  EXPECT_THAT(shelf_.Taken(), ElementsAre("hold", "a", "b"));
}

TEST_F(ClientStreamTest, ACallerThatIsQuickerIsHeldBack) {
  Sending sending(*reader_);
  std::atomic<int> written = 0;
  std::jthread writing([&] {
    sending.Send("hold");
    // Far more than HTTP/2 and the sockets hold.
    for (int n = 0; n < 1'000 && sending.Send(std::string(100'000, 'x')); ++n) ++written;
  });
  shelf_.AwaitHeld();
  while (written < 1) std::this_thread::yield();
  int before = -1;
  while (before != written) {  // until it stands still
    before = written;
    for (int n = 0; n < 20; ++n) EXPECT_TRUE(Greet(*reader_).ok());
  }
  EXPECT_LT(before, 1'000);
  EXPECT_EQ(shelf_.offered, 1);
  shelf_.Release();
  writing.join();
  EXPECT_EQ(*sending.End(), "1001");
}

TEST_F(ClientStreamTest, OffersAMessageAgainAfterAWhile) {
  Sending sending(*reader_);
  for (const char* text : {"a", "soon", "b"}) EXPECT_TRUE(sending.Send(text));
  EXPECT_EQ(*sending.End(), "3");
  EXPECT_THAT(shelf_.Taken(), ElementsAre("a", "soon", "b"));
  EXPECT_EQ(shelf_.offered, 4);
}

TEST_F(ClientStreamTest, ARefusalEndsItWhateverIsStillSent) {
  Sending sending(*reader_);
  EXPECT_TRUE(sending.Send("a"));
  EXPECT_TRUE(sending.Send("bad"));
  while (sending.Send("b")) continue;
  const absl::Status refused = sending.End().status();
  EXPECT_EQ(errors::ReasonOf(refused), errors::kFieldInvalid);
  EXPECT_EQ(errors::DetailsOf(refused)->fields.front().field, "value");
  EXPECT_THAT(shelf_.Taken(), ElementsAre("a"));
  shelf_.AwaitOver(1);
}

TEST_F(ClientStreamTest, ARefusalFromOutsideEndsIt) {
  Sending sending(*reader_);
  EXPECT_TRUE(sending.Send("hold"));
  shelf_.AwaitHeld();
  std::shared_ptr<ClientStream> stream;
  {
    const std::lock_guard lock(shelf_.mutex);
    stream = shelf_.held.front();
  }
  stream->Refuse(errors::Error(absl::StatusCode::kUnavailable, errors::kOverloaded, "too much"));
  EXPECT_EQ(sending.Reason(), errors::kOverloaded);
  stream->Refuse(absl::InternalError("too late"));
  shelf_.Release();  // as late
  stream.reset();
  shelf_.AwaitOver(1);
}

TEST_F(ClientStreamTest, WhoMayNotIsRefusedAndToldWhy) {
  const auto nobody = CallerOf(*server_, {});
  EXPECT_EQ(Sending(*nobody).Reason(), errors::kUnauthenticated);
  const auto editor = CallerOf(*server_, {.token = "ed"});
  EXPECT_EQ(Sending(*editor).Reason(), errors::kRoleRequired);
  Sending garbled(*reader_);
  garbled.Send("\xff");
  EXPECT_EQ(garbled.Reason(), errors::kNotUtf8);
}

TEST_F(ClientStreamTest, NoMoreThanTheBound) {
  Sending first(*reader_);
  Sending second(*reader_);
  first.Send("a");
  second.Send("a");
  while (shelf_.Taken().size() < 2) std::this_thread::yield();
  EXPECT_EQ(Sending(*reader_).Reason(), errors::kOverloaded);
  first.Cancel();
  EXPECT_FALSE(first.End().ok());
  shelf_.AwaitOver(1);
  while (!Sending(*reader_).End().ok()) continue;  // its place is free soon
  EXPECT_EQ(*second.End(), "1");
}

TEST_F(ClientStreamTest, ACallersDeadlineEndsIt) {
  Sending sending(*reader_, absl::Milliseconds(100));
  sending.Send("hold");
  shelf_.AwaitHeld();
  EXPECT_TRUE(absl::IsDeadlineExceeded(sending.End().status()));
  shelf_.Release();
  shelf_.AwaitOver(1);
}

TEST_F(ClientStreamTest, AShutdownEndsItWithAReason) {
  Sending holding(*reader_);
  holding.Send("hold");
  Sending waiting(*reader_);
  waiting.Send("never");
  shelf_.AwaitHeld();
  while (shelf_.Taken().size() < 2) std::this_thread::yield();
  EXPECT_TRUE(server_->Shutdown(kDeadline));
  EXPECT_EQ(holding.Reason(), errors::kStopping);
  EXPECT_EQ(waiting.Reason(), errors::kStopping);
  shelf_.Release();
  shelf_.AwaitOver(2);
}

TEST_F(ClientStreamTest, CallersComeAndGoWhileTheNextIsWanted) {
  std::atomic<bool> done = false;
  std::jthread releasing([&] {
    while (!done) shelf_.Release();
  });
  for (int n = 0; n < 200; ++n) {
    Sending sending(*reader_);
    for (int message = 0; message < n % 4; ++message)
      sending.Send(message % 2 == 0 ? "hold" : "soon");
    if (n % 3 == 0) sending.Cancel();
    const auto answer = sending.End();
    if (n % 3 == 0) continue;
    // The place of one that was cancelled may not be free yet.
    EXPECT_TRUE(answer.ok() ? *answer == std::to_string(n % 4)
                            : errors::Is(answer.status(), errors::kOverloaded))
        << n << ": " << answer.status();
  }
  done = true;
  releasing.join();
  shelf_.Release();
  shelf_.AwaitOver(shelf_.opened);
}

}  // namespace
}  // namespace telex::rpc
