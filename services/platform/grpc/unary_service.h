// The gRPC face of a service: each method is a function from a request to an answer, or to a stream
// of them, or from a stream of requests to an answer, and what every call has in common is done
// here, once.
//   - The request is read by us. gRPC answers bytes that cannot be parsed (in proto3: also a string
//     that is no UTF-8) with an empty UNIMPLEMENTED, before the service is asked; here such a
//     request is refused as all others are, with a reason and the field.
//   - Who calls, and whether one of its roles may.
//   - Until when: the client's deadline less what the answer needs to reach it, at most
//   deadline_max.
//   - The caller's trace is continued; a refused write is logged with its reason, never its text.
//
//   UnaryService articles("telex.ingestion.v1.IngestionService", authenticator, absl::Seconds(10));
//   articles.Later<CreateArticleRequest, Article>("CreateArticle", {Role::kEditor},
//       [&](const Call& call, const CreateArticleRequest& request, Done<Article> done) { ... });
//   articles.Now<GetArticleRequest, Article>("GetArticle", {Role::kReader},
//       [&](const GetArticleRequest& request) -> absl::StatusOr<Article> { ... });
//   articles.Stream<WatchArticleRequest, Article>("WatchArticle", {Role::kReader}, kWatchersMax,
//       [&](const WatchArticleRequest& request, std::shared_ptr<ServerStream> stream)
//           -> absl::StatusOr<Next<Article>> { ... });
//   articles.Upload<Chunk, Article>("UploadArticle", {Role::kEditor}, kUploadsMax,
//       [&](const Call& call, std::shared_ptr<ClientStream> stream)
//           -> absl::StatusOr<std::shared_ptr<StreamTaker<Chunk, Article>>> { ... });
//   Server::Start(options, {articles.named()});
//
// Functions are called on gRPC's threads, several at once, and must not block. What is larger than
// ServerOptions::receive_message_bytes_max never comes here: the transport refuses it
// (RESOURCE_EXHAUSTED, without details).
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/grpc/auth.h"
#include "platform/grpc/server.h"

namespace google::protobuf {
class Message;
}

namespace telex::rpc {

struct Call {
  Actor actor;
  std::string traceparent;  // of this call
  absl::Time deadline;
};

template <typename Answer>
using Done = std::function<void(absl::StatusOr<Answer>)>;

// A stream that is open, for whoever has something new for it.
class ServerStream {
 public:
  virtual ~ServerStream() = default;
  // There may be something new to send. Any thread; of no effect once the stream is over.
  virtual void Wake() = 0;
  // It ends with this: after the last message when what says what to send next calls it. Any
  // thread; what has not been asked for is not sent.
  virtual void End(absl::Status status) = 0;
};

// What a stream sends next; nothing: there is nothing new.
template <typename Answer>
using Next = std::function<std::optional<Answer>()>;

// A stream of a caller that is open, for whoever takes its messages. Both are of no effect once the
// stream is over. Any thread.
class ClientStream {
 public:
  virtual ~ClientStream() = default;
  // The next message is wanted: once after each that was taken. Until then nothing is read, and
  // HTTP/2 holds the caller back.
  virtual void ReadOn() = 0;
  // It ends with an error, whatever the caller still sends.
  virtual void Refuse(absl::Status why) = 0;
};

// What takes the messages of one stream, on gRPC's threads. It must not block; it lives until the
// stream is over and no call of its functions is under way.
template <typename Message, typename Answer>
class StreamTaker {
 public:
  virtual ~StreamTaker() = default;
  // Zero: it was taken, and the next comes after ClientStream::ReadOn, which may be called before
  // the return. More: nothing was taken, and the same message is offered again after so long. An
  // error ends the stream.
  virtual absl::StatusOr<absl::Duration> Take(const Message& message) = 0;
  // The caller has sent all: `done` is called once, from any thread.
  virtual void Finish(Done<Answer> done) = 0;
};

// The same for whatever messages. Inside of this room.
struct AnyStreamTaker {
  std::function<absl::StatusOr<absl::Duration>(const google::protobuf::Message& message)> take;
  std::function<void(
      std::function<void(const absl::Status& status, const google::protobuf::Message* answer)>)>
      end;
};

class UnaryService {
 public:
  // `full_name` is that of a service whose contract is linked in. The authenticator outlives it.
  // `deadline_max`: how long a call may take when its client names no deadline, or a later one.
  UnaryService(std::string_view full_name, const Authenticator& authenticator,
               absl::Duration deadline_max);
  ~UnaryService();  // after its server's
  UnaryService(const UnaryService&) = delete;
  UnaryService& operator=(const UnaryService&) = delete;

