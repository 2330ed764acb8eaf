// How fast counts are read over gRPC, from one replica that holds many of them, on loopback and
// with the clients in this process: batches of 100 articles, and single ones. Also what one story
// costs in memory, and how long a start loads.
//   telex-bench-view-reads --folder FOLDER --articles 100000 --clients 8 --seconds 5
#include <fmt/format.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <malloc.h>

#include <atomic>
#include <random>
#include <thread>

#include "platform/grpc/channel.h"
#include "platform/grpc/server.h"
#include "telex/views/v1/view_service.grpc.pb.h"
#include "tests/benchmark/cost.h"
#include "tests/benchmark/die.h"
#include "tests/benchmark/flags.h"
#include "tests/support/article_records.h"
#include "tests/support/articles.h"
#include "views/adapters/count_codec.h"
#include "views/adapters/view_service.h"

namespace {

using namespace telex;

constexpr std::int32_t kPartitions = 12;
constexpr std::uint64_t kBatchRecords = 10'000;
constexpr views::Day kToday = 20'700;

news::ArticleId Story(std::uint64_t n) { return tests::MakeArticle(static_cast<int>(n)).id; }

absl::Time Now() { return absl::FromCivil(views::CivilDayOf(kToday), absl::UTCTimeZone()); }

std::unique_ptr<views::ViewsStore> OpenStore(const std::string& folder) {
  replica::Options options = views::ViewsStore::Options();
  options.store.path = folder;
  auto log = bench::OrDie("store", replica::LogReplica::Open(std::move(options), Now()));
  auto store = std::make_unique<views::ViewsStore>(std::move(log), absl::UTCTimeZone());
  bench::OrDie("load", store->Load());
  bench::OrDie("bind", store->Bind("bench", kPartitions, Now()));
  store->Follow({});
  return store;
}

// Articles, each with a day of views.
void Fill(views::ViewsStore& store, std::uint64_t articles) {
  std::vector<kafka::Record> batch;
  const auto flush = [&] {
    if (store.log().OnBatch(batch, {}).kind() != kafka::Outcome::Kind::kDone) {
      bench::OrDie("fill", absl::InternalError("a batch failed"));
    }
    batch.clear();
  };
  for (std::uint64_t n = 0; n < articles; ++n) {
    const auto offset = static_cast<std::int64_t>(n);
    batch.push_back(tests::RecordOf(tests::MakeArticle(static_cast<int>(n)), 0, offset));
    views::DayTotals totals;
    totals.position = offset;
    totals.views = totals.by_hour[12] = 1 + static_cast<std::int64_t>(n % 1'000);
    totals.by_language.Add(0, totals.views);
    totals.by_partner.Add(0, totals.views);
    totals.rule = 1;
    totals.zone = "UTC";
    batch.push_back(views::RecordOf(0, {Story(n), kToday}, totals, Now()));
    batch.back().offset = offset;
    if (batch.size() >= kBatchRecords) flush();
  }
  flush();
  store.log().OnAllCaughtUp();
}

struct Read {
  double articles_per_second = 0;
  double calls_per_second = 0;
};

// Each client asks for stories by chance, again and again.
Read Measure(int port, std::uint64_t articles, int clients, double seconds, int batch) {
  std::atomic<std::uint64_t> calls = 0;
  std::atomic<bool> over = false;
  std::vector<std::jthread> threads;
  const auto caller = bench::OrDie(
      "caller",
      rpc::Caller::Make({.address = fmt::format("127.0.0.1:{}", port), .token = "bench"}));
  const auto stub = views::v1::ViewService::NewStub(caller->channel());
  const auto start = bench::Clock::now();
  for (int client = 0; client < clients; ++client) {
    threads.emplace_back([&, client] {
      std::mt19937_64 random(static_cast<std::uint64_t>(client));
      views::v1::GetViewCountsRequest request;
      for (int n = 0; n < batch; ++n)
        request.add_articles(news::NameOf(Story(random() % articles)));
      views::v1::GetViewCountsResponse response;
      while (!over) {
        *request.mutable_articles(static_cast<int>(random() % static_cast<std::uint64_t>(batch))) =
            news::NameOf(Story(random() % articles));
        grpc::ClientContext context;
        caller->Prepare(context, absl::Seconds(10));
        const grpc::Status status = stub->GetViewCounts(&context, request, &response);
        if (!status.ok()) bench::OrDie("call", absl::InternalError(status.error_message()));
        ++calls;
      }
    });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  over = true;
  threads.clear();
  const double took = bench::MillisecondsSince(start) / 1'000;
  const double per_second = static_cast<double>(calls) / took;
  return {.articles_per_second = per_second * batch, .calls_per_second = per_second};
}

}  // namespace

int main(int argc, char** argv) {
  bench::Flags flags(argc, argv);
  const std::string folder = flags.Text("folder", "");
  const auto articles = static_cast<std::uint64_t>(flags.Integer("articles", 100'000));
  const auto clients = static_cast<int>(flags.Integer("clients", 8));
  const auto seconds = static_cast<double>(flags.Integer("seconds", 5));
  flags.Finish();
  {
    auto filling = OpenStore(folder);
    Fill(*filling, articles);
    bench::OrDie("close", filling->log().Close());
  }
  malloc_trim(0);
  const std::size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
  const auto start = bench::Clock::now();
  const auto store = OpenStore(folder);
  const double load_ms = bench::MillisecondsSince(start);
  const std::size_t after = mallinfo2().uordblks + mallinfo2().hblkhd;
  store->log().OnAllCaughtUp();

  views::ViewService service(*store, "UTC", &Now);
  const auto keys = bench::OrDie("keys", rpc::Authenticator::FromText(fmt::format(
                                             "bench reader {}\n", rpc::HashToken("bench"))));
  rpc::CallWorkers reads;
  rpc::UnaryService unary("telex.views.v1.ViewService", *keys, absl::Seconds(10));
  service.OfferOn(unary, reads);
  const auto server =
      bench::OrDie("server", rpc::Server::Start({.address = "127.0.0.1:0"}, {unary.named()}));
  const Read batched = Measure(server->port(), articles, clients, seconds, 100);
  const Read single = Measure(server->port(), articles, clients, seconds, 1);
  fmt::print(
      "{{\"articles\":{},\"clients\":{},\"load_ms\":{:.0f},\"bytes_per_article\":{:.0f},"
      "\"batched_articles_per_second\":{:.0f},\"single_calls_per_second\":{:.0f}}}\n",
      articles, clients, load_ms,
      static_cast<double>(after - before) / static_cast<double>(articles),
      batched.articles_per_second, single.calls_per_second);
  server->Shutdown(absl::Seconds(5));
  bench::OrDie("close", store->log().Close());
  return 0;
}
