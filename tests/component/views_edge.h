#pragma once

// The edge of telex-views without its wires; Kafka and Redis are fakes.

#include <gtest/gtest.h>

#include <cstddef>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/grpc/auth.h"
#include "tests/support/temp_dir.h"
#include "views/adapters/batch_intake.h"

namespace telex::views {

inline constexpr std::int64_t kNow = 1'800'000'000'000;
inline constexpr std::string_view kLanguages[] = {"en", "hy"};
inline const std::string kId = "0e984725-c51c-4bf4-9960-e1c80e27aba0";

struct Published {
  View view;
  std::string language, partner, placement;
};

class Edge : public ::testing::Test {
 protected:
  using Acknowledge = std::function<void(const absl::Status&)>;

  Edge() {
    story->language = "en";
    story->languages = kLanguages;
    purged->purged = true;
  }

  static std::unique_ptr<PartnerFile> OpenPartners(const std::string& path) {
    std::ofstream(path) << "own active news.example -\npanorama active panorama.example "
                        << rpc::HashToken("key") << "\ngone suspended gone.example "
                        << rpc::HashToken("old") << "\n";
    return *PartnerFile::Open({.path = path});
  }
  ViewIntake MakeIntake() {
    Judge judge({},
                {.find_article =
                     [this](const news::ArticleId& id) {
                       return id == article ? story : id == erased ? purged : nullptr;
                     },
                 .caught_up = [this] { return caught_up; },
                 .visitor_of = [](const news::ArticleId&, std::int64_t, std::string_view address,
                                  std::string_view) -> std::optional<Visitor> {
                   return std::hash<std::string_view>()(address) | 1;
                 }});
    return ViewIntake(
        {.judge = std::move(judge),
         .publish = [this](const View& view, Acknowledge done) { Publish(view, std::move(done)); },
         .connected = [this] { return connected; },
         .clock = [this] { return clock; },
         .agents = agents,
         .metrics = metrics,
         .now_ms = [] { return kNow; }});
  }
  void Publish(const View& view, Acknowledge done) {
    {
      const std::lock_guard lock(mutex);
      published.push_back({view, std::string(view.language), std::string(view.partner),
                           std::string(view.placement)});
      if (holding) return held.push_back(std::move(done));
    }
    done(publishing);
  }
  std::size_t PublishedSoFar() {
    const std::lock_guard lock(mutex);
    return published.size();
  }
  // What is held is acknowledged, and all that comes at once.
  void Release() {
    std::vector<Acknowledge> all;
    {
      const std::lock_guard lock(mutex);
      holding = false;
      all.swap(held);
    }
    for (const Acknowledge& done : all) done(publishing);
  }

  const tests::TempDir dir;
  const news::ArticleId article = news::ArticleId::Of("s", "a");
  const news::ArticleId erased = news::ArticleId::Of("s", "e");
  std::shared_ptr<KnownArticle> story = std::make_shared<KnownArticle>();
  std::shared_ptr<KnownArticle> purged = std::make_shared<KnownArticle>();
  bool caught_up = true;
  bool connected = true;
  absl::Status clock;
  absl::Status publishing;
  bool holding = false;  // acknowledgements
  std::vector<Acknowledge> held;
  RateLimits::Time now{};
  std::mutex mutex;
  std::vector<Published> published;
  observe::Metrics metrics_registry;
  EdgeMetrics metrics{metrics_registry};
  AgentCache agents{AgentList::BuiltIn()};
  RateLimits readers{{.per_second = 1, .burst = 200, .refused_factor = 2}};
  RateLimits senders{{.per_second = 1, .burst = 200, .refused_factor = 1}};
  std::unique_ptr<PartnerFile> partners = OpenPartners(dir.path() + "/partners");
  ViewIntake intake = MakeIntake();
  BatchIntake batches{{.intake = intake,
                       .partners = *partners,
                       .readers = readers,
                       .senders = senders,
                       .internal = *net::ParseNetworks({"198.51.100.0/24"}),
                       .now = [this] { return now; }}};
};

}  // namespace telex::views
