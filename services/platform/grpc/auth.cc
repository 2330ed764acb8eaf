#include "platform/grpc/auth.h"

#include <fmt/format.h>
#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>
#include <grpcpp/server_context.h>
#include <openssl/crypto.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>
#include <tuple>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/grpc/credentials_file.h"
#include "platform/text/ascii.h"

namespace telex::rpc {
namespace {

constexpr std::size_t kFileBytesMax = 1 << 20;
constexpr std::size_t kTokenBytesMax = 4096;
constexpr std::string_view kBearer = "bearer ";

// What a file was when it was read: when any of it differs, it is read again.
using FileIdentity = std::tuple<dev_t, ino_t, off_t, std::int64_t, std::int64_t>;

std::optional<FileIdentity> IdentityOf(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return FileIdentity(info.st_dev, info.st_ino, info.st_size, info.st_mtim.tv_sec,
                      info.st_mtim.tv_nsec);
}

absl::StatusOr<std::vector<Credential>> ReadCredentials(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return errors::Error(absl::StatusCode::kNotFound, errors::kFieldInvalid,
                         fmt::format("{}: {}", path, std::strerror(errno)));
  }
  std::string text(kFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kFileBytesMax) {
    return errors::Error(absl::StatusCode::kInvalidArgument, errors::kFieldTooLong,
                         fmt::format("{}: more than {} bytes", path, kFileBytesMax));
  }
  auto credentials = ParseCredentials(text);
  if (!credentials.ok()) return errors::WithContext(credentials.status(), path);
  return credentials;
}

absl::Status Unauthenticated(std::string_view message) {
  return errors::Error(absl::StatusCode::kUnauthenticated, errors::kUnauthenticated, message);
}

// The token of an Authorization header's value; nullopt for another scheme.
std::optional<std::string_view> BearerToken(std::string_view header) {
  if (header.size() <= kBearer.size()) return std::nullopt;
  if (!text::StartsWithIgnoringAsciiCase(header, kBearer)) return std::nullopt;
  header.remove_prefix(kBearer.size());
  return header;
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

std::string HashToken(std::string_view token) {
  std::string hex;
  for (const unsigned char byte : Hash(token)) hex += fmt::format("{:02x}", byte);
  return hex;
}

struct Authenticator::Impl {
  using Table = std::vector<Credential>;
  using Clock = std::chrono::steady_clock;

  AuthenticatorOptions options;
  std::atomic<Clock::rep> check_at = 0;  // of the steady clock: when the file is looked at again

  std::mutex mutex;  // guards what follows
  std::shared_ptr<const Table> table;
  std::optional<FileIdentity> identity;
  absl::Status last_read;

  std::shared_ptr<const Table> Current() {
    LookAtFile();
    const std::lock_guard lock(mutex);
    return table;
  }

  absl::Status LastRead() {
    const std::lock_guard lock(mutex);
    return last_read;
  }

  // One caller per interval looks; the others go on with what there is.
  void LookAtFile() {
    if (options.file.empty()) return;
    const Clock::rep now = Clock::now().time_since_epoch().count();
    Clock::rep due = check_at.load();
    const auto interval = absl::ToChronoNanoseconds(options.reload_interval);
    if (now < due || !check_at.compare_exchange_strong(due, now + interval.count())) return;
    const auto seen = IdentityOf(options.file);
    {
      const std::lock_guard lock(mutex);
      if (seen == identity) return;
      identity = seen;
    }
    auto credentials = ReadCredentials(options.file);
    {
      const std::lock_guard lock(mutex);
      last_read = credentials.status();
      if (credentials.ok()) table = std::make_shared<const Table>(*std::move(credentials));
    }
    if (options.on_reload) options.on_reload(LastRead());
  }
};

Authenticator::Authenticator(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Authenticator::~Authenticator() = default;

absl::StatusOr<std::unique_ptr<Authenticator>> Authenticator::FromFile(
    AuthenticatorOptions options) {
  auto impl = std::make_unique<Impl>();
  // Before the reading: a change in between is then seen as one.
  impl->identity = IdentityOf(options.file);
  auto credentials = ReadCredentials(options.file);
  if (!credentials.ok()) return credentials.status();
  impl->table = std::make_shared<const Impl::Table>(*std::move(credentials));
  impl->options = std::move(options);
  return std::unique_ptr<Authenticator>(new Authenticator(std::move(impl)));
}

absl::StatusOr<std::unique_ptr<Authenticator>> Authenticator::FromText(std::string_view text) {
  auto credentials = ParseCredentials(text);
  if (!credentials.ok()) return credentials.status();
  auto impl = std::make_unique<Impl>();
  impl->table = std::make_shared<const Impl::Table>(*std::move(credentials));
  return std::unique_ptr<Authenticator>(new Authenticator(std::move(impl)));
}

absl::Status Authenticator::LastRead() const { return impl_->LastRead(); }

absl::StatusOr<Actor> Authenticator::Identify(const Evidence& evidence) const {
  const auto table = impl_->Current();
  if (!evidence.authorization.empty()) {
    const auto token = BearerToken(evidence.authorization);
    if (!token.has_value() || token->size() > kTokenBytesMax) {
      return Unauthenticated("the authorization is no bearer token");
    }
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
