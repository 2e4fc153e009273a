# Every third-party library, in one place, as imported targets; who links what keeps them on their floor.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(CAF REQUIRED)
find_package(date REQUIRED)
find_package(LibArchive REQUIRED)
find_package(LibXml2 REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(spdlog REQUIRED)
find_package(tomlplusplus REQUIRED)
pkg_check_modules(ICAL REQUIRED IMPORTED_TARGET libical)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(JWT REQUIRED IMPORTED_TARGET libjwt)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(OPENBLAS REQUIRED IMPORTED_TARGET openblas)
pkg_check_modules(PANGOCAIRO REQUIRED IMPORTED_TARGET pangocairo cairo-pdf)
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core)
pkg_check_modules(RDKAFKA REQUIRED IMPORTED_TARGET rdkafka)

# What every target of ours is compiled with.
add_library(jobraker_options INTERFACE)
target_include_directories(jobraker_options INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
target_compile_options(jobraker_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-missing-field-initializers)
target_compile_definitions(jobraker_options INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_DISABLE_BOOST_COROUTINE
  BOOST_ASIO_NO_DEPRECATED SPDLOG_FMT_EXTERNAL)
if(JOBRAKER_SANITIZE STREQUAL "address")
  # CAF forms member pointers through null on purpose (init_fun_factory.hpp).
  target_compile_options(jobraker_options INTERFACE -O1 -g1 -fno-omit-frame-pointer
    -fsanitize=address,undefined -fno-sanitize=null,vptr -fno-sanitize-recover=undefined)
  target_link_options(jobraker_options INTERFACE -fsanitize=address,undefined)
elseif(JOBRAKER_SANITIZE STREQUAL "thread")
  target_compile_options(jobraker_options INTERFACE -O1 -g1 -fno-omit-frame-pointer -fsanitize=thread)
  target_link_options(jobraker_options INTERFACE -fsanitize=thread)
endif()

# Asio itself, compiled once (BOOST_ASIO_SEPARATE_COMPILATION).
add_library(jobraker_asio STATIC ${CMAKE_SOURCE_DIR}/config/cmake/asio.cpp)
target_link_libraries(jobraker_asio PUBLIC jobraker_options Boost::headers Threads::Threads OpenSSL::SSL)
