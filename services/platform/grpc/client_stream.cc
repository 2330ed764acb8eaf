#include "platform/grpc/client_stream.h"

#include <grpcpp/alarm.h>

#include <mutex>
#include <utility>

#include "platform/grpc/deadline.h"
#include "platform/grpc/server_stream.h"
#include "platform/grpc/status.h"

namespace telex::rpc {
namespace {

using google::protobuf::Message;

class UploadRefusal final : public ReadReactor {
 public:
  explicit UploadRefusal(const absl::Status& status) { Finish(ToGrpc(status)); }
  void OnDone() override { delete this; }
};

// The lock is held while gRPC is called, which never calls back from there, and never while the
// taker is.
class Upload final : public ReadReactor,
                     public ClientStream,
                     public OpenStream,
                     public std::enable_shared_from_this<Upload> {
 public:
  Upload(OpenStreams& streams, ClientStreamParts parts)
      : streams_(streams), parts_(std::move(parts)) {}

  void Start(AnyStreamTaker taker) {
    {
      const std::lock_guard lock(mutex_);
      taker_ = std::make_shared<const AnyStreamTaker>(std::move(taker));
    }
    ReadOn();
  }

  void ReadOn() override {
    const std::lock_guard lock(mutex_);
    if (!over_) StartRead(&bytes_);
  }

  void Refuse(absl::Status why) override { Close(why, nullptr); }
  void End(absl::Status why) override { Close(why, nullptr); }

  void OnReadDone(bool ok) override {
    if (!ok) return AnswerAtEnd();
    grpc::ByteBuffer bytes;
    bytes.Swap(&bytes_);
    auto message = parts_.read(bytes);
    if (!message.ok()) return End(message.status());
    Offer(*std::move(message));
  }

  void OnCancel() override { End(absl::CancelledError("the caller is gone")); }

  void OnDone() override {
    std::shared_ptr<const AnyStreamTaker> taker;  // may hold the stream
    {
      const std::lock_guard lock(mutex_);
      taker = std::exchange(taker_, nullptr);
    }
    streams_.Forget(this);
  }

 private:
  void Offer(std::shared_ptr<const Message> message) {
    const auto taker = Taker();
    if (taker == nullptr) return;
    const absl::StatusOr<absl::Duration> wait = taker->take(*message);
    if (!wait.ok()) return End(wait.status());
    if (*wait <= absl::ZeroDuration()) return;
    const std::lock_guard lock(mutex_);
    if (over_) return;
    // A new one each time: the one before may be calling us.
    alarm_ = std::make_unique<grpc::Alarm>();
    alarm_->Set(DeadlineAfter(*wait), [self = shared_from_this(), message](bool in_time) {
      if (in_time) self->Offer(message);
    });
  }

  void AnswerAtEnd() {
    const auto taker = Taker();
    if (taker == nullptr) return;
    taker->end([self = shared_from_this()](const absl::Status& status, const Message* answer) {
      self->Close(status, answer);
    });
  }

  // Null once it is over.
  std::shared_ptr<const AnyStreamTaker> Taker() {
    const std::lock_guard lock(mutex_);
    return over_ ? nullptr : taker_;
  }

  void Close(const absl::Status& status, const Message* answer) {
    const std::lock_guard lock(mutex_);
    if (over_) return;
    over_ = true;
    if (alarm_ != nullptr) alarm_->Cancel();
    if (answer != nullptr) *parts_.answer = BytesOf(*answer);
    if (!status.ok() && !absl::IsCancelled(status)) parts_.on_refused(status);
    Finish(ToGrpc(status));
  }

  OpenStreams& streams_;
  const ClientStreamParts parts_;
  grpc::ByteBuffer bytes_;  // of the read that is under way
  std::mutex mutex_;
  std::shared_ptr<const AnyStreamTaker> taker_;
  std::unique_ptr<grpc::Alarm> alarm_;
  bool over_ = false;
};

}  // namespace

ReadReactor* BeginClientStream(OpenStreams& streams, ClientStreamParts parts,
                               const OpenClientStream& open) {
  auto stream = std::make_shared<Upload>(streams, std::move(parts));
  if (absl::Status added = streams.Add(stream); !added.ok()) return RefuseClientStream(added);
  auto taker = open(stream);
  if (taker.ok()) {
    stream->Start(*std::move(taker));
  } else {
    stream->End(taker.status());
  }
  return stream.get();
}

ReadReactor* RefuseClientStream(const absl::Status& status) { return new UploadRefusal(status); }

}  // namespace telex::rpc