  // Answered when `done` is called: once, from any thread. The request lives until then. Each
  // method once, before the server starts; a method that was given no function is UNIMPLEMENTED.
  template <typename Request, typename Answer>
  void Later(
      std::string_view method, const std::vector<Role>& roles,
      std::function<void(const Call& call, const Request& request, Done<Answer> done)> start) {
    Add(method, roles, Request::default_instance(), /*with_call=*/true,
        [start = std::move(start)](const Call& call, const Message& request, Finish finish) {
          start(call, static_cast<const Request&>(request),
                [finish = std::move(finish)](absl::StatusOr<Answer> answer) {
                  finish(answer.status(), answer.ok() ? &*answer : nullptr);
                });
        });
  }

  // Answered at once, from what is known here.
  template <typename Request, typename Answer>
  void Now(std::string_view method, const std::vector<Role>& roles,
           std::function<absl::StatusOr<Answer>(const Request& request)> read) {
    Add(method, roles, Request::default_instance(), /*with_call=*/false,
        [read = std::move(read)](const Call&, const Message& request, const Finish& finish) {
          const absl::StatusOr<Answer> answer = read(static_cast<const Request&>(request));
          finish(answer.status(), answer.ok() ? &*answer : nullptr);
        });
  }

  // Answered by one message after the other, until the caller or the server ends it; there is no
  // deadline but the caller's, and no connection is older than ServerOptions says: a caller opens
  // it again. What is over of itself calls ServerStream::End. `open` refuses the request, or says
  // what to send: that is asked when the stream opens, when it is woken, and when the message
  // before was taken from it, so that a slow reader misses what is old and nothing queues up. It is
  // asked by one thread at a time, on that of whoever wakes it too, and is destroyed when the
  // stream is over. At most `streams_max` at once, more are refused: UNAVAILABLE / OVERLOADED.
  template <typename Request, typename Answer>
  void Stream(std::string_view method, const std::vector<Role>& roles, std::size_t streams_max,
              std::function<absl::StatusOr<Next<Answer>>(const Request& request,
                                                         std::shared_ptr<ServerStream> stream)>
                  open) {
    AddStream(method, roles, Request::default_instance(), streams_max,
              [open = std::move(open)](const Message& request, std::shared_ptr<ServerStream> stream)
                  -> absl::StatusOr<NextMessage> {
                auto next = open(static_cast<const Request&>(request), std::move(stream));
                if (!next.ok()) return next.status();
                return [next = *std::move(next)]() -> std::unique_ptr<Message> {
                  auto answer = next();
                  return answer ? std::make_unique<Answer>(*std::move(answer)) : nullptr;
                };
              });
  }

  // One message after the other, then an answer. `open` refuses the caller, or says who takes them.
  // There is no deadline but the caller's, and no connection is older than ServerOptions says; a
  // server that stops ends it at once: UNAVAILABLE / STOPPING. Whoever is refused may still be
  // writing: it learns why when it asks for the answer. At most `streams_max` at once, more are
  // refused: UNAVAILABLE / OVERLOADED.
  template <typename Request, typename Answer>
  void Upload(std::string_view method, const std::vector<Role>& roles, std::size_t streams_max,
              std::function<absl::StatusOr<std::shared_ptr<StreamTaker<Request, Answer>>>(
                  const Call& call, std::shared_ptr<ClientStream> stream)>
                  open) {
    AddUpload(
        method, roles, Request::default_instance(), streams_max,
        [open = std::move(open)](const Call& call, std::shared_ptr<ClientStream> stream)
            -> absl::StatusOr<AnyStreamTaker> {
          auto opened = open(call, std::move(stream));
          if (!opened.ok()) return opened.status();
          const std::shared_ptr<StreamTaker<Request, Answer>> taker = *std::move(opened);
          return AnyStreamTaker{
              .take =
                  [taker](const Message& message) {
                    return taker->Take(static_cast<const Request&>(message));
                  },
              .end =
                  [taker](Finish finish) {
                    taker->Finish([finish = std::move(finish)](absl::StatusOr<Answer> answer) {
                      finish(answer.status(), answer.ok() ? &*answer : nullptr);
                    });
                  }};
        });
  }

  // For Server::Start.
  NamedService named();

 private:
  using Message = google::protobuf::Message;
  using Finish = std::function<void(const absl::Status& status, const Message* answer)>;
  using Start = std::function<void(const Call& call, const Message& request, Finish finish)>;
  using NextMessage = std::function<std::unique_ptr<Message>()>;
  using Open = std::function<absl::StatusOr<NextMessage>(const Message& request,
                                                         std::shared_ptr<ServerStream> stream)>;

  using OpenUpload = std::function<absl::StatusOr<AnyStreamTaker>(
      const Call& call, std::shared_ptr<ClientStream> stream)>;

  void Add(std::string_view method, std::vector<Role> roles, const Message& request, bool with_call,
           Start start);
  void AddStream(std::string_view method, std::vector<Role> roles, const Message& request,
                 std::size_t streams_max, const Open& open);
  void AddUpload(std::string_view method, std::vector<Role> roles, const Message& request,
                 std::size_t streams_max, const OpenUpload& open);

  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace telex::rpc
