#include "ingestion/app.h"
#include "ingestion/config.h"
#include "platform/service/service_main.h"

int main(int argc, char** argv) {
  return telex::service::RunService<telex::ingestion::App>(
      argc, argv, "telex-ingestion", TELEX_VERSION, telex::ingestion::ReadConfig);
}
