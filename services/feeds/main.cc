#include "feeds/app.h"
#include "feeds/config.h"
#include "platform/service/service_main.h"

int main(int argc, char** argv) {
  using namespace telex::feeds;
  return telex::service::RunService(argc, argv, "telex-feeds", TELEX_VERSION, kHostTexts,
                                    ReadConfig, MakeApp);
}
