#pragma once

// Every reason Telex gives for a refusal or a failure: the `reason` of google.rpc.ErrorInfo
// (domain "telex") and of problem+json. A reason, once published, keeps its meaning for ever and
// is explained in docs/reference/errors.md. One line each, so that a check can read this file.

#include <string_view>

namespace telex::errors {

// The domain of google.rpc.ErrorInfo under which all reasons stand.
inline constexpr std::string_view kDomain = "telex";

// --- INVALID_ARGUMENT: the caller has to change the request -----------------------------------
inline constexpr std::string_view kFieldRequired = "FIELD_REQUIRED";
inline constexpr std::string_view kFieldTooLong = "FIELD_TOO_LONG";
inline constexpr std::string_view kFieldInvalid = "FIELD_INVALID";
inline constexpr std::string_view kNotUtf8 = "NOT_UTF8";
inline constexpr std::string_view kNeedsKey = "NEEDS_KEY";
inline constexpr std::string_view kUnknownSource = "UNKNOWN_SOURCE";
inline constexpr std::string_view kAmbiguousSource = "AMBIGUOUS_SOURCE";
inline constexpr std::string_view kUnknownSection = "UNKNOWN_SECTION";
inline constexpr std::string_view kUnknownLanguage = "UNKNOWN_LANGUAGE";
inline constexpr std::string_view kDateInFarFuture = "DATE_IN_FAR_FUTURE";
inline constexpr std::string_view kRequestIdReused = "REQUEST_ID_REUSED";
inline constexpr std::string_view kBadPageToken = "BAD_PAGE_TOKEN";
inline constexpr std::string_view kUnknownFieldInMask = "UNKNOWN_FIELD_IN_MASK";
inline constexpr std::string_view kNotAnArticle = "NOT_AN_ARTICLE";
inline constexpr std::string_view kDocumentTooLarge = "DOCUMENT_TOO_LARGE";
inline constexpr std::string_view kReportTooLarge = "REPORT_TOO_LARGE";
inline constexpr std::string_view kUnknownPartner = "UNKNOWN_PARTNER";
inline constexpr std::string_view kMethodNotAllowed = "METHOD_NOT_ALLOWED";
inline constexpr std::string_view kNotAcceptable = "NOT_ACCEPTABLE";
inline constexpr std::string_view kUnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE";
inline constexpr std::string_view kSegmentMissing = "SEGMENT_MISSING";
inline constexpr std::string_view kSegmentTwice = "SEGMENT_TWICE";
inline constexpr std::string_view kSegmentUnknown = "SEGMENT_UNKNOWN";

// --- UNAUTHENTICATED, PERMISSION_DENIED: who asks ---------------------------------------------
inline constexpr std::string_view kUnauthenticated = "UNAUTHENTICATED";
inline constexpr std::string_view kRoleRequired = "ROLE_REQUIRED";
inline constexpr std::string_view kOtherSource = "OTHER_SOURCE";
inline constexpr std::string_view kPartnerSuspended = "PARTNER_SUSPENDED";
inline constexpr std::string_view kOtherPartner = "OTHER_PARTNER";

// --- NOT_FOUND, ALREADY_EXISTS ----------------------------------------------------------------
inline constexpr std::string_view kArticleNotFound = "ARTICLE_NOT_FOUND";
inline constexpr std::string_view kArticleExists = "ARTICLE_EXISTS";
inline constexpr std::string_view kViewNotFound = "VIEW_NOT_FOUND";
inline constexpr std::string_view kBackfillNotFound = "BACKFILL_NOT_FOUND";
inline constexpr std::string_view kJobNotFound = "JOB_NOT_FOUND";
inline constexpr std::string_view kTranslationNotFound = "TRANSLATION_NOT_FOUND";
inline constexpr std::string_view kSourceNotFound = "SOURCE_NOT_FOUND";
inline constexpr std::string_view kSourceExists = "SOURCE_EXISTS";
inline constexpr std::string_view kFeedNotFound = "FEED_NOT_FOUND";
inline constexpr std::string_view kFormatNotFound = "FORMAT_NOT_FOUND";
inline constexpr std::string_view kPolicyNotFound = "POLICY_NOT_FOUND";
inline constexpr std::string_view kGlossaryNotFound = "GLOSSARY_NOT_FOUND";
inline constexpr std::string_view kPathNotFound = "PATH_NOT_FOUND";

// --- FAILED_PRECONDITION, ABORTED: what the state of the thing does not allow ------------------
inline constexpr std::string_view kStaleEtag = "STALE_ETAG";
inline constexpr std::string_view kPreconditionFailed = "PRECONDITION_FAILED";
inline constexpr std::string_view kArticlePurged = "ARTICLE_PURGED";
inline constexpr std::string_view kArticleHeld = "ARTICLE_HELD";
inline constexpr std::string_view kTooManyShelves = "TOO_MANY_SHELVES";
inline constexpr std::string_view kArticleTooLarge = "ARTICLE_TOO_LARGE";
inline constexpr std::string_view kArticleWithdrawn = "ARTICLE_WITHDRAWN";
inline constexpr std::string_view kJobOutdated = "JOB_OUTDATED";
inline constexpr std::string_view kJobClaimed = "JOB_CLAIMED";
inline constexpr std::string_view kJobNotOpen = "JOB_NOT_OPEN";
inline constexpr std::string_view kPairPaused = "PAIR_PAUSED";
inline constexpr std::string_view kLeaseLost = "LEASE_LOST";
inline constexpr std::string_view kTranslationOutdated = "TRANSLATION_OUTDATED";

// --- UNAVAILABLE: try again, the same request is safe to repeat --------------------------------
inline constexpr std::string_view kDecisionPending = "DECISION_PENDING";
inline constexpr std::string_view kBrokerUnavailable = "BROKER_UNAVAILABLE";
inline constexpr std::string_view kRedisUnavailable = "REDIS_UNAVAILABLE";
inline constexpr std::string_view kNotCaughtUp = "NOT_CAUGHT_UP";
inline constexpr std::string_view kStopping = "STOPPING";
inline constexpr std::string_view kRateLimited = "RATE_LIMITED";
inline constexpr std::string_view kSaltUnknown = "SALT_UNKNOWN";
inline constexpr std::string_view kOverloaded = "OVERLOADED";

// --- An operator has to act --------------------------------------------------------------------
inline constexpr std::string_view kLogTruncated = "LOG_TRUNCATED";
inline constexpr std::string_view kWrongPartitionCount = "WRONG_PARTITION_COUNT";
inline constexpr std::string_view kTopicMisconfigured = "TOPIC_MISCONFIGURED";
inline constexpr std::string_view kTopicMissing = "TOPIC_MISSING";
inline constexpr std::string_view kRecordsExpired = "RECORDS_EXPIRED";
inline constexpr std::string_view kRecordTooLarge = "RECORD_TOO_LARGE";
inline constexpr std::string_view kRecordUnreadable = "RECORD_UNREADABLE";
inline constexpr std::string_view kRecordFromNewerRelease = "RECORD_FROM_NEWER_RELEASE";
inline constexpr std::string_view kUnknownRule = "UNKNOWN_RULE";
inline constexpr std::string_view kPublisherFailed = "PUBLISHER_FAILED";
inline constexpr std::string_view kKafkaRefused = "KAFKA_REFUSED";
inline constexpr std::string_view kStoreFailed = "STORE_FAILED";
inline constexpr std::string_view kClockSkewed = "CLOCK_SKEWED";

// --- Outgoing HTTP: what came of asking a peer ---------------------------------------------------
inline constexpr std::string_view kAddressForbidden = "ADDRESS_FORBIDDEN";
inline constexpr std::string_view kPeerUnreachable = "PEER_UNREACHABLE";
inline constexpr std::string_view kPeerTlsFailed = "PEER_TLS_FAILED";
inline constexpr std::string_view kPeerTryLater = "PEER_TRY_LATER";
inline constexpr std::string_view kPeerRefused = "PEER_REFUSED";
inline constexpr std::string_view kPeerFailed = "PEER_FAILED";
inline constexpr std::string_view kPeerNoAnswer = "PEER_NO_ANSWER";
inline constexpr std::string_view kPeerBadAnswer = "PEER_BAD_ANSWER";
inline constexpr std::string_view kRequestCancelled = "REQUEST_CANCELLED";

// --- Why engines could not do a translation job: FailJob's reason, not an error's ----------------
inline constexpr std::string_view kNoEngine = "NO_ENGINE";
inline constexpr std::string_view kEngineClosed = "ENGINE_CLOSED";
inline constexpr std::string_view kWorkerRestarted = "WORKER_RESTARTED";
inline constexpr std::string_view kEngineFailed = "ENGINE_FAILED";
inline constexpr std::string_view kChecksFailed = "CHECKS_FAILED";

// --- The HTTP server's own refusals: the request never reached a handler -----------------------
inline constexpr std::string_view kBadRequest = "BAD_REQUEST";
inline constexpr std::string_view kRequestTimeout = "REQUEST_TIMEOUT";
inline constexpr std::string_view kBodyTooLarge = "BODY_TOO_LARGE";
inline constexpr std::string_view kTargetTooLong = "TARGET_TOO_LONG";
inline constexpr std::string_view kHeadersTooLarge = "HEADERS_TOO_LARGE";
inline constexpr std::string_view kExpectationFailed = "EXPECTATION_FAILED";
inline constexpr std::string_view kNotImplemented = "NOT_IMPLEMENTED";
inline constexpr std::string_view kHttpVersion = "HTTP_VERSION";
inline constexpr std::string_view kTooManyConnections = "TOO_MANY_CONNECTIONS";
inline constexpr std::string_view kAnswerTimeout = "ANSWER_TIMEOUT";
inline constexpr std::string_view kInternal = "INTERNAL";

}  // namespace telex::errors
