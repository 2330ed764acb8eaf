#include "ingestion/adapters/record_codec.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "news/article_name.h"
#include "news/wire/article_codec.h"
#include "news/wire/time_codec.h"
#include "platform/errors/status_macros.h"

namespace telex::ingestion {
namespace {

using news::Version;

absl::Status Fault(std::string_view field, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", field, what));
}

// An enumerator, or a member of a oneof, that this release has no name for.
absl::Status Newer(std::string_view field, std::string_view value) {
  return absl::UnimplementedError(fmt::format("{}: '{}' is of a newer release", field, value));
}

bool HasUnknownFields(const google::protobuf::Message& message) {
  return !message.GetReflection()->GetUnknownFields(message).empty();
}

template <typename Message>
absl::StatusOr<Message> Parse(std::string_view bytes) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Fault(Message::descriptor()->full_name(), "these bytes are none");
  }
  return message;
}

news::v1::SubmissionPosition ToProto(const SubmissionPosition& position) {
  news::v1::SubmissionPosition message;
  message.set_cluster(position.cluster);
  message.set_partition(position.partition);
  message.set_offset(position.offset);
  return message;
}

SubmissionPosition FromProto(const news::v1::SubmissionPosition& message) {
  return {
      .cluster = message.cluster(), .partition = message.partition(), .offset = message.offset()};
}

news::v1::Upstream ToProto(const Upstream& upstream) {
  news::v1::Upstream message;
  message.set_hash(upstream.hash);
  if (upstream.time) *message.mutable_time() = news::ToProto(*upstream.time);
  return message;
}

Upstream FromProto(const news::v1::Upstream& message) {
  Upstream upstream{.hash = message.hash()};
  if (message.has_time()) upstream.time = news::FromProto(message.time());
  return upstream;
}

v1::EditedPolicy ToProto(EditedPolicy policy) {
  return policy == EditedPolicy::kApply ? v1::EDITED_POLICY_APPLY : v1::EDITED_POLICY_HOLD;
}

absl::StatusOr<EditedPolicy> FromProto(v1::EditedPolicy policy) {
  switch (policy) {
    case v1::EDITED_POLICY_APPLY:
      return EditedPolicy::kApply;
    case v1::EDITED_POLICY_HOLD:
    case v1::EDITED_POLICY_UNSPECIFIED:
      return EditedPolicy::kHold;
    default:
      return Newer("edited_policy", std::to_string(policy));
  }
}

// Actions
// -------------------------------------------------------------------------------------------------------------------

void Write(const SetContent& set, v1::Submission& out) {
  v1::SetContent& message = *out.mutable_set_content();
  news::Article article;
  article.id = {};
  article.source = set.source;
  article.source_name = set.source_name;
  article.key = set.key;
  article.canonical_url = set.canonical_url;
  article.content = set.content;
  article.ednote = set.ednote;
  article.urgency = set.urgency;
  article.printed_views = set.printed_views;
  news::v1::Article& proto = *message.mutable_article();
  proto = news::ToProto(article);
  // What the decision makes is not the submission's to say.
  proto.clear_name();
  proto.clear_pub_status();
  proto.clear_availability();
  proto.clear_versioncreated();
  proto.clear_firstcreated();
  if (set.firstcreated) *proto.mutable_firstcreated() = news::ToProto(*set.firstcreated);
  for (const std::string& warning : set.warnings) message.add_warnings(warning);
  if (set.base) message.mutable_base()->set_version(set.base->number);
  if (set.upstream) *message.mutable_upstream() = ToProto(*set.upstream);
  message.set_edited_policy(ToProto(set.edited_policy));
}

absl::StatusOr<SetContent> Read(const v1::SetContent& message, const news::ArticleId& id) {
  news::v1::Article proto = message.article();
  // The codec of whole articles checks the fields; what a submission lacks is filled in for it.
  proto.set_name(news::NameOf(id));
  proto.set_version(1);
  proto.set_pub_status(news::v1::PUB_STATUS_USABLE);
  proto.set_availability(news::v1::AVAILABILITY_AVAILABLE);
  auto article = news::FromProto(proto);
  if (!article.ok()) return article.status();
  SetContent set;
  set.source = article->source;
  set.source_name = article->source_name;
  set.key = article->key;
  set.canonical_url = article->canonical_url;
  set.content = std::move(article->content);
  set.ednote = article->ednote;
  set.urgency = article->urgency;
  set.printed_views = article->printed_views;
  if (message.article().has_firstcreated())
    set.firstcreated = news::FromProto(message.article().firstcreated());
  set.warnings.assign(message.warnings().begin(), message.warnings().end());
  if (message.has_base()) set.base = Version{message.base().version()};
  if (message.has_upstream()) set.upstream = FromProto(message.upstream());
  ASSIGN_OR_RETURN(set.edited_policy, FromProto(message.edited_policy()));
  return set;
}

