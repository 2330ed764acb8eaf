#include "platform/service/service_main.h"
#include "views/app.h"
#include "views/config.h"

int main(int argc, char** argv) {
  return telex::service::RunService<telex::views::App>(argc, argv, "telex-views", TELEX_VERSION,
                                                       telex::views::ReadConfig);
}
