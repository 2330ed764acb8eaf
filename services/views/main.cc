#include "platform/service/service_main.h"
#include "views/app.h"
#include "views/config.h"

int main(int argc, char** argv) {
  using namespace telex::views;
  return telex::service::RunService(argc, argv, "telex-views", TELEX_VERSION, kHostTexts,
                                    ReadConfig, MakeApp);
}