void Write(const Withhold& withhold, v1::Submission& out) {
  out.mutable_withhold()->set_reason(withhold.reason);
  out.mutable_withhold()->set_note(withhold.note);
}
void Write(const Kill& kill, v1::Submission& out) {
  out.mutable_kill()->set_reason(kill.reason);
  out.mutable_kill()->set_note(kill.note);
}
void Write(const Reinstate& reinstate, v1::Submission& out) {
  out.mutable_reinstate()->set_note(reinstate.note);
}
void Write(const TimeReached& reached, v1::Submission& out) {
  out.mutable_time_reached()->set_version(reached.version.number);
  *out.mutable_time_reached()->mutable_instant() = news::ToProto(reached.instant);
}
void Write(const Purge& purge, v1::Submission& out) {
  out.mutable_purge()->set_reason(purge.reason);
  out.mutable_purge()->set_link(purge.link);
  if (purge.base) out.mutable_purge()->mutable_base()->set_version(purge.base->number);
}
void Write(const SetSource& set, v1::Submission& out) {
  *out.mutable_set_source()->mutable_source() = ingestion::ToProto(set.source);
  if (set.base) out.mutable_set_source()->mutable_base()->set_version(set.base->number);
}

absl::Status ReadAction(const v1::Submission& message, Submission& submission) {
  const auto* article = std::get_if<news::ArticleId>(&submission.subject);
  const bool for_source = message.action_case() == v1::Submission::kSetSource;
  if (message.action_case() != v1::Submission::ACTION_NOT_SET && for_source != (article == nullptr))
    return Fault("action", "is not one for this kind of subject");
  switch (message.action_case()) {
    case v1::Submission::kSetContent: {
      auto set = Read(message.set_content(), *article);
      if (!set.ok()) return set.status();
      submission.action = *std::move(set);
      return absl::OkStatus();
    }
    case v1::Submission::kWithhold:
      submission.action = Withhold{message.withhold().reason(), message.withhold().note()};
      return absl::OkStatus();
    case v1::Submission::kKill:
      submission.action = Kill{message.kill().reason(), message.kill().note()};
      return absl::OkStatus();
    case v1::Submission::kReinstate:
      submission.action = Reinstate{message.reinstate().note()};
      return absl::OkStatus();
    case v1::Submission::kTimeReached:
      submission.action = TimeReached{Version{message.time_reached().version()},
                                      news::FromProto(message.time_reached().instant())};
      return absl::OkStatus();
    case v1::Submission::kPurge: {
      Purge purge{.reason = message.purge().reason(), .link = message.purge().link()};
      if (message.purge().has_base()) purge.base = Version{message.purge().base().version()};
      submission.action = std::move(purge);
      return absl::OkStatus();
    }
    case v1::Submission::kSetSource: {
      auto source = ingestion::FromProto(message.set_source().source());
      if (!source.ok()) return source.status();
      SetSource set{.source = *std::move(source)};
      if (message.set_source().has_base())
        set.base = Version{message.set_source().base().version()};
      submission.action = std::move(set);
      return absl::OkStatus();
    }
    case v1::Submission::ACTION_NOT_SET:
      break;
  }
  return HasUnknownFields(message) ? Newer("action", "") : Fault("action", "is missing");
}

std::optional<Verdict> FromProto(v1::Verdict verdict) {
  switch (verdict) {
    case v1::VERDICT_ACCEPTED:
      return Verdict::kAccepted;
    case v1::VERDICT_UNCHANGED:
      return Verdict::kUnchanged;
    case v1::VERDICT_STALE:
      return Verdict::kStale;
    case v1::VERDICT_HELD:
      return Verdict::kHeld;
    case v1::VERDICT_REFUSED:
      return Verdict::kRefused;
    default:
      return std::nullopt;
  }
}

}  // namespace

