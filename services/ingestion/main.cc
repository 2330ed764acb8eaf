#include "ingestion/app.h"
#include "ingestion/config.h"
#include "platform/service/service_main.h"

int main(int argc, char** argv) {
  using namespace telex::ingestion;
  return telex::service::RunService(argc, argv, "telex-ingestion", TELEX_VERSION, kHostTexts,
                                    ReadConfig, MakeApp);
}
