# Builds and installs the reference alone, as on a machine that has neither LibTorch nor the libraries of the data sets and
# the reports; then the project in consumer/ and the examples against it.
include("${CMAKE_CURRENT_LIST_DIR}/consumer_test.cmake")

without_packages(Torch OpenCV OpenSSL JPEG ZLIB SQLite3 SQLiteCpp nlohmann_json pugixml CLI11 GTest)

run(${configure} -S "${relu0_source}" -B "${work}/relu0" -D RELU0_COMPONENTS=reference
    -D RELU0_BUILD_TESTS=OFF -D RELU0_JOINED_SOURCES=48
    # Neither optimised nor with symbols for a debugger: what counts here is that it compiles and links.
    -D CMAKE_BUILD_TYPE=Debug -D CMAKE_CXX_FLAGS_DEBUG=)
run("${CMAKE_COMMAND}" --build "${work}/relu0")
run("${CMAKE_COMMAND}" --install "${work}/relu0" --prefix "${prefix}")
if(EXISTS "${prefix}/include/relu0/fixtures/data" OR EXISTS "${prefix}/include/relu0/analysis")
  message(FATAL_ERROR "the reference alone installs headers of other components")
endif()

# That each header includes what it needs is tested of all components (find_package_test.cmake).
build_and_test("${consumer}" consumer -D "CONSUMER_ARGUMENTS=COMPONENTS reference" -D CONSUMER_HEADERS_TOGETHER=ON)
build_and_test("${examples}" examples)
