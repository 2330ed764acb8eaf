#include "platform/grpc/auth.h"

#include <fmt/format.h>
#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>
#include <grpcpp/server_context.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <iterator>
#include <mutex>
#include <optional>
#include <utility>

#include "platform/config/watched_file.h"
#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"
#include "platform/grpc/credentials_file.h"
#include "platform/text/ascii.h"

namespace telex::rpc {
namespace {

constexpr std::size_t kTokenBytesMax = 4096;
constexpr std::string_view kBearer = "bearer ";

absl::Status Unauthenticated(std::string_view message) {
  return errors::Error(absl::StatusCode::kUnauthenticated, errors::kUnauthenticated, message);
}

}  // namespace

std::string_view NameOf(Role role) {
  switch (role) {
    case Role::kSource:
      return "source";
    case Role::kEditor:
      return "editor";
    case Role::kOperator:
      return "operator";
    case Role::kReader:
      return "reader";
  }
  return "";
}

bool Actor::Is(Role role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

absl::Status RequireRole(const Actor& actor, const std::vector<Role>& any_of) {
  std::vector<std::string_view> names;
  for (const Role role : any_of) {
    if (actor.Is(role)) return absl::OkStatus();
    names.push_back(NameOf(role));
  }
  const std::string wanted = fmt::format("{}", fmt::join(names, ","));
  return errors::Error(absl::StatusCode::kPermissionDenied, errors::kRoleRequired,
                       fmt::format("\"{}\" has none of the roles {}", actor.name, wanted),
                       {{"roles", wanted}});
}

std::optional<std::string_view> BearerToken(std::string_view authorization) {
  if (!text::StartsWithIgnoringAsciiCase(authorization, kBearer)) return std::nullopt;
  const std::string_view token = text::TrimAscii(authorization.substr(kBearer.size()));
  if (token.empty() || token.size() > kTokenBytesMax) return std::nullopt;
  return token;
}

std::string HashToken(std::string_view token) {
  std::string hex;
  for (const unsigned char byte : Hash(token)) hex += fmt::format("{:02x}", byte);
  return hex;
}

struct Authenticator::Impl {
  using Table = std::vector<Credential>;

  std::mutex mutex;
  std::shared_ptr<const Table> table;
  std::unique_ptr<config::WatchedFile> file;  // null: the table never changes

  std::shared_ptr<const Table> Current() {
    if (file) file->Look();
    const std::lock_guard lock(mutex);
    return table;
  }

  absl::Status Take(std::string_view text) {
    ASSIGN_OR_RETURN(auto credentials, ParseCredentials(text));
    const std::lock_guard lock(mutex);
    table = std::make_shared<const Table>(std::move(credentials));
    return absl::OkStatus();
  }

  absl::Status LastRead() const { return file ? file->LastRead() : absl::OkStatus(); }
};

Authenticator::Authenticator(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Authenticator::~Authenticator() = default;

absl::StatusOr<std::unique_ptr<Authenticator>> Authenticator::FromFile(
    AuthenticatorOptions options) {
  auto impl = std::make_unique<Impl>();
  ASSIGN_OR_RETURN(
      impl->file,
      config::WatchedFile::Open(
          {.path = std::move(options.file),
           .reload_interval = options.reload_interval,
           .take = [raw = impl.get()](std::string_view text) { return raw->Take(text); },
           .on_reload = std::move(options.on_reload)}));
  return std::unique_ptr<Authenticator>(new Authenticator(std::move(impl)));
}

absl::StatusOr<std::unique_ptr<Authenticator>> Authenticator::FromText(std::string_view text) {
  auto impl = std::make_unique<Impl>();
  RETURN_IF_ERROR(impl->Take(text));
  return std::unique_ptr<Authenticator>(new Authenticator(std::move(impl)));
}

absl::Status Authenticator::LastRead() const { return impl_->LastRead(); }

absl::StatusOr<Actor> Authenticator::Identify(const Evidence& evidence) const {
  const auto table = impl_->Current();
  if (!evidence.authorization.empty()) {
    const auto token = BearerToken(evidence.authorization);
    if (!token) return Unauthenticated("the authorization is no bearer token");
    const TokenHash hash = Hash(*token);
    // Every line is compared, whether or not one has matched: the time says nothing.
    const Credential* known = nullptr;
    for (const Credential& credential : *table) {
      const bool same = CRYPTO_memcmp(hash.data(), credential.token_hash.data(), hash.size()) == 0;
      if (same && credential.kind == CredentialKind::kToken) known = &credential;
    }
    if (known == nullptr) return Unauthenticated("the bearer token is not known");
    return known->actor;
  }
  const auto shows = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const Credential& credential : *table) {
    const std::string& name = credential.certificate_name;
    const bool known =
        (credential.kind == CredentialKind::kUri && shows(evidence.certificate_uris, name)) ||
        (credential.kind == CredentialKind::kDns && shows(evidence.certificate_dns_names, name));
    if (known) return credential.actor;
  }
  if (!evidence.certificate_uris.empty() || !evidence.certificate_dns_names.empty()) {
    return Unauthenticated("no name of the client certificate is known");
  }
  return Unauthenticated("a bearer token or a client certificate is wanted");
}

absl::StatusOr<Actor> Authenticator::Authenticate(
    const grpc::CallbackServerContext& context) const {
  Evidence evidence;
  const auto [begin, end] = context.client_metadata().equal_range("authorization");
  if (std::distance(begin, end) > 1) return Unauthenticated("more than one authorization");
  if (begin != end) evidence.authorization.assign(begin->second.data(), begin->second.size());
  const auto peer = context.auth_context();
  if (peer != nullptr && peer->IsPeerAuthenticated()) {
    for (const auto& name : peer->FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME)) {
      evidence.certificate_uris.emplace_back(name.data(), name.size());
    }
    for (const auto& name : peer->FindPropertyValues(GRPC_PEER_DNS_PROPERTY_NAME)) {
      evidence.certificate_dns_names.emplace_back(name.data(), name.size());
    }
  }
  return Identify(evidence);
}

}  // namespace telex::rpc
