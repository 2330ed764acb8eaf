// Counting again over the client library's own broker: all views beside counts as an owner writes
// them, and one view to say what became of it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <future>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "platform/errors/errors.h"
#include "platform/kafka/admin.h"
#include "tests/component/kafka_fixture.h"
#include "tests/support/mock_cluster.h"
#include "tests/unit/views/counted.h"
#include "views/adapters/topics.h"
#include "views/adapters/view_codec.h"
#include "views/adapters/view_explain.h"
#include "views/adapters/view_recount.h"
#include "views/domain/partition_counts.h"

namespace telex::views {
namespace {

using kafka::testing::kCallMax;
using kafka::testing::NotingHandler;
using tests::MakeArticle;
using Answer = absl::StatusOr<v1::RecountViewsResponse>;

class ViewRecountTest : public ::testing::Test {
 protected:
  ViewRecountTest() : recount_(counted_.store(), Baku()), explain_(counted_.store(), Baku()) {
    broker_.CreateTopic(kViewsTopic, kPartitions);
    for (int n = 1; n <= 3; ++n) counted_.Read(MakeArticle(n));
    counted_.CatchUp();
  }
  ~ViewRecountTest() override {
    recount_.Stop();
    explain_.Stop();
  }

  // The n-th event.
  static View ViewOf(int n) {
    View view;
    view.article = MakeArticle(1 + n % 3).id;
    view.id[0] = static_cast<std::uint8_t>(n);
    view.id[1] = static_cast<std::uint8_t>(n >> 8);
    view.visitor = static_cast<Visitor>(n + 1) * 0x9e3779b97f4a7c15;
    view.time_ms = absl::ToUnixMillis(absl::Now());
    view.language = "en";
    return view;
  }
  // So many looks at each story, each by somebody else.
  void Look(int looks) {
    std::vector<View> views;
    for (int n = 0; n < 3 * looks; ++n) views.push_back(ViewOf(n));
    Publish(views);
  }
  void Publish(const std::vector<View>& views) {
    std::vector<kafka::Record> records;
    for (const View& view : views) {
      records.push_back({.topic = kViewsTopic,
                         .partition = Counted::PartitionOf(view.article),
                         .key = std::string(view.article.bytes()),
                         .value = EncodeView(view)});
    }
    const std::size_t published = records.size();
    auto edge =
        kafka::Publisher::Create({.client = {.brokers = broker_.brokers(), .client_id = "edge"}});
    ASSERT_TRUE((*edge)->PublishAll(std::move(records)).ok());
    NotingHandler handler;
    std::vector<kafka::ReadFrom> from;
    for (std::int32_t p = 0; p < kPartitions; ++p) from.push_back({.partition = {kViewsTopic, p}});
    const auto reader = kafka::LogReader::Create({.client = Client(), .from = from}, handler);
    ASSERT_TRUE(handler.AwaitRecords(published));
    ASSERT_TRUE((*reader)->Stop(kCallMax).ok());
    log_ = handler.noted.Copy().records;
  }

  // As an owner: the totals, and the checkpoint behind them; the last record of each partition is
  // counted, but not in the checkpoint yet.
  void CountLive(std::int64_t too_many = 0) {
    for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
      PartitionCounts counts(
          kCountingRule1, Baku(), Checkpoint{},
          [](const DayKey&) -> absl::StatusOr<std::optional<DayTotals>> { return std::nullopt; });
      Checkpoint checkpoint;
      ViewReader reader;
      for (const kafka::Record& record : log_) {
        if (record.partition != partition) continue;
        checkpoint = counts.CheckpointNow();
        const auto view = reader.Read(kafka::RecordView(record));
        ASSERT_TRUE(counts.Count(record.offset, record.timestamp_ms, *view).ok());
      }
      if (counts.position() < 1) continue;
      for (const auto& [key, totals] : counts.Changed()) {
        DayTotals told = *totals;
        told.views += std::exchange(too_many, 0);
        counted_.Read({RecordOf(partition, key, told, absl::Now())});
      }
      counted_.Read({RecordOf(partition, checkpoint)});
    }
  }

  kafka::ClientConfig Client() { return {.brokers = broker_.brokers(), .client_id = "test"}; }
  ViewReplay::Ports Ports() {
    return {
        .partitions = kPartitions,
        .beginnings = [this](absl::Duration within) -> absl::StatusOr<std::vector<std::int64_t>> {
          auto admin = kafka::Admin::Create(Client());
          if (!admin.ok()) return admin.status();
          return (*admin)->BeginningOffsets(kViewsTopic, within);
        },
        // The library's broker does not look for times.
        .offset_at = [this](std::int32_t partition, absl::Time time,
                            absl::Duration) -> absl::StatusOr<std::int64_t> {
          std::int64_t end = 0;
          for (const kafka::Record& record : log_) {
            if (record.partition != partition) continue;
            if (record.timestamp_ms >= absl::ToUnixMillis(time)) return record.offset;
            end = record.offset + 1;
          }
          return end;
        },
        .read =
            [this](kafka::LogReaderConfig config, kafka::LogHandler& handler,
                   std::function<void(const absl::Status&)> on_fatal) {
              config.client = Client();
              return kafka::LogReader::Create(std::move(config), handler,
                                              {.on_fatal = std::move(on_fatal)});
            }};
  }

