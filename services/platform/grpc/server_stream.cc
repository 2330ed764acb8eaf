#include "platform/grpc/server_stream.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include <mutex>
#include <utility>

#include "platform/grpc/status.h"

namespace telex::rpc {
namespace {

class Refusal final : public StreamReactor {
 public:
  explicit Refusal(const absl::Status& status) { Finish(ToGrpc(status)); }
  void OnDone() override { delete this; }
};

// Whoever sets `busy_` or `finished_` is the only one to call `next_` and into gRPC, after the lock
// is given back.
class Stream final : public StreamReactor, public ServerStream, public OpenStream {
 public:
  explicit Stream(OpenStreams& streams) : streams_(streams) {}

  void Start(NextMessage next) {
    {
      const std::lock_guard lock(mutex_);
      next_ = std::move(next);
      busy_ = false;
    }
    Go();
  }

  void Wake() override {
    {
      const std::lock_guard lock(mutex_);
      awake_ = true;
    }
    Go();
  }

  void End(absl::Status why) override {
    {
      const std::lock_guard lock(mutex_);
      if (over_) return;
      over_ = true;
      why_ = std::move(why);
    }
    Go();
  }

  void OnWriteDone(bool ok) override {
    {
      const std::lock_guard lock(mutex_);
      busy_ = false;
      awake_ = true;
      over_ = over_ || !ok;
    }
    Go();
  }

  void OnCancel() override { End(absl::CancelledError("the caller is gone")); }
  void OnDone() override { streams_.Forget(this); }

 private:
  enum class Step { kNone, kAsk, kFinish };

  Step NextStep() {
    const std::lock_guard lock(mutex_);
    if (busy_ || finished_) return Step::kNone;
    if (over_) {
      finished_ = true;
      return Step::kFinish;
    }
    if (!awake_) return Step::kNone;
    awake_ = false;
    busy_ = true;
    return Step::kAsk;
  }

  void Go() {
    for (;;) {
      const Step step = NextStep();
      if (step == Step::kNone) return;
      if (step == Step::kFinish) {
        next_ = {};
        Finish(ToGrpc(why_));
        return;
      }
      if (const auto message = next_()) {
        bytes_ = BytesOf(*message);
        StartWrite(&bytes_);
        return;
      }
      const std::lock_guard lock(mutex_);
      busy_ = false;
    }
  }

  OpenStreams& streams_;
  NextMessage next_;
  grpc::ByteBuffer bytes_;
  std::mutex mutex_;
  bool awake_ = true;  // something may be new
  bool busy_ = true;   // until Start; then while `next_` is asked, or a message is on its way
  bool over_ = false;
  bool finished_ = false;
  absl::Status why_;
};

}  // namespace

StreamReactor* BeginServerStream(OpenStreams& streams, const OpenServerStream& open) {
  auto stream = std::make_shared<Stream>(streams);
  if (absl::Status added = streams.Add(stream); !added.ok()) return RefuseStream(added);
  auto next = open(stream);
  if (next.ok()) {
    stream->Start(*std::move(next));
  } else {
    stream->End(next.status());
    stream->Start({});
  }
  return stream.get();
}

StreamReactor* RefuseStream(const absl::Status& status) { return new Refusal(status); }

grpc::ByteBuffer BytesOf(const google::protobuf::Message& message) {
  grpc::ByteBuffer bytes;
  bool own_buffer = false;
  grpc::SerializationTraits<google::protobuf::Message>::Serialize(message, &bytes, &own_buffer);
  return bytes;
}

}  // namespace telex::rpc
