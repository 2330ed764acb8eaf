# Language level, warnings, sanitizers, compiler cache and linker: one place for all rooms.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(TELEX_BUILD_TESTS "Build the tests" ON)
set(TELEX_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them (address,undefined or thread)")

find_program(TELEX_CCACHE ccache)
if(TELEX_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The cache is shared between build folders: paths are taken relative to the checkout.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros ${TELEX_CCACHE})
endif()

find_program(TELEX_MOLD mold)
find_program(TELEX_LLD ld.lld)
if(TELEX_MOLD)
  add_link_options(-fuse-ld=mold)
elseif(TELEX_LLD)
  add_link_options(-fuse-ld=lld)
endif()

add_library(telex_options INTERFACE)
target_compile_options(telex_options INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor
                       -Wno-missing-field-initializers -Werror)
# What gRPC's, hiredis' and fmt's targets bring, everywhere: a precompiled header is for one set of flags.
target_compile_options(telex_options INTERFACE -pthread -D_FILE_OFFSET_BITS=64 -DFMT_SHARED)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # False alarms on inlined copies of std::string (GCC bugs 105329, 105651 and their like).
    target_compile_options(telex_options INTERFACE -Wno-array-bounds -Wno-restrict
                           -Wno-stringop-overread)
  endif()
endif()
# release compiles several files as one (CMAKE_UNITY_BUILD), which takes two thirds of the time; the other
# presets compile each by itself, so that it includes what it uses. What is anonymous in a .cc stays in it.
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(telex_options INTERFACE -Wno-subobject-linkage)
endif()
if(TELEX_SANITIZE)
  target_compile_options(telex_options INTERFACE -fsanitize=${TELEX_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(telex_options INTERFACE -fsanitize=${TELEX_SANITIZE})
  if(TELEX_SANITIZE MATCHES "thread")
    # Asio uses atomic_thread_fence, which this sanitizer cannot follow, and g++ says so.
    target_compile_options(telex_options INTERFACE -Wno-tsan)
  endif()
endif()

option(TELEX_FUZZ "Build the libFuzzer programs of tests/fuzz (clang only)" OFF)
if(TELEX_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "TELEX_FUZZ needs clang: -DCMAKE_CXX_COMPILER=clang++-16")
  endif()
  target_compile_options(telex_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
