# Install and export, so that another project can say find_package(relu0 COMPONENTS …).
include(CMakePackageConfigHelpers)

set(relu0_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/relu0")
set(RELU0_INSTALLED_COMPONENTS ${relu0_components})
list(REMOVE_ITEM RELU0_INSTALLED_COMPONENTS suites)
configure_package_config_file(
  "${CMAKE_CURRENT_LIST_DIR}/relu0Config.cmake.in" "${PROJECT_BINARY_DIR}/relu0Config.cmake"
  INSTALL_DESTINATION "${relu0_package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/relu0ConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/relu0Config.cmake" "${PROJECT_BINARY_DIR}/relu0ConfigVersion.cmake"
              "${CMAKE_CURRENT_LIST_DIR}/Relu0Components.cmake" "${CMAKE_CURRENT_LIST_DIR}/Relu0FindOnnx.cmake"
              "${CMAKE_CURRENT_LIST_DIR}/Relu0FindOpenCV.cmake"
              "${CMAKE_CURRENT_LIST_DIR}/Relu0FindTorch.cmake" "${CMAKE_CURRENT_LIST_DIR}/Relu0Gate.cmake"
              "${CMAKE_CURRENT_LIST_DIR}/relu0_gate_test.sh"
        DESTINATION "${relu0_package_dir}")
foreach(component IN LISTS RELU0_INSTALLED_COMPONENTS)
  install(
    EXPORT relu0-${component}Targets
    NAMESPACE relu0::
    DESTINATION "${relu0_package_dir}")
endforeach()
