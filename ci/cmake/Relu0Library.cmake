# relu0_add_library(<folder> [GENERATED <source>…] HEADERS <header>…): the library target relu0::<folder> of all sources
# below the calling folder and those that were generated, with the warnings, include paths and install rules that all
# folders share. HEADERS are the public ones, which are installed.
find_package(Threads REQUIRED)

add_library(relu0_build_options INTERFACE)
# -ffp-contract=off: a fused multiply-add that the compiler chooses would change the last bit of a
# result from one build to the next.
target_compile_options(
  relu0_build_options
  INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -ffp-contract=off
            $<$<BOOL:${RELU0_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 warns wrongly of any "literal" + std::string at -O2 and above (https://gcc.gnu.org/PR105651).
  target_compile_options(relu0_build_options INTERFACE -Wno-restrict)
endif()

find_program(RELU0_CCACHE ccache)
if(RELU0_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${RELU0_CCACHE})
endif()

function(relu0_add_library folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "GENERATED;HEADERS")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
  add_library(relu0_${folder} STATIC ${sources} ${arg_GENERATED})
  add_library(relu0::${folder} ALIAS relu0_${folder})
  set_target_properties(relu0_${folder} PROPERTIES EXPORT_NAME ${folder})
  target_sources(relu0_${folder} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${arg_HEADERS})
  # Installed headers include one another as "fixtures/network/network.hpp"; users write <relu0/fixtures/network/network.hpp>.
  target_include_directories(
    relu0_${folder} INTERFACE "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>"
                              "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/relu0>")
  target_compile_features(relu0_${folder} PUBLIC cxx_std_20)
  target_link_libraries(relu0_${folder} PRIVATE $<BUILD_INTERFACE:relu0_build_options>)
  install(
    TARGETS relu0_${folder}
    EXPORT relu0Targets
    FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/relu0")
endfunction()
