#pragma once

#include <string>
#include <string_view>

#include "platform/config/settings.h"
#include "platform/grpc/server.h"

namespace telex::rpc {

// What a service's gRPC server is told by its settings.
struct ServerSettings {
  config::HostPort listen;  // TELEX_GRPC_LISTEN
  std::string tokens_file;  // TELEX_TOKENS_FILE, required: Authenticator::FromFile
  ServerTls tls;            // TELEX_GRPC_TLS_CERTIFICATE_FILE, _KEY_FILE, _CLIENT_CA_FILE
};

// Declares and reads them. The files are read as well: what the server would find later, when the
// log has been read, is told now, with all other faults.
ServerSettings ReadServerSettings(config::Settings& settings, std::string_view listen_fallback);

}  // namespace telex::rpc
