#include "translation/adapters/rpc/memory_service.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platform/errors/errors.h"
#include "tests/unit/translation/queued.h"
#include "tests/unit/translation/resource_log.h"
#include "translation/formats/tmx.h"

namespace telex::translation {
namespace {

using testing::ElementsAre;

class Sent final : public rpc::ServerStream {
 public:
  void Wake() override { ++woken; }
  void End(absl::Status status) override { end = std::move(status); }
  int woken = 0;
  std::optional<absl::Status> end;
};

class Uploaded final : public rpc::ClientStream {
 public:
  void ReadOn() override { ++read_on; }
  void Refuse(absl::Status why) override { refused = std::move(why); }
  int read_on = 0;
  absl::Status refused;
};

v1::ImportMemoryRequest PartOf(std::string data, std::string from = "", std::string to = "") {
  v1::ImportMemoryRequest message;
  message.set_from(std::move(from));
  message.set_to(std::move(to));
  message.set_data(std::move(data));
  return message;
}

class MemoryServiceTest : public ::testing::Test {
 protected:
  MemoryServiceTest()
      : desk_(
            *log_.resources, [] { return ResourceLog::kPartitions; }, log_.Port(),
            [this] { return fmt::format("a{}", ++appends_); }),
        service_(*log_.memory, desk_,
                 {.run =
                      [this](std::function<void()> job) {
                        jobs_.push_back(std::move(job));
                        return absl::OkStatus();
                      },
                  .now = [] { return absl::Now(); }}) {}
  ~MemoryServiceTest() override { desk_.Stop(); }

  void RunJobs() {
    for (const auto& job : std::exchange(jobs_, {})) job();
  }
  void Know(const std::string& source, const std::string& target, std::int64_t time_ms = 1) {
    log_.memory->Put({{EnEs(), {{source, target}}}, {time_ms, 0, time_ms}});
  }
  absl::StatusOr<v1::ImportMemoryResponse> Import(const std::vector<std::string>& parts) {
    const auto import =
        service_.ImportMemory({.actor = {.name = "ben"}}, std::make_shared<Uploaded>());
    bool first = true;
    for (const std::string& part : parts) {
      const auto taken = import->Take(first ? PartOf(part, "en", "es") : PartOf(part));
      if (!taken.ok()) return taken.status();
      first = false;
    }
    // It may come when nobody waits for it here any more.
    const auto answer = std::make_shared<std::optional<absl::StatusOr<v1::ImportMemoryResponse>>>();
    import->Finish([answer](auto response) { *answer = std::move(response); });
    RunJobs();
    if (!*answer) return absl::UnknownError("no answer yet");
    return **answer;
  }
  absl::StatusOr<std::string> Export(std::vector<std::size_t>* sizes = nullptr) {
    v1::ExportMemoryRequest request;
    request.set_from("en");
    request.set_to("es");
    const auto stream = std::make_shared<Sent>();
    const auto next = service_.ExportMemory(request, stream);
    if (!next.ok()) return next.status();
    EXPECT_EQ((*next)(), std::nullopt) << "nothing is copied on gRPC's thread";
    EXPECT_EQ(stream->end, std::nullopt);
    RunJobs();
    EXPECT_EQ(stream->woken, 1);
    std::string bytes;
    while (const auto part = (*next)()) {
      bytes += part->data();
      if (sizes != nullptr) sizes->push_back(part->data().size());
    }
    EXPECT_EQ(stream->end, absl::OkStatus());
    return bytes;
  }

