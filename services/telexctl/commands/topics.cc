#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "platform/errors/errors.h"
#include "platform/json/json.h"
#include "platform/kafka/topic_catalogue.h"
#include "platform/text/nearest.h"
#include "telexctl/commands/command.h"
#include "telexctl/commands/tail.h"
#include "telexctl/context.h"
#include "telexctl/failures/failure.h"

namespace telex::cli {
namespace {

// New topics wait for their leaders: longer than a plain call may take.
constexpr absl::Duration kCreateWithinMin = absl::Seconds(60);

struct ApplyFlags {
  std::string file;
  std::optional<int> replication_factor;
  std::optional<int> partitions;
  bool alter = false;
};

void ShowReport(const kafka::CreateReport& report, Output& output) {
  if (output.json()) {
    json::Value shown = {{"created", report.created},
                         {"existing", report.existing},
                         {"mismatches", json::Value::array()}};
    for (const kafka::TopicMismatch& one : report.mismatches) {
      shown["mismatches"].push_back({{"topic", one.topic},
                                     {"what", one.what},
                                     {"declared", one.declared},
                                     {"found", one.found}});
    }
    output.Text(json::Write(shown, 2) + "\n");
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

// The number of replicas that all of them were found with, where nothing else is otherwise: that of
// a cluster with fewer brokers than the file is written for. Empty for all else.
std::string OtherReplicas(const std::vector<kafka::TopicMismatch>& mismatches) {
  const std::string& found = mismatches.front().found;
  const bool alike = std::all_of(mismatches.begin(), mismatches.end(), [&](const auto& one) {
    return one.what == "replication_factor" && one.found == found;
  });
  return alike ? found : "";
}

absl::Status Differs(const std::vector<kafka::TopicMismatch>& mismatches, const std::string& file,
                     const Context& context) {
  const std::size_t count = mismatches.size();
  const absl::Status status = absl::FailedPreconditionError(
      fmt::format("the cluster differs from {} in {} (above)", file,
                  count == 1 ? std::string("one setting") : fmt::format("{} settings", count)));
  if (const std::string replicas = OtherReplicas(mismatches); !replicas.empty()) {
    return WithHint(status, fmt::format("where so many replicas are meant, as on the local stack, "
                                        "say so: {}",
                                        context.LineWith("--replication-factor", replicas)));
  }
  return WithHint(status,
                  "--alter brings configurations back to what is declared; numbers of partitions "
                  "and replicas stay as they were made");
}

absl::Status Apply(const ApplyFlags& flags, Context& context) {
  auto catalogue = kafka::TopicCatalogue::Load(
      flags.file, {.replication_factor = flags.replication_factor, .partitions = flags.partitions});
  if (!catalogue.ok()) {
    const absl::string_view message = catalogue.status().message();
    return Usage({message.data(), message.size()},
                 "--file names the catalogue of topics: deploy/kafka/topics.yaml of a checkout");
  }
  const auto admin = context.KafkaAdmin();
  if (!admin.ok()) return admin.status();
  const absl::Duration within = std::max(context.options().timeout, kCreateWithinMin);
  auto report = (*admin)->CreateTopics(*catalogue, within);
  if (!report.ok()) return report.status();
  if (flags.alter && !report->mismatches.empty()) {
    if (absl::Status altered = (*admin)->AlterTopics(*catalogue, report->mismatches, within);
        !altered.ok()) {
      return altered;
    }
    // What is still otherwise cannot be altered.
    auto left = (*admin)->CreateTopics(*catalogue, within);
    if (!left.ok()) return left.status();
    report->mismatches = std::move(left->mismatches);
  }
  ShowReport(*report, context.output());
  if (report->mismatches.empty()) return absl::OkStatus();
  return Differs(report->mismatches, flags.file, context);
}

struct Counted {
  kafka::TopicInfo topic;
  std::int64_t records_max = 0;  // compaction and control records leave holes
};

absl::StatusOr<std::vector<Counted>> CountTopics(kafka::Admin& admin, absl::Duration within) {
  const auto topics = admin.ListTopics(within);
  if (!topics.ok()) return topics.status();
  std::vector<Counted> counted;
  for (const kafka::TopicInfo& topic : *topics) {
    const auto begin = admin.BeginningOffsets(topic.name, within);
    const auto end = admin.EndOffsets(topic.name, within);
    if (!begin.ok()) return begin.status();
    if (!end.ok()) return end.status();
    Counted& one = counted.emplace_back(Counted{topic});
    for (std::size_t i = 0; i < std::min(begin->size(), end->size()); ++i) {
      one.records_max += (*end)[i] - (*begin)[i];
    }
  }
  return counted;
}

absl::Status ListTopics(Context& context) {
  const auto admin = context.KafkaAdmin();
  if (!admin.ok()) return admin.status();
  // Topics that were just made have no leaders for a moment.
  const auto topics = context.retrier().Run(
      "topics", [&] { return CountTopics(**admin, context.options().timeout); });
  if (!topics.ok()) return topics.status();
  Table table{.heading = {"TOPIC", "PARTITIONS", "REPLICAS", "RECORDS, AT MOST"}};
  json::Value shown = json::Value::array();
  for (const auto& [topic, records_max] : *topics) {
    table.rows.push_back({topic.name, std::to_string(topic.partitions),
                          std::to_string(topic.replication_factor), std::to_string(records_max)});
    shown.push_back({{"name", topic.name},
                     {"partitions", topic.partitions},
                     {"replication_factor", topic.replication_factor},
                     {"records_max", records_max}});
  }
  if (context.output().json()) {
    context.output().Text(json::Write(shown, 2) + "\n");
  } else {
    context.output().Show(table);
  }
  return absl::OkStatus();
}

struct TailFlags {
  std::string topic;
  std::string from = "-10";
  std::int64_t limit = 0;
  bool follow = false;
};

// The topic that was likely meant by one that is not there.
absl::Status AboutTopic(absl::Status missing, std::string_view topic, Context& context) {
  const auto admin = context.KafkaAdmin();
  if (!admin.ok()) return missing;
  const auto topics = (*admin)->ListTopics(context.options().timeout);
  if (!topics.ok()) return missing;
  std::vector<std::string> names;
  for (const kafka::TopicInfo& one : *topics) names.push_back(one.name);
  const std::string near = text::Nearest(topic, names);
  if (near.empty()) return missing;
  return WithHint(std::move(missing), fmt::format("did you mean telexctl topics tail {}? telexctl "
                                                  "topics list shows those there are",
                                                  near));
}

absl::Status RunTail(const TailFlags& flags, Context& context) {
  const auto from = ParseTailFrom(flags.from);
  if (!from.has_value()) {
    return Usage(fmt::format("--from: {} is not beginning, end or -N with N from 1 to {}",
                             flags.from, kTailLastMax));
  }
  const bool short_name = flags.topic.find('.') == std::string::npos;
  const std::string topic = short_name ? fmt::format("telex.{}.v1", flags.topic) : flags.topic;
  const absl::Status status = Tail({.topic = topic,
                                    .from = *from,
                                    .limit = flags.limit,
                                    .follow = flags.follow || from->kind == TailFrom::Kind::kEnd},
                                   context);
  return errors::Is(status, errors::kTopicMissing) ? AboutTopic(status, topic, context) : status;
}

}  // namespace

void AddTopics(Command& program) {
  Command topics =
      program.AddGroup("topics", "the log: its topics and their records",
                       "telexctl topics list\n  telexctl topics tail articles --from -3");
  const auto flags = std::make_shared<ApplyFlags>();
  Command apply =
      topics.Add("apply",
                 "creates the topics that are missing; alters none without --alter; exit code 1 on "
                 "a mismatch",
                 "telexctl topics apply --file deploy/kafka/topics.yaml --replication-factor 1",
                 [flags](Context& context) { return Apply(*flags, context); });
  apply.Text("--file", flags->file, "the catalogue").Required();
  apply.Number("--replication-factor", flags->replication_factor, "instead of the file's")
      .Between(1, 100);
  apply.Switch("--alter", flags->alter,
               "gives topics that are there the declared configuration, too");
  apply.Number("--partitions", flags->partitions, "of the topics about articles")
      .Between(1, 10'000);

  const auto tail_flags = std::make_shared<TailFlags>();
  Command tail =
      topics.Add("tail", "records of a topic, decoded; with -o json one JSON object a line",
                 "telexctl topics tail telex.articles.v1 --from -3\n"
                 "  telexctl topics tail telex.decisions.v1 --from end --follow",
                 [tail_flags](Context& context) { return RunTail(*tail_flags, context); });
  tail.Text("TOPIC", tail_flags->topic, "its name; `telex.` and `.v1` may be left out").Required();
  tail.Text("--from", tail_flags->from, "beginning, end (and follow), or -N: the last N records")
      .ShowDefault();
  tail.Number("--limit", tail_flags->limit, "stops after so many").Positive();
  tail.Switch("--follow", tail_flags->follow, "waits for more; Ctrl-C ends it");

  topics.Add("list", "the topics there are", "telexctl topics list", ListTopics);
}

}  // namespace telex::cli
