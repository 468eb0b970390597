# Installs the build into a prefix of its own, then configures, builds and runs the project in consumer/ and the examples
# against that prefix alone: what users of find_package(relu0) do.
include("${CMAKE_CURRENT_LIST_DIR}/consumer_test.cmake")

run("${CMAKE_COMMAND}" --install "${relu0_build}" --prefix "${prefix}")
run("${prefix}/bin/relu0" list)

file(GLOB_RECURSE headers "${prefix}/include/relu0/*.hpp")
foreach(header IN LISTS headers)
  file(STRINGS "${header}" includes REGEX "#include")
  foreach(include IN LISTS includes)
    if(include MATCHES "#include \"")
      message(FATAL_ERROR "${header}: ${include}: public headers include <relu0/…>")
    endif()
    # But those that users compile with their own.
    if(include MATCHES "<(torch|ATen|c10|caffe2)/" AND NOT header MATCHES "/relu0/analysis/(autograd|matchers)/")
      message(FATAL_ERROR "${header}: ${include}: public headers include no LibTorch")
    endif()
  endforeach()
endforeach()

build_and_test("${consumer}" consumer)
build_and_test("${examples}" examples)

# Without LibTorch: what needs it is refused with the reason, and is no error where it was not asked for.
without_packages(Torch)
foreach(component IN ITEMS analysis torch)
  execute_process(
    COMMAND ${configure} -S "${consumer}" -B "${work}/without_torch" -D "CONSUMER_ARGUMENTS=COMPONENTS ${component}"
    RESULT_VARIABLE result
    OUTPUT_QUIET
    ERROR_VARIABLE error)
  string(REGEX REPLACE "[ \n]+" " " error "${error}")
  if(result EQUAL 0 OR NOT error MATCHES
                       "relu0's component '${component}' lacks torch .Debian: libtorch-dev., LibTorch not found")
    message(FATAL_ERROR "without LibTorch the component '${component}' should be refused with the reason, got: ${error}")
  endif()
endforeach()
run(${configure} -S "${consumer}" -B "${work}/optional_torch"
    -D "CONSUMER_ARGUMENTS=COMPONENTS reference OPTIONAL_COMPONENTS analysis")
