#include "views/config.h"

#include <gmock/gmock.h>

#include <sstream>
#include <string>

namespace telex::views {
namespace {

std::string FaultsOf(const char* at_once) {
  const char* const argv[] = {"telex-views", "--print-config"};
  std::ostringstream out;
  std::ostringstream err;
  config::Settings settings(2, argv, "telex-views", "1",
                            {{"TELEX_VIEWS_PER_ADDRESS_AT_ONCE", at_once}});
  ReadConfig(settings);
  settings.Finish(out, err);
  return err.str();
}

TEST(Config, EveryBatchOfABrowserCanPassItsLimit) {
  using ::testing::HasSubstr;
  EXPECT_THAT(FaultsOf("99"), HasSubstr("TELEX_VIEWS_PER_ADDRESS_AT_ONCE"));
  EXPECT_THAT(FaultsOf("100"), ::testing::Not(HasSubstr("TELEX_VIEWS_PER_ADDRESS_AT_ONCE")));
}

}  // namespace
}  // namespace telex::views