v1::Verdict ToProto(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAccepted:
      return v1::VERDICT_ACCEPTED;
    case Verdict::kUnchanged:
      return v1::VERDICT_UNCHANGED;
    case Verdict::kStale:
      return v1::VERDICT_STALE;
    case Verdict::kHeld:
      return v1::VERDICT_HELD;
    case Verdict::kRefused:
      return v1::VERDICT_REFUSED;
  }
  return v1::VERDICT_UNSPECIFIED;
}

std::string EncodeSubmission(const Submission& submission) {
  v1::Submission message;
  message.set_rule(submission.rule);
  *message.mutable_time() = news::ToProto(submission.time);
  message.set_actor(submission.actor);
  message.set_request_id(submission.request_id);
  message.set_request_hash(submission.request_hash);
  message.set_document(submission.document);
  if (std::holds_alternative<news::ArticleId>(submission.subject)) {
    message.set_article(NameOf(submission.subject));
  } else {
    message.set_source(NameOf(submission.subject));
  }
  std::visit([&](const auto& action) { Write(action, message); }, submission.action);
  return news::DeterministicBytes(message);
}

absl::StatusOr<Submission> DecodeSubmission(std::string_view bytes) {
  const auto message = Parse<v1::Submission>(bytes);
  if (!message.ok()) return message.status();
  Submission submission;
  submission.rule = message->rule();
  submission.time = news::FromProto(message->time());
  submission.actor = message->actor();
  submission.request_id = message->request_id();
  submission.request_hash = message->request_hash();
  submission.document = message->document();
  if (message->has_article()) {
    const auto name = news::ArticleName::Parse(message->article());
    if (!name || name->version) return Fault("article", "is no article's name");
    submission.subject = name->id;
  } else {
    const auto source = news::SourceId::FromName(message->source());
    if (!message->has_source() && HasUnknownFields(*message)) return Newer("subject", "");
    if (!source) return Fault("source", "is no source's name");
    submission.subject = *source;
  }
  if (const absl::Status status = ReadAction(*message, submission); !status.ok()) return status;
  return submission;
}

std::string EncodeDecision(const Decision& decision) {
  v1::Decision message;
  *message.mutable_position() = ToProto(decision.position);
  message.set_subject(decision.subject);
  message.set_verdict(ingestion::ToProto(decision.verdict));
  message.set_version(decision.version.number);
  message.set_reason(std::string(ReasonText(decision.reason)));
  message.set_request_id(decision.request_id);
  message.set_request_hash(decision.request_hash);
  *message.mutable_time() = news::ToProto(decision.time);
  message.set_rule(decision.rule);
  if (decision.repeats) *message.mutable_repeats() = ToProto(*decision.repeats);
  return news::DeterministicBytes(message);
}

absl::StatusOr<Decision> DecodeDecision(std::string_view bytes) {
  const auto message = Parse<v1::Decision>(bytes);
  if (!message.ok()) return message.status();
  Decision decision;
  decision.position = FromProto(message->position());
  decision.subject = message->subject();
  const auto verdict = FromProto(message->verdict());
  if (!verdict) {
    return message->verdict() == v1::VERDICT_UNSPECIFIED
               ? Fault("verdict", "is missing")
               : Newer("verdict", std::to_string(message->verdict()));
  }
  decision.verdict = *verdict;
  decision.version = Version{message->version()};
  const auto reason = ReasonFromText(message->reason());
  if (!reason) return Newer("reason", message->reason());
  decision.reason = *reason;
  decision.request_id = message->request_id();
  decision.request_hash = message->request_hash();
  decision.time = news::FromProto(message->time());
  decision.rule = message->rule();
  if (message->has_repeats()) decision.repeats = FromProto(message->repeats());
  return decision;
}

std::string EncodeArticleHead(const ArticleHead& head) {
  news::v1::ArticleRecord record;
  *record.mutable_article() = news::ToProto(head.article);
  record.set_content_hash(head.content_hash);
  *record.mutable_position() = ToProto(head.position);
  if (head.upstream) *record.mutable_upstream() = ToProto(*head.upstream);
  record.set_edited(head.edited);
  record.set_rule(head.rule);
  return news::DeterministicBytes(record);
}

absl::StatusOr<ArticleHead> DecodeArticleHead(std::string_view bytes) {
  const auto record = Parse<news::v1::ArticleRecord>(bytes);
  if (!record.ok()) return record.status();
  auto article = news::FromProto(record->article());
  if (!article.ok()) return article.status();
  ArticleHead head;
  head.article = *std::move(article);
  head.content_hash = record->content_hash();
  head.position = FromProto(record->position());
  if (record->has_upstream()) head.upstream = FromProto(record->upstream());
  head.edited = record->edited();
  head.rule = record->rule();
  return head;
}

