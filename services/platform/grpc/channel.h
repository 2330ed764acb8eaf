#pragma once

// The client's side: a channel and what every call on it carries.

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace grpc {
class Channel;
class ClientContext;
}  // namespace grpc

namespace telex::rpc {

struct ChannelOptions {
  std::string address;           // host:port
  std::string ca_file;           // set: TLS, the server's certificate must be of this CA
  std::string certificate_file;  // with key_file: who we are (mutual TLS)
  std::string key_file;
  std::string server_name;  // the name the certificate must bear, when not the address's host
  std::string token;        // bearer token; without TLS only to a loopback address
  std::int32_t receive_message_bytes_max = 16 << 20;
};

// Thread-safe.
class Caller {
 public:
  // INVALID_ARGUMENT for files that cannot be read and for a token that would travel in the clear.
  // Connects at the first call.
  static absl::StatusOr<std::unique_ptr<Caller>> Make(ChannelOptions options);
  ~Caller();

  std::shared_ptr<grpc::Channel> channel() const;

  // Sets the deadline, the token, and the traceparent when there is one.
  void Prepare(grpc::ClientContext& context, absl::Duration within,
               std::string_view traceparent = {}) const;

 private:
  struct Impl;
  explicit Caller(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace telex::rpc
