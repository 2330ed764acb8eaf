#include "platform/service/service_main.h"
#include "translation/app.h"
#include "translation/config.h"

int main(int argc, char** argv) {
  using namespace telex::translation;
  return telex::service::RunService(argc, argv, "telex-translation", TELEX_VERSION, kHostTexts,
                                    ReadConfig, MakeApp);
}
