#include "platform/grpc/health.h"

#include <grpcpp/server_context.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace telex::rpc {
namespace {

// Answers a stream with nothing but a status.
class Refusal final : public ::grpc::ServerWriteReactor<HealthService::Response> {
 public:
  explicit Refusal(const ::grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace

// One Watch stream. Only the latest status matters: one that was not sent yet is overwritten.
// Whoever sets `busy_` or `finished_` is the only one to call into gRPC, after the lock is given
// back.
class HealthService::Watcher final : public ::grpc::ServerWriteReactor<Response> {
 public:
  Watcher(HealthService* owner, std::string service)
      : owner_(owner), service_(std::move(service)) {}

  const std::string& service() const { return service_; }

  void Tell(Response::ServingStatus status, bool last) {
    {
      const std::lock_guard lock(mutex_);
      if (status != told_) pending_ = status;
      last_ = last_ || last;
    }
    Go();
  }

  void OnWriteDone(bool ok) override {
    {
      const std::lock_guard lock(mutex_);
      busy_ = false;
      if (!ok) GiveUp();
    }
    Go();
  }

  void OnCancel() override {
    {
      const std::lock_guard lock(mutex_);
      GiveUp();
    }
    Go();
  }

  void OnDone() override { owner_->Forget(this); }

 private:
  void GiveUp() {
    pending_.reset();
    last_ = true;
  }

  void Go() {
    bool finish = false;
    {
      const std::lock_guard lock(mutex_);
      if (busy_ || finished_) return;
      if (pending_.has_value()) {
        told_ = *pending_;
        response_.set_status(*pending_);
        pending_.reset();
        busy_ = true;
      } else if (last_) {
        finished_ = true;
        finish = true;
      } else {
        return;
      }
    }
    if (finish) {
      Finish(::grpc::Status(::grpc::StatusCode::UNAVAILABLE, "the server is stopping"));
    } else {
      StartWrite(&response_);
    }
  }

  HealthService* const owner_;
  const std::string service_;
  std::mutex mutex_;
  Response response_;
  std::optional<Response::ServingStatus> told_;
  std::optional<Response::ServingStatus> pending_;
  bool busy_ = false;
  bool last_ = false;
  bool finished_ = false;
};

HealthService::HealthService(const std::vector<std::string>& services, std::size_t watchers_max)
    : watchers_max_(watchers_max) {
  statuses_[""] = Response::NOT_SERVING;
  for (const std::string& service : services) statuses_[service] = Response::NOT_SERVING;
}

HealthService::~HealthService() = default;

HealthService::Response::ServingStatus HealthService::StatusOf(const std::string& service) const {
  const auto found = statuses_.find(service);
  return found == statuses_.end() ? Response::SERVICE_UNKNOWN : found->second;
}

void HealthService::SetServing(bool serving) {
  const std::lock_guard change(change_);
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    for (auto& [service, status] : statuses_) {
      status = serving ? Response::SERVING : Response::NOT_SERVING;
    }
  }
  TellAll(/*last=*/false);
}

void HealthService::Stop() {
  SetServing(false);
  const std::lock_guard change(change_);
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  TellAll(/*last=*/true);
}

void HealthService::TellAll(bool last) {
  std::vector<std::pair<std::shared_ptr<Watcher>, Response::ServingStatus>> watchers;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& watcher : watchers_) {
      watchers.emplace_back(watcher, StatusOf(watcher->service()));
    }
  }
  for (const auto& [watcher, status] : watchers) watcher->Tell(status, last);
}

void HealthService::Forget(Watcher* watcher) {
  std::shared_ptr<Watcher> last_reference;
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(watchers_.begin(), watchers_.end(),
                                  [&](const auto& known) { return known.get() == watcher; });
  if (found == watchers_.end()) return;
  last_reference = std::move(*found);
  watchers_.erase(found);
}

::grpc::ServerUnaryReactor* HealthService::Check(::grpc::CallbackServerContext* context,
                                                 const Request* request, Response* response) {
  ::grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  Response::ServingStatus status;
  {
    const std::lock_guard lock(mutex_);
    status = StatusOf(request->service());
  }
  if (status == Response::SERVICE_UNKNOWN) {
    reactor->Finish(::grpc::Status(::grpc::StatusCode::NOT_FOUND, "no such service"));
    return reactor;
  }
  response->set_status(status);
  reactor->Finish(::grpc::Status::OK);
  return reactor;
}

::grpc::ServerWriteReactor<HealthService::Response>* HealthService::Watch(
    ::grpc::CallbackServerContext*, const Request* request) {
  auto watcher = std::make_shared<Watcher>(this, request->service());
  Response::ServingStatus status;
  {
    // Under `change_` no status can change between this look and the first telling.
    const std::lock_guard change(change_);
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) {
        return new Refusal({::grpc::StatusCode::UNAVAILABLE, "the server is stopping"});
      }
      if (watchers_.size() >= watchers_max_) {
        return new Refusal({::grpc::StatusCode::RESOURCE_EXHAUSTED, "too many health watchers"});
      }
      watchers_.push_back(watcher);
      status = StatusOf(request->service());
    }
    watcher->Tell(status, /*last=*/false);
  }
  return watcher.get();
}

}  // namespace telex::rpc