  std::future<Answer> Ask(const v1::RecountViewsRequest& request = {},
                          absl::Duration within = absl::Minutes(1)) {
    auto answer = std::make_shared<std::promise<Answer>>();
    auto told = answer->get_future();
    recount_.Call({.actor = {}, .traceparent = "", .deadline = absl::Now() + within}, request,
                  [answer](Answer is) { answer->set_value(std::move(is)); });
    return told;
  }

  using Explained = absl::StatusOr<v1::ExplainViewResponse>;
  Explained Explain(int article, int n, const rpc::Actor& actor = {.name = "desk"},
                    std::optional<absl::Time> since = std::nullopt) {
    v1::ExplainViewRequest request;
    request.set_article(MakeArticle(article).id.ToString());
    request.set_event_id(
        fmt::format("{:02x}{:02x}0000-0000-0000-0000-000000000000", n % 256, n / 256));
    if (since) request.mutable_since()->set_seconds(absl::ToUnixSeconds(*since));
    std::promise<Explained> answer;
    explain_.Call({.actor = actor, .traceparent = "", .deadline = absl::Now() + absl::Minutes(1)},
                  request, [&answer](Explained is) { answer.set_value(std::move(is)); });
    return answer.get_future().get();
  }

  telex::testing::MockCluster broker_;
  Counted counted_;
  std::vector<kafka::Record> log_;
  ViewRecount recount_;
  ViewExplain explain_;
};

TEST_F(ViewRecountTest, TheLogAndTheCountsAreAlike) {
  Look(40);
  CountLive();
  recount_.ReadThrough(Ports());
  const Answer all = Ask().get();
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->views(), 120);
  EXPECT_EQ(all->records(), 120);
  EXPECT_EQ(all->days_different(), 0) << all->DebugString();
  EXPECT_GE(all->days_compared(), 3);
  v1::RecountViewsRequest one;
  one.set_article(MakeArticle(2).id.ToString());
  const Answer of_one = Ask(one).get();
  ASSERT_TRUE(of_one.ok()) << of_one.status();
  EXPECT_EQ(of_one->views(), 40);
}

TEST_F(ViewRecountTest, ADifferenceIsTold) {
  Look(5);
  CountLive(/*too_many=*/1);
  recount_.ReadThrough(Ports());
  const Answer all = Ask().get();
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->days_different(), 1);
  ASSERT_EQ(all->differences_size(), 1);
  EXPECT_EQ(all->differences(0).field(), "views");
  EXPECT_EQ(all->differences(0).live_views(), all->differences(0).recounted_views() + 1);
}

TEST_F(ViewRecountTest, RefusesWhatItCannotAnswer) {
  EXPECT_EQ(errors::ReasonOf(Ask().get().status()), errors::kNotCaughtUp);
  recount_.ReadThrough(Ports());
  v1::RecountViewsRequest request;
  request.set_article("x");
  EXPECT_EQ(errors::ReasonOf(Ask(request).get().status()), errors::kFieldInvalid);
  request.set_article(MakeArticle(8).id.ToString());
  EXPECT_EQ(errors::ReasonOf(Ask(request).get().status()), errors::kArticleNotFound);
  request.set_article("");
  request.set_from_day("today");
  EXPECT_EQ(errors::ReasonOf(Ask(request).get().status()), errors::kFieldInvalid);
}

TEST_F(ViewRecountTest, OneAtATimeAndNoneWhenItStops) {
  Look(5);
  CountLive();
  ViewReplay::Ports ports = Ports();
  std::promise<void> go_on;
  ports.beginnings = [gone = go_on.get_future().share(),
                      ask = std::move(ports.beginnings)](absl::Duration within) {
    gone.wait();
    return ask(within);
  };
  recount_.ReadThrough(std::move(ports));
  auto first = Ask();
  const Answer second = Ask().get();
  EXPECT_TRUE(absl::IsResourceExhausted(second.status())) << second.status();
  EXPECT_EQ(errors::ReasonOf(second.status()), errors::kOverloaded);
  go_on.set_value();
  EXPECT_TRUE(first.get().ok());
  recount_.Stop();
  EXPECT_EQ(errors::ReasonOf(Ask().get().status()), errors::kStopping);
}

