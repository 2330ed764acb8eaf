#pragma once

// Who calls, and what they may do. One file says it, a line each:
//   # name     roles            secret
//   panorama   source:panorama.am  0f3c...64 hex digits: SHA-256 of the bearer token
//   desk       editor,reader    9ae1...
//   feeds      reader           uri:spiffe://telex/feeds     a client certificate's SAN, exactly
//   ops        operator         dns:ops.telex.internal
// The role `source` may be bound to a name, or several (source:a,source:b): it then speaks for
// those alone. A name may stand on several lines (an old and a new token while one is rotated); a
// secret only once. The file is read again when it changed; a faulty one is reported and the last
// good one stands.
//
// Tokens come as `authorization: Bearer <token>`. A token that is sent must be known, whatever the
// certificate says. Only hashes are kept, compared in constant time; neither tokens nor hashes
// appear in a message. Thread-safe; does not block but for a stat of the file once per
// `reload_interval`.

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grpc {
class CallbackServerContext;
}

namespace telex::rpc {

enum class Role { kSource, kEditor, kOperator, kReader };

// "source", "editor", "operator", "reader".
std::string_view NameOf(Role role);

struct Actor {
  std::string name;
  std::vector<Role> roles;
  std::vector<std::string> bound_to;  // what its role `source` is bound to; empty: to nothing

  bool Is(Role role) const;
  friend bool operator==(const Actor&, const Actor&) = default;
};

// What a caller shows of itself. Certificate names are those of a chain that was verified.
struct Evidence {
  std::string authorization;  // the header's value, "" when there is none
  std::vector<std::string> certificate_uris;
  std::vector<std::string> certificate_dns_names;
};

struct AuthenticatorOptions {
  std::string file;
  absl::Duration reload_interval = absl::Seconds(5);  // zero: looks at every call
  // Told after each attempt to read a changed file: OK, or all its faults. On the calling thread.
  std::function<void(const absl::Status&)> on_reload;
};

class Authenticator {
 public:
  // INVALID_ARGUMENT with all faults by line number, or NOT_FOUND.
  static absl::StatusOr<std::unique_ptr<Authenticator>> FromFile(AuthenticatorOptions options);
  // The same from text that never changes.
  static absl::StatusOr<std::unique_ptr<Authenticator>> FromText(std::string_view text);
  ~Authenticator();

  // UNAUTHENTICATED / UNAUTHENTICATED when the caller is nobody we know.
  absl::StatusOr<Actor> Authenticate(const grpc::CallbackServerContext& context) const;
  absl::StatusOr<Actor> Identify(const Evidence& evidence) const;

  // OK when the file that was last looked at is the one that counts; else its faults, while the one
  // before stands. Looks at nothing itself.
  absl::Status LastRead() const;

 private:
  struct Impl;
  explicit Authenticator(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// OK when the actor has one of the roles; else PERMISSION_DENIED / ROLE_REQUIRED naming them.
absl::Status RequireRole(const Actor& actor, const std::vector<Role>& any_of);

// The token of an Authorization header's value (RFC 6750, 2.1). nullopt: another scheme, no token,
// or one of more than 4,096 bytes.
std::optional<std::string_view> BearerToken(std::string_view authorization);

// The hash that stands in the file for this token: 64 lower-case hex digits.
std::string HashToken(std::string_view token);

}  // namespace telex::rpc