  ResourceLog log_;
  int appends_ = 0;
  std::vector<std::function<void()>> jobs_;
  ResourceDesk desk_;
  MemoryService service_;
};

std::string TmxOf(int units) {
  std::string xml = "<tmx version=\"1.4\"><header/><body>";
  for (int n = 0; n < units; ++n) {
    xml += fmt::format(
        "<tu><tuv xml:lang=\"en\"><seg>Story {0}</seg></tuv><tuv xml:lang=\"es\"><seg>Historia "
        "{0}</seg></tuv></tu>",
        n);
  }
  return xml + "<tu><tuv xml:lang=\"en\"><seg>Alone</seg></tuv></tu></body></tmx>";
}

TEST_F(MemoryServiceTest, FindsTheSameAndTheLike) {
  Know("Prices rose by ten per cent today.", "Hoy los precios subieron un diez por ciento.");
  Know("The council met in the old town hall.", "El concejo se reunió en el viejo ayuntamiento.");
  v1::SearchMemoryRequest request;
  request.set_from("en");
  request.set_to("es");
  request.set_text("Prices rose by nine per cent today.");
  const auto found = service_.SearchMemory(request);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->suggestions_size(), 1);
  EXPECT_EQ(found->suggestions(0).source(), "Prices rose by ten per cent today.");
  EXPECT_GE(found->suggestions(0).score(), 70);
  EXPECT_TRUE(found->suggestions(0).person());
  EXPECT_EQ(found->suggestions(0).article(), "") << "of a file";
  request.set_text("Prices rose by ten per cent today.");
  EXPECT_EQ(service_.SearchMemory(request)->suggestions(0).score(), 100);
}

TEST_F(MemoryServiceTest, RefusesASearchForNothing) {
  v1::SearchMemoryRequest request;
  request.set_from("english");
  const auto pair = service_.SearchMemory(request);
  EXPECT_EQ(errors::DetailsOf(pair.status())->fields.front().field, "from");
  request.set_from("en");
  request.set_to("es");
  request.set_score_min(101);
  request.set_count(21);
  EXPECT_EQ(errors::DetailsOf(service_.SearchMemory(request).status())->fields.size(), 3u);
  request = {};
  request.set_from("en");
  request.set_to("es");
  request.set_text("<1>open");
  EXPECT_TRUE(errors::Is(service_.SearchMemory(request).status(), errors::kFieldInvalid));
  request.set_to("en");
  EXPECT_TRUE(errors::Is(service_.SearchMemory(request).status(), errors::kFieldInvalid));
}

TEST_F(MemoryServiceTest, ExportsInPartsWhatAFileOfOnePieceSays) {
  for (int n = 0; n < 1'000; ++n)
    Know(fmt::format("Story {} <1>of</1> today & tomorrow", n), fmt::format("Historia {}", n), n);
  std::vector<std::size_t> sizes;
  const auto bytes = Export(&sizes);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_EQ(*bytes, WriteTmx({EnEs().from, EnEs().to}, log_.memory->Export(EnEs())));
  EXPECT_GT(sizes.size(), 2u);
  for (const std::size_t size : sizes) EXPECT_LE(size, MemoryService::kPartBytesMax);
}

TEST_F(MemoryServiceTest, AnEmptyMemoryIsAFileWithoutUnits) {
  const auto bytes = Export();
  EXPECT_EQ(*bytes, WriteTmx({EnEs().from, EnEs().to}, {}));
}

TEST_F(MemoryServiceTest, WhatIsImportedIsThereWhenItIsAnswered) {
  const std::string file = TmxOf(1'201);
  const auto answer = Import({file.substr(0, 1'000), file.substr(1'000)});
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->units(), 1'201);
  EXPECT_EQ(answer->others(), 1);
  EXPECT_EQ(log_.size(), 3u) << "500 units a record";
  EXPECT_EQ(log_.memory->Recall(EnEs(), "Story 1200")->target, "Historia 1200");
}

TEST_F(MemoryServiceTest, AFewRecordsAreUnderWayAtOnce) {
  log_.reads_at_once = false;
  EXPECT_TRUE(absl::IsUnknown(Import({TmxOf(6'000)}).status()));
  EXPECT_EQ(log_.size(), MemoryImport::kUnderWayMax);
  log_.Read();
  EXPECT_EQ(log_.size(), 12u);
}

TEST_F(MemoryServiceTest, AnExportComesBackAsItWas) {
  Know("One", "Uno");
  log_.memory->Put({{EnEs(), {{"Two", "Dos", /*machine=*/true}}}, {1, 0, 2}});
  const auto file = Export();
  log_.Open();
  ResourceDesk desk(
      *log_.resources, [] { return ResourceLog::kPartitions; }, log_.Port(), [] { return "b"; });
  const auto import =
      std::make_shared<MemoryImport>(desk,
                                     MemoryImport::Ports{.run =
                                                             [](const std::function<void()>& job) {
                                                               job();
                                                               return absl::OkStatus();
                                                             },
                                                         .now = [] { return absl::Now(); }},
                                     "ben", std::make_shared<Uploaded>());
  ASSERT_TRUE(import->Take(PartOf(*file, "en", "es")).ok());
  int answers = 0;
  import->Finish([&](const auto& answer) { answers += answer.ok() ? 1 : 0; });
  EXPECT_EQ(answers, 1);
  EXPECT_EQ(log_.memory->Recall(EnEs(), "One")->rank, MemoryRank::kPerson);
  EXPECT_EQ(log_.memory->Recall(EnEs(), "Two")->rank, MemoryRank::kMachine);
}

TEST_F(MemoryServiceTest, RefusesWhatIsNoFile) {
  EXPECT_TRUE(errors::Is(Import({"no XML"}).status(), errors::kFieldInvalid));
  EXPECT_TRUE(
      errors::Is(Import({std::string(kTmxBytesMax, 'x'), "y"}).status(), errors::kFieldTooLong));
  const auto import = service_.ImportMemory({}, std::make_shared<Uploaded>());
  EXPECT_TRUE(errors::Is(import->Take(PartOf("x", "en")).status(), errors::kFieldRequired));
  const auto empty = service_.ImportMemory({}, std::make_shared<Uploaded>());
  absl::Status told;
  empty->Finish([&](const auto& answer) { told = answer.status(); });
  EXPECT_TRUE(errors::Is(told, errors::kFieldRequired));
  EXPECT_EQ(log_.size(), 0u);
}

TEST(MemoryImport, RecordsAreBoundedInUnitsAndBytes) {
  std::vector<MemoryUnit> units(3, {std::string(400 * 1024, 'a'), "b"});
  units.resize(1'010, {"a", "b"});
  std::vector<std::size_t> sizes;
  for (const MemoryUnits& record : InRecords(EnEs(), std::move(units)))
    sizes.push_back(record.units.size());
  EXPECT_THAT(sizes, ElementsAre(2u, 500u, 500u, 8u));
  EXPECT_TRUE(InRecords(EnEs(), {}).empty());
}

}  // namespace
}  // namespace telex::translation
