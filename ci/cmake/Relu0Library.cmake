# relu0_add_library(<name> [SOURCES <pattern>…] [EXCLUDE <regex>] [GENERATED <source>…] HEADERS <header>…): the library
# target relu0::<name> with the warnings, include paths and install rules that all of them share. It holds the sources that
# match a pattern (all below the calling folder where none is given) and not the regular expression, and those that were
# generated. HEADERS are the public ones, which are installed.
#
# relu0_add_header_library(<name> FACE <header> HEADERS <header>…): the same for a library that its users compile
# themselves, all of whose headers are public: relu0::<name>, an INTERFACE target. FACE is the one that they include, as
# <relu0/…> by its name without folders.
find_package(Threads REQUIRED)

add_library(relu0_build_options INTERFACE)
# -ffp-contract=off: a fused multiply-add that the compiler chooses would change the last bit of a
# result from one build to the next.
target_compile_options(
  relu0_build_options
  INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wnon-virtual-dtor -ffp-contract=off
            # In joined sources a local name may be that of another source's global.
            $<IF:$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>,-Wshadow=local,-Wshadow>
            $<$<BOOL:${RELU0_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 warns wrongly of any "literal" + std::string at -O2 and above (https://gcc.gnu.org/PR105651).
  target_compile_options(relu0_build_options INTERFACE -Wno-restrict)
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  # g++ 13 warns wrongly, at -O3, of copies of vectors that hold one number.
  target_compile_options(relu0_build_options INTERFACE -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
endif()

find_program(RELU0_CCACHE ccache)
if(RELU0_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${RELU0_CCACHE})
endif()

# About how many sources of a target the compiler gets as one where relu0_join_sources() was asked for; 0: each alone. Headers of
# LibTorch, of MPFR's C++ types and of GoogleTest are then read once per so many, which takes most of the time of a cold build away.
set(RELU0_JOINED_SOURCES 0 CACHE STRING "About how many sources are compiled as one where their headers cost most")

# relu0_join_sources(<target> [APART <folder>...]): its sources are compiled in equal parts of about RELU0_JOINED_SOURCES, but
# for those of these folders, which repeat names on purpose. Any of the others may be joined with any: they must not declare
# the same name twice in one namespace, anonymous ones included.
function(relu0_join_sources target)
  cmake_parse_arguments(JOIN "" "" "APART" ${ARGN})
  if(RELU0_JOINED_SOURCES GREATER 1)
    get_target_property(sources ${target} SOURCES)
    list(FILTER sources INCLUDE REGEX "[.]cpp$")
    list(LENGTH sources count)
    # A part may have a quarter more: a small rest would read the headers once more.
    math(EXPR parts "(4 * ${count} + 3 * ${RELU0_JOINED_SOURCES}) / (4 * ${RELU0_JOINED_SOURCES})")
    if(parts LESS 1)
      set(parts 1)
    endif()
    math(EXPR size "(${count} + ${parts} - 1) / ${parts}")
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${size})
    # g++ takes a source that is included for a header, whose anonymous namespaces would differ between its readers.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
    foreach(folder IN LISTS JOIN_APART)
      file(GLOB_RECURSE apart CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp")
      set_source_files_properties(${apart} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endforeach()
  endif()
endfunction()

# relu0_precompile_headers(<target> <header>…): headers of other projects that most of its sources read.
function(relu0_precompile_headers target)
  target_precompile_headers(${target} PRIVATE ${ARGN})
  # With this option ccache keeps the results.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endfunction()

# relu0_optimise_little(<target>): its own code is compiled for little optimisation in release builds, which takes a
# quarter less time. For what computes no gradients itself: it calls the libraries that do.
function(relu0_optimise_little target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>
                                           # g++ finds uninitialised variables where there are none when it optimises little.
                                           $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endfunction()

# relu0_optimise_nothing(<target>): its own code is not optimised at all in release builds, which takes a quarter less time
# again. For code that runs for moments, in tests. Call it after target_link_libraries().
function(relu0_optimise_nothing target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O0>)
  # Of a template that several objects instantiate, the JSON library's say, the linker takes the first one that it meets,
  # for all of them: the libraries' objects stand before those of the target, or their code would run unoptimised too
  # (the tests of conclusions took three times as long).
  relu0_static_libraries(${target} libraries)
  foreach(library IN LISTS libraries)
    target_link_options(${target} PRIVATE
                        "SHELL:-Wl,--whole-archive $<TARGET_FILE:${library}> -Wl,--no-whole-archive")
  endforeach()
endfunction()

# relu0_static_libraries(<target> <variable>): the project's static libraries that the target links, and that these link.
function(relu0_static_libraries target variable)
  set(found "")
  get_target_property(waiting ${target} LINK_LIBRARIES)
  while(waiting)
    list(POP_FRONT waiting name)
    string(REGEX REPLACE "^relu0::" "relu0_" name "${name}")
    if(NOT name MATCHES "^relu0_" OR NOT TARGET ${name} OR name IN_LIST found)
      continue()
    endif()
    get_target_property(type ${name} TYPE)
    if(type STREQUAL "STATIC_LIBRARY")
      list(APPEND found ${name})
      get_target_property(further ${name} LINK_LIBRARIES)
      if(further)
        list(APPEND waiting ${further})
      endif()
    endif()
  endwhile()
  set(${variable} ${found} PARENT_SCOPE)
endfunction()

function(relu0_add_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "EXCLUDE" "SOURCES;GENERATED;HEADERS")
  if(NOT arg_SOURCES)
    set(arg_SOURCES *.cpp)
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${arg_SOURCES})
  if(arg_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX "${arg_EXCLUDE}")
  endif()
  add_library(relu0_${name} STATIC ${sources} ${arg_GENERATED})
  add_library(relu0::${name} ALIAS relu0_${name})
  set_target_properties(relu0_${name} PROPERTIES EXPORT_NAME ${name})
  target_include_directories(
    relu0_${name} PUBLIC "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>" "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  target_compile_features(relu0_${name} PUBLIC cxx_std_20)
  target_link_libraries(relu0_${name} PRIVATE $<BUILD_INTERFACE:relu0_build_options>)
  relu0_install_library(${name} "" ${arg_HEADERS})
endfunction()

function(relu0_add_header_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "FACE" "HEADERS")
  add_library(relu0_${name} INTERFACE)
  add_library(relu0::${name} ALIAS relu0_${name})
  set_target_properties(relu0_${name} PROPERTIES EXPORT_NAME ${name})
  target_include_directories(
    relu0_${name} INTERFACE "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>" "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  target_compile_features(relu0_${name} INTERFACE cxx_std_20)
  relu0_install_library(${name} "${arg_FACE}" ${arg_FACE} ${arg_HEADERS})
endfunction()

# Installs the target relu0_<name> and its public headers, which lie below the calling folder; `face` is one of them or "".
function(relu0_install_library name face)
  install(TARGETS relu0_${name} EXPORT relu0-${name}Targets)
  set(headers ${ARGN})
  cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY "${PROJECT_SOURCE_DIR}" OUTPUT_VARIABLE folder)
  list(TRANSFORM headers PREPEND "${folder}/")
  cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_INCLUDEDIR BASE_DIRECTORY "\${CMAKE_INSTALL_PREFIX}" OUTPUT_VARIABLE include_dir)
  install(
    CODE "set(relu0_face \"${folder}/${face}\")
set(relu0_headers \"${headers}\")
set(relu0_source_dir \"${PROJECT_SOURCE_DIR}\")
set(relu0_staging_dir \"${PROJECT_BINARY_DIR}/installed_headers\")
set(relu0_include_dir \"${include_dir}\")
include(\"${PROJECT_SOURCE_DIR}/ci/cmake/Relu0InstallHeaders.cmake\")")
endfunction()