TEST_F(ViewRecountTest, EndsAtItsDeadlineAndWhenItIsStopped) {
  Look(5);
  CountLive();
  // Records that never come: the counts are ahead of the log.
  counted_.Read({RecordOf(log_.front().partition,
                          Checkpoint{.position = 1'000, .rule = 1, .zone = "Asia/Baku"})});
  recount_.ReadThrough(Ports());
  EXPECT_TRUE(absl::IsDeadlineExceeded(Ask({}, absl::Milliseconds(300)).get().status()));
  auto stopped = Ask();
  recount_.Stop();
  EXPECT_EQ(errors::ReasonOf(stopped.get().status()), errors::kStopping);
}

// Look gives the n-th event to article 1 + n % 3.
TEST_F(ViewRecountTest, AViewIsExplainedFromTheLog) {
  Look(20);
  explain_.ReadThrough(Ports());
  const Explained counted = Explain(2, 31);
  ASSERT_TRUE(counted.ok()) << counted.status();
  ASSERT_EQ(counted->views_size(), 1);
  EXPECT_EQ(counted->views(0).outcome(), v1::ExplainedView::OUTCOME_COUNTED);
  EXPECT_EQ(counted->views(0).language(), "en");
  EXPECT_EQ(counted->views(0).partition(), Counted::PartitionOf(MakeArticle(2).id));
  EXPECT_FALSE(counted->views(0).uncertain());
  Look(20);  // the same again
  const Explained again = Explain(2, 31);
  ASSERT_TRUE(again.ok()) << again.status();
  ASSERT_EQ(again->views_size(), 2);
  EXPECT_EQ(again->views(0).offset(), counted->views(0).offset());
  EXPECT_EQ(again->views(1).outcome(), v1::ExplainedView::OUTCOME_SAME_EVENT);
  const Explained since = Explain(2, 31, {.name = "desk"}, absl::Now() - absl::Minutes(1));
  ASSERT_TRUE(since.ok()) << since.status();
  EXPECT_EQ(since->DebugString(), again->DebugString());
}

// The newsroom's own page, and a partner's ten seconds later.
TEST_F(ViewRecountTest, APartnerLearnsNothingOfItsReadersLooksElsewhere) {
  View own = ViewOf(0);
  View repeat = ViewOf(3);
  repeat.visitor = own.visitor;
  repeat.partner = "panorama";
  own.time_ms = repeat.time_ms - 10'000;
  Publish({own, repeat});
  explain_.ReadThrough(Ports());
  const Explained desk = Explain(1, 3);
  ASSERT_TRUE(desk.ok()) << desk.status();
  EXPECT_EQ(desk->views(0).filter(), v1::FILTER_REPEAT);
  EXPECT_TRUE(desk->views(0).has_visit());
  const Explained partner =
      Explain(1, 3, {.name = "p", .roles = {rpc::Role::kSource}, .bound_to = {"panorama"}});
  ASSERT_TRUE(partner.ok()) << partner.status();
  EXPECT_EQ(partner->views(0).filter(), v1::FILTER_REPEAT);
  EXPECT_FALSE(partner->views(0).has_visit());
}

TEST_F(ViewRecountTest, NoViewIsExplainedThatIsNotThereOrIsAnothers) {
  Look(5);
  EXPECT_EQ(errors::ReasonOf(Explain(1, 3).status()), errors::kNotCaughtUp);
  explain_.ReadThrough(Ports());
  EXPECT_EQ(errors::ReasonOf(Explain(1, 200).status()), errors::kViewNotFound);
  EXPECT_EQ(errors::ReasonOf(Explain(2, 3).status()), errors::kViewNotFound) << "of another story";
  EXPECT_EQ(errors::ReasonOf(Explain(8, 3).status()), errors::kArticleNotFound);
  EXPECT_EQ(
      errors::ReasonOf(Explain(1, 3, {.name = "desk"}, absl::Now() + absl::Hours(1)).status()),
      errors::kViewNotFound);
  const rpc::Actor bound = {.name = "p", .roles = {rpc::Role::kSource}, .bound_to = {"panorama"}};
  EXPECT_EQ(errors::ReasonOf(Explain(1, 3, bound).status()), errors::kViewNotFound);
  rpc::Actor editor = bound;
  editor.roles.push_back(rpc::Role::kEditor);
  EXPECT_TRUE(Explain(1, 3, editor).ok());
  v1::ExplainViewRequest request;
  request.set_article(MakeArticle(1).id.ToString());
  request.set_event_id("x");
  explain_.Call({}, request, [](const Explained& is) {
    EXPECT_EQ(errors::ReasonOf(is.status()), errors::kFieldInvalid);
  });
}

}  // namespace
}  // namespace telex::views
