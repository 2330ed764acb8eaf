#include "tests/simulation/next_release.h"

#include <string>
#include <utility>

#include "ingestion/adapters/record_codec.h"
#include "news/wire/article_codec.h"
#include "platform/errors/status_macros.h"

namespace telex::simulation {
namespace {

using namespace telex::ingestion;

constexpr int kBeyond = 100;  // what is added to a number that this release knows

template <typename Message>
Message Parsed(const std::string& bytes) {
  Message message;
  message.ParseFromString(bytes);
  return message;
}

template <typename Enum>
Enum Beyond(Enum value) {
  return static_cast<Enum>(static_cast<int>(value) + kBeyond);
}

// Moves the oneof's member to a number that this release does not know.
template <typename Message>
void MoveBeyond(const char* oneof, Message& message) {
  const auto* reflection = message.GetReflection();
  const auto* field =
      reflection->GetOneofFieldDescriptor(message, message.GetDescriptor()->FindOneofByName(oneof));
  const std::string bytes = field->message_type() != nullptr
                                ? reflection->GetMessage(message, field).SerializeAsString()
                                : reflection->GetString(message, field);
  reflection->ClearField(&message, field);
  reflection->MutableUnknownFields(&message)->AddLengthDelimited(field->number() + kBeyond, bytes);
}

absl::Status MustBeNewer(const absl::Status& decoded) {
  if (absl::IsUnimplemented(decoded)) return absl::OkStatus();
  return absl::InternalError("this release reads what a newer one has written: " +
                             decoded.ToString());
}

}  // namespace

NextRelease NextRelease::Draw(Random& random) {
  NextRelease next;
  const int unknown = random.Below(4);
  next.action = unknown == 0 || random.Chance(30);
  next.subject = unknown == 1;
  next.rule = unknown > 1;
  next.status = random.Chance(40);
  next.availability = random.Chance(20);
  next.verdict = random.Chance(30);
  next.reason = random.Chance(30);
  return next;
}

RuleBook NextRelease::RulesOf(Release release) const {
  RuleBook rules = KnownRules();
  if (release == Release::kNext)
    rules[kNextRule] = {.repeat_window = absl::Hours(1), .version_step_min = absl::Seconds(3)};
  if (release == Release::kNext || !rule) rules[kNextValuesRule] = rules.at(4);
  return rules;
}

bool NextRelease::IsNewer(const VersionRecord& record) const {
  if (record.article != nullptr)
    return record.article->rule == kNextValuesRule && (status || availability);
  return record.source != nullptr && record.source->rule == kNextValuesRule && status;
}

absl::StatusOr<kafka::Record> NextRelease::Written(kafka::Record submission) const {
  auto message = Parsed<v1::Submission>(*submission.value);
  if (action) MoveBeyond("action", message);
  if (subject) MoveBeyond("subject", message);
  submission.value = news::DeterministicBytes(message);
  RETURN_IF_ERROR(MustBeNewer(DecodeSubmission(*submission.value).status()));
  return submission;
}

absl::StatusOr<VersionRecord> NextRelease::Written(VersionRecord version) const {
  kafka::Record record = *version.record;
  if (version.article != nullptr) {
    auto message = Parsed<news::v1::ArticleRecord>(*record.value);
    news::v1::Article& article = *message.mutable_article();
    if (status) article.set_pub_status(Beyond(article.pub_status()));
    if (availability) article.set_availability(Beyond(article.availability()));
    record.value = news::DeterministicBytes(message);
    RETURN_IF_ERROR(MustBeNewer(DecodeArticleHead(*record.value).status()));
  } else {
    auto message = Parsed<v1::SourceRecord>(*record.value);
    v1::Source& source = *message.mutable_source();
    source.set_edited_policy(Beyond(source.edited_policy()));
    record.value = news::DeterministicBytes(message);
    RETURN_IF_ERROR(MustBeNewer(DecodeSourceHead(*record.value).status()));
  }
  version.record = std::make_shared<const kafka::Record>(std::move(record));
  return version;
}

absl::Status NextRelease::Written(const DecisionPtr& decision) const {
  auto message = Parsed<v1::Decision>(EncodeDecision(*decision));
  if (verdict) message.set_verdict(Beyond(message.verdict()));
  if (reason) message.set_reason("of-the-next-release-" + message.reason());
  return MustBeNewer(DecodeDecision(news::DeterministicBytes(message)).status());
}

}  // namespace telex::simulation
