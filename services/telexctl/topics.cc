#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "platform/errors/errors.h"
#include "platform/kafka/topic_catalogue.h"
#include "telexctl/command.h"
#include "telexctl/context.h"
#include "telexctl/failure.h"

namespace telex::cli {
namespace {

// New topics wait for their leaders: longer than a plain call may take.
constexpr absl::Duration kCreateWithinMin = absl::Seconds(60);

struct ApplyFlags {
  std::string file;
  std::optional<int> replication_factor;
  std::optional<int> partitions;
};

void ShowReport(const kafka::CreateReport& report, Output& output) {
  if (output.json()) {
    nlohmann::ordered_json json = {{"created", report.created},
                                   {"existing", report.existing},
                                   {"mismatches", nlohmann::json::array()}};
    for (const kafka::TopicMismatch& one : report.mismatches) {
      json["mismatches"].push_back({{"topic", one.topic},
                                    {"what", one.what},
                                    {"declared", one.declared},
                                    {"found", one.found}});
    }
    output.Text(json.dump(2) + "\n");
    return;
  }
  Table topics{.heading = {"TOPIC", "WAS"}};
  for (const std::string& name : report.created) topics.rows.push_back({name, "created"});
  for (const std::string& name : report.existing) topics.rows.push_back({name, "there"});
  output.Show(topics);
  if (report.mismatches.empty()) return;
  Table table{.heading = {"NOT AS DECLARED", "WHAT", "DECLARED", "FOUND"}};
  for (const kafka::TopicMismatch& one : report.mismatches) {
    table.rows.push_back({one.topic, one.what, one.declared, one.found});
  }
  output.Text("\n");
  output.Show(table);
}

absl::Status Apply(const ApplyFlags& flags, Context& context) {
  auto catalogue = kafka::TopicCatalogue::Load(
      flags.file,
      {.replication_factor = flags.replication_factor, .partitions = flags.partitions});
  if (!catalogue.ok()) {
    const absl::string_view message = catalogue.status().message();
    return Usage({message.data(), message.size()});
  }
  const auto admin = context.KafkaAdmin();
  if (!admin.ok()) return admin.status();
  const auto report =
      (*admin)->CreateTopics(*catalogue, std::max(context.options().timeout, kCreateWithinMin));
  if (!report.ok()) return report.status();
  ShowReport(*report, context.output());
  if (report->mismatches.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(fmt::format(
      "{} settings are not as {} declares them; nothing of that was altered: a number of partitions "
      "cannot be changed, the rest can with kafka-configs.sh --alter",
      report->mismatches.size(), flags.file));
}

absl::Status List(Context& context) {
  const auto admin = context.KafkaAdmin();
  if (!admin.ok()) return admin.status();
  const absl::Duration within = context.options().timeout;
  const auto topics = (*admin)->ListTopics(within);
  if (!topics.ok()) return topics.status();
  Table table{.heading = {"TOPIC", "PARTITIONS", "REPLICAS", "RECORDS, AT MOST"}};
  nlohmann::ordered_json json = nlohmann::json::array();
  for (const kafka::TopicInfo& topic : *topics) {
    const auto begin = (*admin)->BeginningOffsets(topic.name, within);
    const auto end = (*admin)->EndOffsets(topic.name, within);
    if (!begin.ok()) return begin.status();
    if (!end.ok()) return end.status();
    std::int64_t records = 0;  // compaction and control records leave holes
    for (std::size_t i = 0; i < std::min(begin->size(), end->size()); ++i) {
      records += (*end)[i] - (*begin)[i];
    }
    table.rows.push_back({topic.name, std::to_string(topic.partitions),
                          std::to_string(topic.replication_factor), std::to_string(records)});
    json.push_back({{"name", topic.name},
                    {"partitions", topic.partitions},
                    {"replication_factor", topic.replication_factor},
                    {"records_max", records}});
  }
  if (context.output().json()) {
    context.output().Text(json.dump(2) + "\n");
  } else {
    context.output().Show(table);
  }
  return absl::OkStatus();
}

}  // namespace

void AddTopics(CLI::App& app, Commands& commands) {
  CLI::App* topics = Commands::AddGroup(app, "topics", "the log: its topics and their records");
  const auto flags = std::make_shared<ApplyFlags>();
  CLI::App* apply = commands.Add(
      *topics, "apply", "creates the topics that are missing; alters none; exit code 1 on a mismatch",
      "telexctl topics apply --file deploy/kafka/topics.yaml --replication-factor 1",
      [flags](Context& context) { return Apply(*flags, context); });
  apply->add_option("--file", flags->file, "the catalogue")->required();
  apply->add_option("--replication-factor", flags->replication_factor, "instead of the file's")
      ->check(CLI::Range(1, 100));
  apply->add_option("--partitions", flags->partitions, "of the topics about articles")
      ->check(CLI::Range(1, 10'000));
  commands.Add(*topics, "list", "the topics there are", "telexctl topics list", List);
}

}  // namespace telex::cli
