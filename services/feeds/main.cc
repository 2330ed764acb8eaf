#include "feeds/app.h"
#include "feeds/config.h"
#include "platform/service/service_main.h"

int main(int argc, char** argv) {
  return telex::service::RunService<telex::feeds::App>(argc, argv, "telex-feeds", TELEX_VERSION,
                                                       telex::feeds::ReadConfig);
}