std::string EncodeSourceHead(const SourceHead& head) {
  v1::SourceRecord record;
  *record.mutable_source() = ToProto(head.source);
  *record.mutable_position() = ToProto(head.position);
  record.set_rule(head.rule);
  return news::DeterministicBytes(record);
}

absl::StatusOr<SourceHead> DecodeSourceHead(std::string_view bytes) {
  const auto record = Parse<v1::SourceRecord>(bytes);
  if (!record.ok()) return record.status();
  auto source = FromProto(record->source());
  if (!source.ok()) return source.status();
  return SourceHead{.source = *std::move(source),
                    .position = FromProto(record->position()),
                    .rule = record->rule()};
}

v1::Source ToProto(const Source& source) {
  v1::Source message;
  message.set_name(source.id.Name());
  message.set_version(source.version.number);
  if (source.version.number > 0) message.set_etag(news::EtagOf(source.version));
  message.set_display_name(source.display_name);
  message.set_home_page(source.home_page);
  message.set_usage_terms(source.usage_terms);
  message.set_attribution(source.attribution);
  message.set_default_language(source.default_language.text());
  for (const auto& [printed, section] : source.section_aliases)
    (*message.mutable_section_aliases())[printed] = section.slug();
  for (const auto& [code, language] : source.language_aliases)
    (*message.mutable_language_aliases())[code] = language.text();
  message.set_edited_policy(ToProto(source.edited_policy));
  for (const news::Section& section : source.sections) message.add_sections(section.slug());
  message.set_time_zone(source.time_zone);
  if (source.version.number > 0) {
    *message.mutable_create_time() = news::ToProto(source.create_time);
    *message.mutable_update_time() = news::ToProto(source.update_time);
  }
  message.set_actor(source.actor);
  return message;
}

absl::StatusOr<Source> FromProto(const v1::Source& message) {
  Source source;
  const auto id = news::SourceId::FromName(message.name());
  if (!id) return Fault("name", "is no source's name");
  source.id = *id;
  source.version = Version{message.version()};
  source.display_name = message.display_name();
  source.home_page = message.home_page();
  source.usage_terms = message.usage_terms();
  source.attribution = message.attribution();
  const auto lower = [](std::string text) {
    for (char& c : text) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
  };
  if (!message.default_language().empty()) {
    const auto language = news::LanguageTag::Parse(message.default_language());
    if (!language)
      return Fault("default_language",
                   fmt::format("'{}' is no BCP 47 language", message.default_language()));
    source.default_language = *language;
  }
  for (const auto& [printed, slug] : message.section_aliases()) {
    const auto section = news::Section::Parse(slug);
    if (!section) return Fault("section_aliases", fmt::format("'{}' is no section", slug));
    const auto [alias, fresh] = source.section_aliases.emplace(lower(printed), *section);
    if (!fresh && alias->second != *section)
      return Fault("section_aliases", fmt::format("'{}' stands for two sections", alias->first));
  }
  for (const auto& [code, tag] : message.language_aliases()) {
    const auto language = news::LanguageTag::Parse(tag);
    if (!language) return Fault("language_aliases", fmt::format("'{}' is no BCP 47 language", tag));
    const auto [alias, fresh] = source.language_aliases.emplace(lower(code), *language);
    if (!fresh && alias->second != *language)
      return Fault("language_aliases", fmt::format("'{}' stands for two languages", alias->first));
  }
  ASSIGN_OR_RETURN(source.edited_policy, FromProto(message.edited_policy()));
  for (const std::string& slug : message.sections()) {
    const auto section = news::Section::Parse(slug);
    if (!section) return Fault("sections", fmt::format("'{}' is no section", slug));
    source.sections.push_back(*section);
  }
  source.time_zone = message.time_zone();
  if (message.has_create_time()) source.create_time = news::FromProto(message.create_time());
  if (message.has_update_time()) source.update_time = news::FromProto(message.update_time());
  source.actor = message.actor();
  return source;
}

std::string DecisionKey(const SubmissionPosition& position) {
  return fmt::format("submissions/{}/{}", position.partition, position.offset);
}

std::string SourceKey(const news::SourceId& source, Version version) {
  return fmt::format("{}@{}", source.Name(), version.number);
}

}  // namespace telex::ingestion
