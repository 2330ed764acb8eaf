#include "platform/grpc/channel.h"

#include <fmt/format.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <utility>

#include "platform/errors/errors.h"
#include "platform/grpc/deadline.h"
#include "platform/grpc/library_log.h"
#include "platform/grpc/pem.h"

namespace telex::rpc {
namespace {

// A replica that is back is found soon: the library's own pause grows to two minutes, in which each
// call fails at once.
constexpr absl::Duration kReconnectMin = absl::Milliseconds(100);
constexpr absl::Duration kReconnectMax = absl::Seconds(5);
constexpr absl::Duration kConnectWithin = absl::Seconds(5);  // one attempt

bool IsLoopback(std::string_view address) {
  if (address.starts_with("unix:")) return true;
  const std::string_view host = address.substr(0, address.rfind(':'));
  if (host == "localhost" || host == "[::1]") return true;
  // An address, not a name such as 127.example.org.
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos;
}

}  // namespace

struct Caller::Impl {
  std::shared_ptr<grpc::Channel> channel;
  std::string authorization;
};

Caller::Caller(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Caller::~Caller() = default;

absl::StatusOr<std::unique_ptr<Caller>> Caller::Make(ChannelOptions options) {
  const bool tls = !options.ca_file.empty();
  std::vector<std::string> faults;
  const PemTexts pem =
      ReadPem({options.certificate_file, options.key_file, options.ca_file}, faults);
  if (!tls && !options.certificate_file.empty()) {
    faults.push_back("a certificate is set without the CA of the server");
  }
  if (!tls && !options.token.empty() && !IsLoopback(options.address)) {
    faults.push_back(fmt::format("a token is not sent in the clear to {}: set the CA of the server",
                                 options.address));
  }
  if (options.token.find_first_of(" \t\r\n") != std::string::npos) {
    faults.push_back("the token has white space in it");
  }
  if (!faults.empty()) {
    return errors::Error(absl::StatusCode::kInvalidArgument, errors::kFieldInvalid,
                         fmt::format("{}", fmt::join(faults, "; ")));
  }
  LeaveLocksUntracked();
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(options.receive_message_bytes_max);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, WholeMilliseconds(kReconnectMin));
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, WholeMilliseconds(kConnectWithin));
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, WholeMilliseconds(kReconnectMax));
  if (!options.server_name.empty()) arguments.SetSslTargetNameOverride(options.server_name);
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (tls) {
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = pem.ca;
    ssl.pem_cert_chain = pem.certificate;
    ssl.pem_private_key = pem.key;
    credentials = grpc::SslCredentials(ssl);
  }
  auto impl = std::make_unique<Impl>();
  impl->channel = grpc::CreateCustomChannel(options.address, credentials, arguments);
  if (!options.token.empty()) impl->authorization = fmt::format("Bearer {}", options.token);
  return std::unique_ptr<Caller>(new Caller(std::move(impl)));
}

std::shared_ptr<grpc::Channel> Caller::channel() const { return impl_->channel; }

void Caller::Prepare(grpc::ClientContext& context, absl::Duration within,
                     std::string_view traceparent) const {
  context.set_deadline(DeadlineAfter(within));
  if (!impl_->authorization.empty()) context.AddMetadata("authorization", impl_->authorization);
  if (!traceparent.empty()) context.AddMetadata("traceparent", std::string(traceparent));
}

}  // namespace telex::rpc
