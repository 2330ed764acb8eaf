#include "views/config.h"

#include <cstdint>
#include <string_view>

#include "views/adapters/beacon_request.h"
#include "views/adapters/new_views.h"
#include "views/adapters/partner_file.h"
#include "views/adapters/view_edge.h"
#include "views/adapters/views_server.h"

namespace telex::views {
namespace {

constexpr const char* kZone = "TELEX_VIEWS_ZONE";
constexpr const char* kPartners = "TELEX_VIEWS_PARTNERS_FILE";
constexpr const char* kFilter = "filter";
constexpr const char* kForwardedHeader = "forwarded";

// Below, the largest batch of a browser would never count, and one below a quarter of it would be
// refused for ever. What servers may send is kServerFactor times as much.
constexpr std::int64_t kAtOnceMin = kViewsPerRequestMax;
static_assert(kAtOnceMin * ViewEdge::kServerFactor >= kNewViewsMax);

std::vector<Network> ReadNetworks(config::Settings& settings, const config::Setting& setting) {
  auto networks = net::ParseNetworks(settings.List(setting));
  if (networks.ok()) return *std::move(networks);
  settings.Refuse(setting.name, "addresses and networks: 10.0.0.0/8,2001:db8::/32");
  return {};
}

void ReadCounting(config::Settings& settings, Config& config) {
  config.zone_name = settings.Text(
      {.name = kZone,
       .help = "The zone of days and hours, an IANA name: Asia/Baku. The same on every "
               "replica, for ever: a day that was begun in one ends in it.",
       .fallback = "UTC",
       .required = true});
  if (!config.zone_name.empty() && !absl::LoadTimeZone(config.zone_name, &config.zone)) {
    settings.Refuse(kZone, "an IANA time zone that this machine knows (tzdata)");
  }
  config.filter_no_tracking =
      settings.Choice({.name = "TELEX_VIEWS_NO_TRACKING",
                       .help = "What becomes of readers who send DNT or Sec-GPC: count, without "
                               "their visitor, or filter.",
                       .fallback = "count"},
                      {"count", kFilter}) == kFilter;
}

void ReadSenders(config::Settings& settings, Config& config) {
  config.partners_file = settings.Text(
      {.name = kPartners,
       .help = "File of the sites that show stories: id, status, hosts and SHA-256 of the key a "
               "line. Empty: all views are the publisher's own."});
  if (const auto file = PartnerFile::Open({.path = config.partners_file}); !file.ok()) {
    const absl::string_view why = file.status().message();
    settings.Refuse(kPartners, std::string_view(why.data(), why.size()));
  }
  config.proxies = ReadNetworks(
      settings,
      {.name = "TELEX_VIEWS_PROXIES",
       .help = "Addresses and networks of the proxies in front, whose word about who asks "
               "is believed."});
  config.forwarded_by = settings.Choice({.name = "TELEX_VIEWS_FORWARDED_BY",
                                         .help = "The header that these proxies write.",
                                         .fallback = "x-forwarded-for"},
                                        {"x-forwarded-for", kForwardedHeader}) == kForwardedHeader
                            ? ForwardedBy::kForwarded
                            : ForwardedBy::kXForwardedFor;
  config.internal_addresses = ReadNetworks(
      settings, {.name = "TELEX_VIEWS_INTERNAL_ADDRESSES",
                 .help = "Addresses and networks of the newsroom, whose looks do not count."});
  config.limits.per_second = static_cast<double>(
      settings.Integer({.name = "TELEX_VIEWS_PER_ADDRESS_PER_SECOND",
                        .help = "Looks of one address (of IPv6 a /64), or of one partner's server, "
                                "that count, on average.",
                        .fallback = "50"},
                       1, 1'000'000));
  config.limits.burst = static_cast<double>(
      settings.Integer({.name = "TELEX_VIEWS_PER_ADDRESS_AT_ONCE",
                        .help = "And at once, at least as many as a batch holds: many people may "
                                "be behind one address.",
                        .fallback = "1000"},
                       kAtOnceMin, 10'000'000));
}

}  // namespace

Config ReadConfig(config::Settings& settings) {
  Config config;
  config.service = service::ReadServiceSettings(
      settings, {.instance = "views-0", .admin_listen = "127.0.0.1:8071"});
  config.grpc = rpc::ReadServerSettings(settings, "127.0.0.1:8072");
  config.redis = redis::ReadRedisSettings(settings, "");
  config.http_listen = settings.Address({.name = "TELEX_HTTP_LISTEN",
                                         .help = "Where beacons, counts and reports are served, "
                                                 "host:port.",
                                         .fallback = "127.0.0.1:8070"});
  config.http_threads = static_cast<int>(settings.Integer(
      {.name = "TELEX_HTTP_THREADS", .help = "Threads that serve.", .fallback = "2"}, 1, 64));
  ReadCounting(settings, config);
  ReadSenders(settings, config);
  return config;
}

ViewEdgeOptions EdgeOptions(const Config& config) {
  return {.partners_file = config.partners_file,
          .on_partners_reload = {},
          .limits = config.limits,
          .beacons = {.proxies = config.proxies, .forwarded_by = config.forwarded_by},
          .internal = config.internal_addresses,
          .rules = {.filter_no_tracking = config.filter_no_tracking},
          .connected = {},
          .clock = {}};
}

ViewsServerOptions ServingOptions(const Config& config) {
  return {.http = {.host = config.http_listen.host,
                   .port = config.http_listen.port,
                   .threads = config.http_threads},
          .grpc_address = config.grpc.listen.ToString(),
          .tls = config.grpc.tls,
          .on_call = {},
          .zone = config.zone_name};
}

}  // namespace telex::views
