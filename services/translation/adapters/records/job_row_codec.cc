#include "translation/adapters/records/job_row_codec.h"

#include <fmt/format.h>

#include "telex/translation/v1/job_row.pb.h"

namespace telex::translation {
namespace {

absl::Status MalformedRow(std::string_view field) {
  return absl::InvalidArgumentError(fmt::format("{}: this release does not write it", field));
}

absl::Status Decode(const v1::JobRow& message, JobRow& row) {
  const auto article = news::ArticleId::FromBytes(message.article());
  const auto language = news::LanguageTag::Parse(message.language());
  const auto from = news::LanguageTag::Parse(message.from());
  if (!article) return MalformedRow("article");
  if (!language) return MalformedRow("language");
  if (!from && !message.from().empty()) return MalformedRow("from");
  row.id = {*article, *language};
  row.from = from.value_or(news::LanguageTag{});
  if (message.state() == 0 || !v1::JobState_IsValid(message.state())) return MalformedRow("state");
  if (message.worker() == 0 || !v1::Worker_IsValid(message.worker())) return MalformedRow("worker");
  if (message.workflow() == 0 || !v1::Workflow_IsValid(message.workflow()))
    return MalformedRow("workflow");
  if ((message.state() == v1::JOB_STATE_CLAIMED) != message.has_claim())
    return MalformedRow("claim");
  if (message.answered_size() > static_cast<int>(kAnsweredMax)) return MalformedRow("answered");
  row.state = static_cast<JobState>(message.state());
  row.worker = static_cast<Worker>(message.worker());
  row.workflow = static_cast<Workflow>(message.workflow());
  return absl::OkStatus();
}

}  // namespace

std::string JobRowKey(const JobId& job) {
  return std::string(job.article.bytes()) + job.language.text();
}

std::string EncodeJobRow(const JobRow& row) {
  v1::JobRow message;
  message.set_article(std::string(row.id.article.bytes()));
  message.set_language(row.id.language.text());
  message.set_from(row.from.text());
  message.set_source(row.source);
  message.set_backfill(row.backfill);
  message.set_policy(row.policy);
  message.set_state(static_cast<v1::JobState>(row.state));
  message.set_worker(static_cast<v1::Worker>(row.worker));
  message.set_workflow(static_cast<v1::Workflow>(row.workflow));
  message.set_carried(row.carried);
  message.set_withdrawn(row.withdrawn);
  message.set_urgency(row.urgency);
  message.set_attempts(row.attempts);
  message.set_version(row.version.number);
  message.set_wanted_ms(row.wanted_ms);
  message.set_deadline_ms(row.deadline_ms);
  message.set_due_ms(row.due_ms);
  message.set_born(row.born);
  message.set_since(row.since);
  message.set_last(row.last);
  message.set_revision(row.revision);
  message.set_draft(row.draft);
  for (const Answered& answered : row.answered) {
    if (answered.request == 0) break;
    v1::JobRow::Answered& added = *message.add_answered();
    added.set_request(answered.request);
    added.set_position(answered.position);
    added.set_is_draft(answered.is_draft);
  }
  if (row.claim) {
    v1::JobRow::Claim& claim = *message.mutable_claim();
    claim.set_holder(row.claim->holder);
    claim.set_worker(static_cast<v1::Worker>(row.claim->worker));
    claim.set_request(row.claim->request);
    claim.set_segments_done(row.claim->segments_done);
  }
  return message.SerializeAsString();
}

absl::StatusOr<JobRow> DecodeJobRow(std::string_view bytes) {
  v1::JobRow message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return MalformedRow("row");
  JobRow row;
  if (absl::Status status = Decode(message, row); !status.ok()) return status;
  row.source = message.source();
  row.backfill = message.backfill();
  row.policy = message.policy();
  row.carried = message.carried();
  row.withdrawn = message.withdrawn();
  row.urgency = message.urgency();
  row.attempts = message.attempts();
  row.version = {message.version()};
  row.wanted_ms = message.wanted_ms();
  row.deadline_ms = message.deadline_ms();
  row.due_ms = message.due_ms();
  row.born = message.born();
  row.since = message.since();
  row.last = message.last();
  row.revision = message.revision();
  row.draft = message.draft();
  for (int i = 0; i < message.answered_size(); ++i) {
    const v1::JobRow::Answered& answered = message.answered(i);
    row.answered[static_cast<std::size_t>(i)] = {answered.request(), answered.position(),
                                                 answered.is_draft()};
  }
  if (message.has_claim()) {
    const v1::JobRow::Claim& claim = message.claim();
    if (claim.worker() == 0 || !v1::Worker_IsValid(claim.worker())) return MalformedRow("claim");
    row.claim = Claim{claim.holder(), static_cast<Worker>(claim.worker()), claim.request(),
                      claim.segments_done()};
  }
  return row;
}

}  // namespace telex::translation
