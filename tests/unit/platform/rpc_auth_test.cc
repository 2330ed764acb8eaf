#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "platform/errors/errors.h"
#include "platform/grpc/auth.h"
#include "tests/support/temp_dir.h"

namespace telex::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string File() {
  return fmt::format(
      "# who is who\n"
      "desk editor,reader {}\n"
      "desk editor {}   # the new one\n"
      "\n"
      "feeds\treader\turi:spiffe://telex/feeds\r\n"
      "ops operator dns:ops.telex.internal\n",
      HashToken("old-secret"), HashToken("new-secret"));
}

std::unique_ptr<Authenticator> Make(std::string_view text) {
  auto made = Authenticator::FromText(text);
  EXPECT_TRUE(made.ok()) << made.status();
  return *std::move(made);
}

Evidence Token(const std::string& token) { return {"Bearer " + token, {}, {}}; }

TEST(RpcAuth, KnowsTheHolderOfAToken) {
  const auto auth = Make(File());
  const auto actor = auth->Identify(Token("old-secret"));
  ASSERT_TRUE(actor.ok()) << actor.status();
  EXPECT_EQ(actor->name, "desk");
  EXPECT_THAT(actor->roles, ElementsAre(Role::kEditor, Role::kReader));
  EXPECT_EQ(auth->Identify({"bearer new-secret", {}, {}})->roles.size(), 1u);
}

TEST(RpcAuth, ARoleSourceMayBeBound) {
  const auto actor =
      Make(fmt::format("wire source:a.example,reader,source:b.example {}", HashToken("secret")))
          ->Identify(Token("secret"));
  ASSERT_TRUE(actor.ok()) << actor.status();
  EXPECT_THAT(actor->roles, ElementsAre(Role::kSource, Role::kReader));
  EXPECT_THAT(actor->bound_to, ElementsAre("a.example", "b.example"));
  for (const char* roles : {"source:", "source:a/b", "source,source:a", "editor:a"}) {
    EXPECT_FALSE(
        Authenticator::FromText(fmt::format("wire {} {}", roles, HashToken("secret"))).ok())
        << roles;
  }
}

TEST(RpcAuth, KnowsTheNamesOfACertificate) {
  const auto auth = Make(File());
  EXPECT_EQ(auth->Identify({"", {"spiffe://telex/feeds"}, {}})->name, "feeds");
  EXPECT_EQ(auth->Identify({"", {}, {"x", "ops.telex.internal"}})->name, "ops");
  EXPECT_FALSE(auth->Identify({"", {"ops.telex.internal"}, {"spiffe://telex/feeds"}}).ok())
      << "a name of one kind is not one of another";
}

TEST(RpcAuth, RefusesEverybodyElse) {
  const auto auth = Make(File());
  for (const Evidence& evidence :
       {Evidence{}, Token("wrong"), Token(""), Evidence{"Basic b2xkLXNlY3JldA==", {}, {}},
        Evidence{"old-secret", {}, {}}, Token(std::string(5000, 'x')),
        Token(HashToken("old-secret")), Evidence{"Bearer wrong", {"spiffe://telex/feeds"}, {}}}) {
    const auto actor = auth->Identify(evidence);
    EXPECT_EQ(actor.status().code(), absl::StatusCode::kUnauthenticated);
    EXPECT_TRUE(errors::Is(actor.status(), errors::kUnauthenticated));
    EXPECT_THAT(actor.status().ToString(), Not(HasSubstr("wrong")));
  }
  EXPECT_FALSE(Make("")->Identify(Token("")).ok());
}

TEST(RpcAuth, TellsAllFaultsAndNoSecrets) {
  const auto made = Authenticator::FromText(
      "desk editor my-plain-token\n"
      "ok reader dns:a\n"
      "desk boss " +
      HashToken("x") +
      "\n"
      "two columns\n"
      "again reader dns:a\n"
      "star reader dns:*.telex\n");
  ASSERT_EQ(made.status().code(), absl::StatusCode::kInvalidArgument);
  const std::string message = made.status().ToString();
  for (const char* line : {"line 1:", "line 3:", "line 4:", "line 5:", "line 6:"}) {
    EXPECT_THAT(message, HasSubstr(line));
  }
  EXPECT_THAT(message, Not(HasSubstr("line 2:")));
  EXPECT_THAT(message, Not(HasSubstr("my-plain-token")));
  EXPECT_THAT(message, Not(HasSubstr(HashToken("x"))));
}

TEST(RpcAuth, ReadsAChangedFileAndKeepsTheLastGoodOne) {
  tests::TempDir dir;
  const std::string path = dir / "tokens";
  const auto write = [&](const std::string& text) {
    std::ofstream(path + ".new") << text;
    std::filesystem::rename(path + ".new", path);
  };
  write(fmt::format("desk editor {}\n", HashToken("one")));
  std::vector<absl::Status> reloads;
  auto auth = Authenticator::FromFile({.file = path,
                                       .reload_interval = absl::ZeroDuration(),
                                       .on_reload = [&](const auto& s) { reloads.push_back(s); }});
  ASSERT_TRUE(auth.ok()) << auth.status();
  EXPECT_TRUE((*auth)->Identify(Token("one")).ok());
  EXPECT_TRUE(reloads.empty());

  write(fmt::format("desk editor {}\n", HashToken("two")));
  EXPECT_FALSE((*auth)->Identify(Token("one")).ok());
  EXPECT_TRUE((*auth)->Identify(Token("two")).ok());
  ASSERT_EQ(reloads.size(), 1u);
  EXPECT_TRUE(reloads[0].ok());
  EXPECT_TRUE((*auth)->LastRead().ok());

  write("nonsense\n");
  EXPECT_TRUE((*auth)->Identify(Token("two")).ok());
  EXPECT_TRUE((*auth)->Identify(Token("two")).ok());
  ASSERT_EQ(reloads.size(), 2u) << "a faulty file is told once";
  EXPECT_FALSE(reloads[1].ok());
  EXPECT_EQ((*auth)->LastRead(), reloads[1]);

  std::filesystem::remove(path);
  EXPECT_TRUE((*auth)->Identify(Token("two")).ok());
  ASSERT_EQ(reloads.size(), 3u);
  EXPECT_EQ(reloads[2].code(), absl::StatusCode::kNotFound);

  write(fmt::format("desk editor {}\n", HashToken("two")));
  EXPECT_TRUE((*auth)->Identify(Token("two")).ok());
  EXPECT_TRUE((*auth)->LastRead().ok());
}

TEST(RpcAuth, AFileThatIsNotThereIsAFault) {
  EXPECT_EQ(Authenticator::FromFile({.file = "/nonexistent/tokens"}).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(RpcAuth, AsksForOneOfTheRoles) {
  const Actor actor{"desk", {Role::kEditor}};
  EXPECT_TRUE(RequireRole(actor, {Role::kOperator, Role::kEditor}).ok());
  const auto refused = RequireRole(actor, {Role::kOperator, Role::kSource});
  EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_TRUE(errors::Is(refused, errors::kRoleRequired));
  EXPECT_EQ(errors::DetailsOf(refused)->metadata.at("roles"), "operator,source");
}

}  // namespace
}  // namespace telex::rpc
