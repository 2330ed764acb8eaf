# Debian 12's packages (deploy/local/install.sh installs them).
find_package(Threads REQUIRED)
find_package(absl REQUIRED)
find_package(fmt REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)  # and with it re2::re2
find_package(prometheus-cpp REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CURL REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n)
find_package(pugixml REQUIRED)
if(TELEX_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()

find_package(PkgConfig REQUIRED)
pkg_check_modules(rdkafka REQUIRED IMPORTED_TARGET rdkafka)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)
pkg_check_modules(brotlienc REQUIRED IMPORTED_TARGET libbrotlienc)
pkg_check_modules(lmdb REQUIRED IMPORTED_TARGET lmdb)
pkg_check_modules(gumbo REQUIRED IMPORTED_TARGET gumbo)

# Boost.Beast and Asio are headers; Debian's 1.81 lies beside 1.74, whose Asio is no C++20.
find_package(Boost 1.81 REQUIRED CONFIG COMPONENTS headers)
