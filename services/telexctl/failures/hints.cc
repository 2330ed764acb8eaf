#include "telexctl/failures/hints.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "platform/errors/errors.h"
#include "telexctl/failures/failure.h"
#include "telexctl/views/text.h"

namespace telex::cli {
namespace {

struct Hint {
  std::string_view reason;
  // {key}: that key of the error's metadata; {command}: what was run; {again}: all that was typed
  std::string_view what_to_do;
};

constexpr std::string_view kServersOwn =
    "telexctl status shows who is in trouble; an operator finds the cause in the log of that "
    "service";

constexpr std::string_view kIsItRunning =
    "is it running there? make up starts the local stack; telexctl --help names the addresses and "
    "their settings. A service with TLS needs --ca-file, --server-name when its certificate does "
    "not bear the address, and --certificate-file when it asks who calls";

constexpr std::string_view kNoTelex =
    "what answers there is no Telex: check the address, and whether a proxy stands between";

// In the order of errors/reasons.h. Where a reason has more than one line, the first holds whose
// keys the error has.
constexpr std::array kHints = std::to_array<Hint>({
    {errors::kFieldRequired,
     "give what is named above; telexctl {command} --help lists its flags, with an example"},
    {errors::kFieldTooLong,
     "shorten what is named above to its bound; it counts bytes, and a letter outside of English "
     "has two or more"},
    {errors::kFieldInvalid,
     "name an instant that lies ahead (--expires; {expired} does not), or none; what is out ends "
     "with "
     "telexctl articles withhold NAME or telexctl articles kill NAME"},
    {errors::kFieldInvalid,
     "correct what is named above, as it says; telexctl {command} --help has an example"},
    {errors::kNotUtf8,
     "stories come in as text or HTML, and {binary} is neither: open it, copy the story from its "
     "headline to its end, and hand in the copy (telexctl import - takes what is pasted, up to "
     "Ctrl-D)"},
    {errors::kNotUtf8,
     "save {file} as UTF-8, or convert it from the encoding it has: iconv -f windows-1251 -t utf-8 "
     "{file} >{file}.utf8"},
    {errors::kNotUtf8,
     "save it as UTF-8, or convert it from the encoding it has: iconv -f windows-1251 -t utf-8 "
     "FILE >FILE.utf8"},
    {errors::kNeedsKey, "name the story within its source: {again} --key {proposed_key}"},
    {errors::kUnknownSource,
     "name one of telexctl sources list with --source, or make it: telexctl sources create SOURCE"},
    {errors::kAmbiguousSource, "say whose it is: {again} --source {source}, or another of them"},
    {errors::kUnknownSection,
     "did you mean --section {nearest_section}? --new-section opens {new_section}, and with it a "
     "public feed"},
    {errors::kUnknownSection,
     "telexctl feeds list shows the sections there are; --new-section opens {new_section}, and "
     "with it a public feed"},
    {errors::kUnknownSection,
     "map the name to a section, this one or another: telexctl sources update {source} "
     "--section-alias {section_alias}; and then again: {again}"},
    {errors::kUnknownSection,
     "a slug such as world, or map the source's own name: telexctl sources update SOURCE "
     "--section-alias NAME=slug"},
    {errors::kUnknownLanguage,
     "a BCP 47 tag such as en, or map the source's own code: telexctl sources update SOURCE "
     "--language-alias CODE=tag"},
    {errors::kDateInFarFuture,
     "correct the date: a story's may lie 24 hours ahead, --embargoed 5 years, --expires 100 "
     "years; an instant is written 2025-04-18T14:25:00+04:00"},
    {errors::kBadPageToken,
     "the list changed hands while it was read: repeat it; if it stays so, telexctl --version and "
     "telexctl status show whether they are of one release"},
    {errors::kUnknownFieldInMask,
     "telexctl and the service are of different releases: compare telexctl --version with telexctl "
     "status"},
    {errors::kNotAnArticle,
     "copy the page of one story into {file}, from its headline to its end, and then again: "
     "{again}"},
    {errors::kNotAnArticle, "copy the page of one story, from its headline to its end"},
    {errors::kDocumentTooLarge,
     "submit one story at a time: a page may have 4 MiB, the body of a story 768 KiB"},
    {errors::kReportTooLarge, "ask for fewer days or one article, or for pages: page_size=10000"},
    {errors::kMethodNotAllowed, "what answers there takes no such call: check --feeds-url"},
    {errors::kNotAcceptable, "accept one of the media types that are named, or any"},
    {errors::kUnsupportedMediaType, "text/plain is understood: --media-type text/plain"},
    {errors::kUnknownPartner,
     "the file of partners that telex-views reads lists those there are: correct the id, or have "
     "an "
     "operator add it"},
    {errors::kSegmentMissing,
     "translate it: telexctl translations check FILE shows what a file lacks, telexctl "
     "translations "
     "export JOB gives all segments of a job"},
    {errors::kSegmentTwice, "leave each segment in the file once"},
    {errors::kSegmentUnknown,
     "the story may have changed: telexctl translations export JOB gives the segments it has now"},

    {errors::kUnauthenticated,
     "--token-file (TELEX_TOKEN_FILE) must name the file with your token, or --certificate-file a "
     "certificate that the service knows; on the local stack make up writes the token to "
     ".stack/tokens/telexctl.token"},
    {errors::kPartnerSuspended,
     "the partner's line in the file of partners says so: ask an operator"},
    {errors::kRoleRequired, "ask an operator for a token that has the role"},
    {errors::kOtherSource,
     "your token is for other sources: ask an operator for one that is for {source}, too"},
    {errors::kOtherPartner, "that key is for the views of its own partner: leave partner out"},

    {errors::kArticleNotFound,
     "see telexctl articles list; a story is named by UUID, by UUID@VERSION, or by its address at "
     "Telex or at its source"},
    {errors::kViewNotFound,
     "views are kept for seven days, and what was refused was never recorded: the answer to the "
     "beacon "
     "said why; without --since all that is kept is read"},
    {errors::kArticleExists,
     "the key is taken: a corrected page comes in by telexctl import FILE --source {source} --key "
     "{key}, and is held where an editor has changed the story; telexctl articles update needs the "
     "role editor; another --key makes a new story"},
    {errors::kArticleExists,
     "the key is taken by another story: telexctl articles update changes that one, another --key "
     "makes a new one"},
    {errors::kBackfillNotFound, "telexctl translations backfill list shows those there are"},
    {errors::kJobNotFound,
     "see telexctl translations queue; a job that rests for a week is forgotten: telexctl "
     "translations request JOB asks for it again"},
    {errors::kTranslationNotFound,
     "telexctl translations list ARTICLE shows those there are, telexctl translations queue "
     "--article ARTICLE what is on its way; telexctl translations request ARTICLE LANG asks for "
     "it"},
    {errors::kSourceNotFound,
     "see telexctl sources list; telexctl sources create SOURCE makes one"},
    {errors::kSourceExists, "see telexctl sources get SOURCE; telexctl sources update changes it"},
    {errors::kFeedNotFound,
     "see telexctl feeds list; a feed is there once a story is published in its section and "
     "language"},
    {errors::kFormatNotFound, "feeds are served as --format rss and --format json"},
    {errors::kPolicyNotFound,
     "telexctl translations policy get shows the newest; versions count from 1"},
    {errors::kGlossaryNotFound,
     "see telexctl translations glossary list; telexctl translations glossary set PAIR FILE makes "
     "one"},
    {errors::kPathNotFound,
     "see telexctl feeds list; --feeds-url must be the base URL of telex-feeds"},

    {errors::kStaleEtag,
     "etag {etag} is no longer the newest: look at it (telexctl articles get NAME, or telexctl "
     "sources get SOURCE) and repeat with the etag shown there, or without --etag"},
    {errors::kStaleEtag,
     "others are changing it at this very moment: repeat it; telexctl articles versions NAME, or "
     "telexctl sources get SOURCE, shows who"},
    {errors::kPreconditionFailed, "what is served has changed: ask without If-Match"},
    {errors::kRequestIdReused, "repeat it: telexctl gives each command a request id of its own"},
    {errors::kArticlePurged, "it was forgotten on request and cannot come back"},
    {errors::kArticleHeld,
     "an editor has changed this story: telexctl articles update takes over what is new, or set "
     "the source's --edited-policy to apply"},
    {errors::kTooManyShelves,
     "move it back to a section and language it has stood in (telexctl articles get NAME -o json "
     "lists them), or hand it in as a new story: telexctl articles create"},
    {errors::kArticleTooLarge, "submit less: a shorter body, fewer media"},
    {errors::kArticleWithdrawn,
     "partners see no such story now: telexctl articles versions NAME says why, telexctl articles "
     "reinstate NAME lifts a withhold or a kill"},
    {errors::kJobOutdated,
     "the story has gone on meanwhile: repeat it; telexctl translations export JOB gives what it "
     "is now"},
    {errors::kJobClaimed,
     "{holder} has it until {until}: telexctl translations queue --state open shows other jobs"},
    {errors::kJobClaimed,
     "telexctl translations show JOB says who has it; telexctl translations queue --state open "
     "shows other jobs"},
    {errors::kJobNotOpen,
     "telexctl translations show JOB says how it stands, and what goes on with it"},
    {errors::kPairPaused,
     "telexctl translations stats shows which pairs are paused; telexctl translations resume "
     "{pair} gives its jobs again"},
    {errors::kLeaseLost,
     "nothing that is written is lost, the file has it: telexctl translations show JOB says how "
     "the "
     "job stands and who has it; where nobody has, telexctl translations complete FILE claims it "
     "again, and what is done already is changed by telexctl translations review JOB --replace "
     "FILE"},
    {errors::kTranslationOutdated,
     "revision {revision} stands by now: telexctl translations get JOB shows it; review that"},
    {errors::kTranslationOutdated,
     "another revision stands by now: telexctl translations get JOB shows it; review that"},

    {errors::kDecisionPending,
     "it was submitted but not decided in time: repeat it, that is safe; telexctl status says what "
     "is late"},
    {errors::kBrokerUnavailable,
     "repeat it, that is safe; telexctl status says who is without Kafka; on the local stack: "
     "deploy/local/stack status"},
    {errors::kRedisUnavailable,
     "Telex serves without Redis; telexctl status says who misses it, docs/runbooks/redis-away.md "
     "what to do"},
    {errors::kNotCaughtUp, "it is still reading the log: telexctl status shows how far it is"},
    {errors::kOverloaded,
     "it is busy: repeat it in a moment, or at another replica (--ingestion-address)"},
    {errors::kRateLimited, "repeat it later: more came from this address or key than is taken"},
    {errors::kSaltUnknown,
     "repeat it, at another replica of telex-views; docs/runbooks/redis-away.md says what is late"},
    {errors::kStopping, "it is being stopped or replaced: repeat it in a moment"},

    {errors::kLogTruncated, "an operator has to act: docs/runbooks/log-truncated.md"},
    {errors::kWrongPartitionCount,
     "the topic was made with another number of partitions, which cannot change: recreate the "
     "cluster, "
     "or set --partitions to what it has"},
    {errors::kTopicMisconfigured,
     "somebody changed the topic: telexctl topics apply --alter --file deploy/kafka/topics.yaml "
     "brings it back (with --replication-factor 1 on the local stack)"},
    {errors::kTopicMissing,
     "see telexctl topics list; telexctl topics apply --file deploy/kafka/topics.yaml makes those "
     "that are missing (with --replication-factor 1 on the local stack)"},
    {errors::kRecordsExpired,
     "what was to be read is deleted: begin later with --from; services that miss records: "
     "docs/runbooks/log-truncated.md"},
    {errors::kRecordTooLarge,
     "telexctl topics apply --file deploy/kafka/topics.yaml --alter brings the topic's bound back "
     "to what is declared"},
    {errors::kRecordUnreadable, "an operator has to act: docs/runbooks/dead-letters.md"},
    {errors::kRecordFromNewerRelease,
     "an operator has to act: docs/runbooks/record-from-newer-release.md"},
    {errors::kUnknownRule, "an operator has to act: docs/runbooks/record-from-newer-release.md"},
    {errors::kPublisherFailed, kServersOwn},
    {errors::kKafkaRefused,
     "Kafka refuses for good: --kafka-brokers, or the rights (ACLs) of who asks, have to change"},
    {errors::kClockSkewed, "an operator has to act: docs/runbooks/clock-skewed.md"},
    {errors::kStoreFailed,
     "a replica cannot use its local store, others may answer: repeat it; telexctl status says "
     "which one"},

    {errors::kAddressForbidden, "what answers there leads from https to http: check --feeds-url"},
    {errors::kPeerUnreachable, kIsItRunning},
    {errors::kPeerTlsFailed,
     "its certificate is not trusted or bears another name: --ca-file names who issued it; or it "
     "speaks no TLS: check the address"},
    {errors::kPeerTryLater, "it is busy: repeat it in a moment"},
    {errors::kPeerRefused, kNoTelex},
    {errors::kPeerFailed, kServersOwn},
    {errors::kPeerNoAnswer,
     "repeat it, that is safe; --timeout-seconds gives it more time, telexctl status says what is "
     "late"},
    {errors::kPeerBadAnswer, kNoTelex},
    {errors::kRequestCancelled, "repeat it"},

    {errors::kNoEngine,
     "telexctl translations edit JOB does it by hand; telexctl translations policy get says which "
     "engines may have the text, an operator has the file of engines"},
    {errors::kWorkerRestarted,
     "nothing; of one job again and again: the replica's log says why it ends, and telexctl "
     "translations queue names the job"},
    {errors::kEngineClosed,
     "telexctl translations stats says which engines are left alone, and for what; "
     "docs/runbooks/translation-engine-closed.md what to do"},
    {errors::kEngineFailed,
     "telexctl translations show JOB says where and which; telexctl translations edit JOB does it "
     "by hand"},
    {errors::kChecksFailed,
     "telexctl translations show JOB says where and why; telexctl translations edit JOB does it by "
     "hand"},

    {errors::kBadRequest, "what answers there takes no such request: check --feeds-url"},
    {errors::kRequestTimeout, "repeat it; the way to --feeds-url is slow"},
    {errors::kBodyTooLarge, "what answers there takes no such request: check --feeds-url"},
    {errors::kTargetTooLong, "the name is too long for any feed: telexctl feeds list names them"},
    {errors::kHeadersTooLarge, "what answers there takes no such request: check --feeds-url"},
    {errors::kExpectationFailed, "what answers there takes no such request: check --feeds-url"},
    {errors::kNotImplemented, "what answers there takes no such request: check --feeds-url"},
    {errors::kHttpVersion, "what answers there takes no such request: check --feeds-url"},
    {errors::kTooManyConnections, "the server is full: repeat it in a moment"},
    {errors::kAnswerTimeout, "repeat it; telexctl status says what is late"},
    {errors::kInternal, kServersOwn},
});

// Without a reason: the call did not reach Telex, or something stands between.
std::string_view HintForCode(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
      return kIsItRunning;
    case absl::StatusCode::kDeadlineExceeded:
      return "repeat it, that is safe; --timeout-seconds gives it more time, telexctl status says "
             "what is late";
    case absl::StatusCode::kUnimplemented:
      return "what answers there is no Telex of this version: check the address";
    default:
      return "";
  }
}

struct Filled {
  std::string text;
  bool whole = true;  // else KEY stands for what the metadata lacks, as in a usage line
};

Filled Fill(std::string_view text, const errors::Metadata& metadata, const Asked& asked) {
  Filled filled;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    filled.text += text.substr(0, open);
    if (open == text.npos) break;
    const std::size_t close = text.find('}', open);
    const std::string_view key = text.substr(open + 1, close - open - 1);
    const auto found = metadata.find(key);
    if (key == "command" || key == "again") {
      filled.text += key == "again" ? asked.line : asked.command;
    } else {
      filled.whole = filled.whole && found != metadata.end();
      filled.text += found == metadata.end() ? std::string("KEY") : ShellQuoted(found->second);
    }
    text.remove_prefix(close + 1);
  }
  return filled;
}

}  // namespace

std::string_view IsItRunning() { return kIsItRunning; }

std::string HintFor(const absl::Status& status, const Asked& asked) {
  if (status.ok()) return {};
  if (auto own = OwnHint(status)) return *std::move(own);
  if (IsUsage(status)) {
    std::string hint = UsageHint(status);
    if (!hint.empty()) return hint;
    return fmt::format("telexctl {} --help shows what it takes, with an example", asked.command);
  }
  const errors::Details details = errors::DetailsOf(status).value_or(errors::Details{});
  std::string best(HintForCode(status.code()));
  for (const Hint& hint : kHints) {
    if (hint.reason != details.reason) continue;
    Filled filled = Fill(hint.what_to_do, details.metadata, asked);
    best = std::move(filled.text);
    if (filled.whole) break;
  }
  return best;
}

}  // namespace telex::cli
