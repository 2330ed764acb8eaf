#include "platform/service/service_main.h"
#include "translation/app.h"
#include "translation/config.h"

int main(int argc, char** argv) {
  return telex::service::RunService<telex::translation::App>(
      argc, argv, "telex-translation", TELEX_VERSION, telex::translation::ReadConfig);
}
