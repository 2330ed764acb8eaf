#include "tests/unit/house/include_rules.h"

#include <gmock/gmock.h>

namespace telex::house {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Areas kAreas = {"feeds", "ingestion", "news", "platform", "telexctl", "translation"};

std::vector<std::string> Including(std::string_view path, std::string_view header) {
  return CheckIncludes(path, "#pragma once\n#include \"" + std::string(header) + "\"\n", kAreas);
}

TEST(AreasOf, AreTheFoldersOfServices) {
  EXPECT_THAT(AreasOf({{"services/README.md", ""},
                       {"services/feeds/app.cc", ""},
                       {"services/platform/kafka/record.h", ""},
                       {"tests/unit/house/checkout.h", ""}}),
              ElementsAre("feeds", "platform"));
}

TEST(IncludesOf, FindsBothFormsAndNothingElse) {
  EXPECT_THAT(
      IncludesOf("#include <map>\n#  include \"a/b.h\"  // why\n// #include <no>\nint "
                 "include;\n#include MACRO\n"),
      ElementsAre(AllOf(Field(&Include::header, "map"), Field(&Include::is_quoted, false)),
                  AllOf(Field(&Include::header, "a/b.h"), Field(&Include::is_quoted, true))));
}

struct Case {
  const char* path;
  const char* header;
};

TEST(CheckIncludes, RefusesWhatDoesNotBelong) {
  const Case cases[] = {
      {"services/feeds/domain/a.h", "feeds/adapters/b.h"},
      {"services/feeds/domain/a.h", "feeds/formats/b.h"},
      {"services/feeds/domain/a.h", "feeds/app.h"},
      {"services/feeds/domain/a.h", "platform/kafka/record.h"},
      {"services/feeds/domain/a.h", "platform/observe/log.h"},
      {"services/feeds/domain/a.h", "platform/http/message.h"},
      {"services/feeds/domain/a.h", "news/wire/article_codec.h"},
      {"services/feeds/domain/a.h", "telex/news/v1/article.pb.h"},
      {"services/feeds/domain/a.h", "google/protobuf/message.h"},
      {"services/feeds/domain/a.h", "nlohmann/json.hpp"},
      {"services/feeds/domain/a.h", "openssl/sha.h"},
      {"services/feeds/domain/a.h", "absl/time/clock.h"},
      {"services/feeds/domain/a.h", "fstream"},
      {"services/feeds/domain/a.h", "random"},
      {"services/feeds/domain/a.h", "unistd.h"},
      {"services/feeds/domain/a.h", "ingestion/domain/head.h"},
      {"services/feeds/formats/a.cc", "feeds/adapters/b.h"},
      {"services/feeds/formats/a.cc", "platform/http/message.h"},
      {"services/feeds/formats/html/a.cc", "mutex"},
      {"services/feeds/adapters/a.cc", "ingestion/domain/head.h"},
      {"services/feeds/adapters/a.cc", "feeds/config.h"},
      {"services/feeds/adapters/a.cc", "lmdb.h"},
      {"services/feeds/app.cc", "ingestion/app.h"},
      {"services/feeds/app.cc", "hiredis/hiredis.h"},
      {"services/feeds/config.cc", "grpcpp/server.h"},
      {"services/ingestion/app.cc", "grpcpp/server.h"},
      {"services/telexctl/import.cc", "feeds/domain/stamp.h"},
      {"services/telexctl/import.cc", "translation/domain/checks.h"},
      {"services/telexctl/import.cc", "translation/adapters/desk/job_desk.h"},
      {"services/feeds/adapters/a.cc", "translation/formats/xliff.h"},
      {"services/telexctl/import.cc", "grpcpp/channel.h"},
      {"services/telexctl/http.cc", "curl/curl.h"},
      {"services/telexctl/adapters/a.cc", "curl/curl.h"},
      {"services/platform/kafka/a.cc", "news/article.h"},
      {"services/platform/kafka/a.cc", "feeds/domain/stamp.h"},
      {"services/platform/kafka/a.cc", "telex/news/v1/article.pb.h"},
      {"services/platform/kafka/a.cc", "hiredis/hiredis.h"},
      {"services/platform/redis/a.cc", "librdkafka/rdkafka.h"},
      {"services/platform/runtime/a.cc", "boost/asio.hpp"},
      {"services/platform/runtime/a.cc", "grpcpp/server.h"},
      {"services/platform/observe/log.cc", "prometheus/counter.h"},
      {"services/news/article.h", "platform/errors/errors.h"},
      {"services/news/article.h", "telex/news/v1/article.pb.h"},
      {"services/news/section.cc", "boost/uuid/uuid.hpp"},
      {"services/news/wire/a.cc", "ingestion/domain/head.h"},
  };
  for (const Case& one : cases) {
    EXPECT_THAT(Including(one.path, one.header), SizeIs(1))
        << one.path << " includes " << one.header;
  }
}

TEST(CheckIncludes, AllowsWhatBelongs) {
  const Case cases[] = {
      {"services/feeds/domain/a.h", "feeds/domain/b.h"},
      {"services/feeds/domain/a.h", "news/article.h"},
      {"services/feeds/domain/a.h", "platform/errors/errors.h"},
      {"services/feeds/domain/a.h", "platform/http/conditional.h"},
      {"services/feeds/domain/a.h", "platform/text/ascii.h"},
      {"services/feeds/domain/a.h", "absl/time/time.h"},
      {"services/feeds/domain/a.h", "vector"},
      {"services/feeds/formats/a.cc", "feeds/domain/b.h"},
      {"services/feeds/formats/a.cc", "nlohmann/json.hpp"},
      {"services/feeds/formats/a.cc", "unicode/uchar.h"},
      {"services/feeds/adapters/a.cc", "feeds/formats/b.h"},
      {"services/feeds/adapters/a.cc", "platform/kafka/record.h"},
      {"services/feeds/adapters/a.cc", "telex/news/v1/article.pb.h"},
      {"services/ingestion/adapters/a.cc", "grpcpp/server_context.h"},
      {"services/ingestion/app.cc", "ingestion/adapters/decider.h"},
      {"services/platform/http_client/a.cc", "curl/curl.h"},
      {"services/telexctl/adapters/a.cc", "telexctl/http.h"},
      {"services/telexctl/requests/a.cc", "translation/formats/xliff.h"},
      {"services/platform/kafka/a.cc", "librdkafka/rdkafka.h"},
      {"services/platform/grpc/health.cc", "grpc/health/v1/health.pb.h"},
      {"services/platform/http/worker.h", "boost/asio/post.hpp"},
      {"services/news/article_id.cc", "boost/uuid/uuid.hpp"},
      {"services/news/wire/a.cc", "telex/news/v1/article.pb.h"},
      {"tests/unit/feeds/a_test.cc", "ingestion/domain/head.h"},
  };
  for (const Case& one : cases) EXPECT_THAT(Including(one.path, one.header), IsEmpty());
}

TEST(CheckIncludeStyle, QuotesWhatIsTelexOwn) {
  EXPECT_THAT(CheckIncludeStyle("a.cc",
                                "#include <map>\n#include <absl/time/time.h>\n"
                                "#include <grpc/health/v1/health.pb.h>\n"
                                "#include \"platform/kafka/record.h\"\n"
                                "#include \"telex/news/v1/article.pb.h\"\n"
                                "#include \"tests/support/temp_dir.h\"\n",
                                kAreas),
              IsEmpty());
  EXPECT_THAT(CheckIncludeStyle("a.cc",
                                "#include \"absl/time/time.h\"\n#include <news/article.h>\n"
                                "#include \"lmdb.h\"\n",
                                kAreas),
              ElementsAre(HasSubstr("absl/time/time.h: it stands in angle"),
                          HasSubstr("news/article.h: it stands in quotes"), HasSubstr("lmdb.h")));
}

}  // namespace
}  // namespace telex::house
