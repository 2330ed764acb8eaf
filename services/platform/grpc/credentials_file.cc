#include "platform/grpc/credentials_file.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "platform/errors/errors.h"

namespace telex::rpc {
namespace {

constexpr std::size_t kNameBytesMax = 64;
constexpr std::string_view kBoundSource = "source:";
constexpr std::string_view kUriPrefix = "uri:";
constexpr std::string_view kDnsPrefix = "dns:";

std::vector<std::string_view> Split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t begin = text.find_first_not_of(separators);
    if (begin == std::string_view::npos) return parts;
    const std::size_t end = std::min(text.find_first_of(separators, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    text.remove_prefix(end);
  }
}

bool IsName(std::string_view text) {
  return text.size() <= kNameBytesMax && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-' || c == '@';
         });
}

std::optional<Role> ParseRole(std::string_view text) {
  for (const Role role : {Role::kSource, Role::kEditor, Role::kOperator, Role::kReader}) {
    if (text == NameOf(role)) return role;
  }
  return std::nullopt;
}

std::optional<TokenHash> ParseHash(std::string_view hex) {
  TokenHash hash{};
  if (hex.size() != 2 * hash.size()) return std::nullopt;
  for (std::size_t i = 0; i < hex.size(); ++i) {
    const char c = hex[i];
    int digit = 0;
    if (c >= '0' && c <= '9') {
      digit = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      digit = c - 'a' + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = c - 'A' + 10;
    } else {
      return std::nullopt;
    }
    hash[i / 2] = static_cast<unsigned char>(hash[i / 2] << 4 | digit);
  }
  return hash;
}

// What is wrong with the line; "" when `credential` is filled.
std::string ParseLine(std::string_view line, Credential& credential) {
  const auto columns = Split(line, " \t\r");
  if (columns.size() != 3) return "three columns are wanted: name roles secret";
  if (!IsName(columns[0])) return "the name has letters, digits and . _ - @, 64 at most";
  credential.actor.name = std::string(columns[0]);
  bool unbound = false;
  for (std::string_view text : Split(columns[1], ",")) {
    if (text.starts_with(kBoundSource)) {
      const std::string_view name = text.substr(kBoundSource.size());
      if (name.empty() || !IsName(name)) return "source:NAME names the source it is bound to";
      credential.actor.bound_to.emplace_back(name);
      text = NameOf(Role::kSource);
    } else if (text == NameOf(Role::kSource)) {
      unbound = true;
    }
    const auto role = ParseRole(text);
    if (!role.has_value()) return "the roles are source, editor, operator, reader";
    if (!credential.actor.Is(*role)) credential.actor.roles.push_back(*role);
  }
  if (unbound && !credential.actor.bound_to.empty())
    return "source is bound to a name or to none, not both";
  if (credential.actor.roles.empty()) return "at least one role is wanted";
  const std::string_view secret = columns[2];
  if (secret.starts_with(kUriPrefix) || secret.starts_with(kDnsPrefix)) {
    const bool uri = secret.starts_with(kUriPrefix);
    credential.kind = uri ? CredentialKind::kUri : CredentialKind::kDns;
    credential.certificate_name =
        std::string(secret.substr(uri ? kUriPrefix.size() : kDnsPrefix.size()));
    if (credential.certificate_name.empty()) return "the certificate's name is empty";
    if (secret.find('*') != std::string_view::npos) return "names are exact, without *";
    return "";
  }
  const auto hash = ParseHash(secret);
  if (!hash.has_value()) {
    return "the secret is the SHA-256 of a token (64 hex digits), uri:NAME or dns:NAME";
  }
  credential.token_hash = *hash;
  return "";
}

}  // namespace

TokenHash Hash(std::string_view token) {
  TokenHash hash{};
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), hash.data());
  return hash;
}

absl::StatusOr<std::vector<Credential>> ParseCredentials(std::string_view text) {
  std::vector<Credential> credentials;
  std::set<std::string> seen;
  std::vector<std::string> faults;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view whole = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    const std::string_view line = whole.substr(0, whole.find('#'));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    Credential credential;
    std::string fault = ParseLine(line, credential);
    if (fault.empty()) {
      const std::string id =
          fmt::format("{}:{}:{}", static_cast<int>(credential.kind), credential.certificate_name,
                      std::string_view(reinterpret_cast<const char*>(credential.token_hash.data()),
                                       credential.token_hash.size()));
      if (!seen.insert(id).second) fault = "the secret stands on an earlier line, too";
    }
    if (fault.empty() && credentials.size() == kCredentialsMax) fault = "too many lines";
    if (fault.empty()) {
      credentials.push_back(std::move(credential));
    } else if (faults.size() < kFaultsToldMax) {
      faults.push_back(fmt::format("line {}: {}", number, fault));
    }
  }
  if (faults.empty()) return credentials;
  return errors::Error(absl::StatusCode::kInvalidArgument, errors::kFieldInvalid,
                       fmt::format("{}", fmt::join(faults, "; ")));
}

}  // namespace telex::rpc
