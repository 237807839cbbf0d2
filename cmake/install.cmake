# cmake --install: the module with its headers and data, the programs that have results, and what
# find_package(llm-mec) and pkg-config read.
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/llm-mec)
set(header_folder ${CMAKE_INSTALL_INCLUDEDIR}/llm-mec)

install(TARGETS llm-mec EXPORT llm-mec-targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        INCLUDES DESTINATION ${header_folder}
)
if(llm_mec_has_torch)
  # Loaded by the module from its own folder.
  install(TARGETS llm-mec-agents LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
if(llm_mec_networks)
  install(TARGETS ${llm_mec_networks} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
set(installed_programs mec-associate mec-offload mec-serve mec-speculate mec-train)
install(TARGETS ${installed_programs} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# Programs find the module where it is, in whatever folder the whole is put.
file(RELATIVE_PATH from_programs "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_LIBDIR}")
set_target_properties(
  llm-mec ${installed_programs} PROPERTIES INSTALL_RPATH "$ORIGIN/${from_programs}"
                                           INSTALL_RPATH_USE_LINK_PATH TRUE
)

# As ns-3 does: all headers in one folder.
install(FILES ${header_files} ${forwards}/llm-mec-module.h DESTINATION ${header_folder}/ns3)
install(
  DIRECTORY contrib/agents contrib/base
  DESTINATION ${header_folder}
  FILES_MATCHING
  PATTERN "*.h"
  PATTERN "test" EXCLUDE
  PATTERN "learning" EXCLUDE
  PATTERN "algorithms" EXCLUDE
)
install(DIRECTORY data DESTINATION ${CMAKE_INSTALL_DATADIR}/llm-mec)

install(EXPORT llm-mec-targets NAMESPACE llm-mec:: DESTINATION ${package_folder})
configure_package_config_file(
  cmake/llm-mec-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/llm-mec-config.cmake
  INSTALL_DESTINATION ${package_folder}
)
# Any change of the second number may change an interface.
write_basic_package_version_file(
  ${CMAKE_CURRENT_BINARY_DIR}/llm-mec-config-version.cmake COMPATIBILITY SameMinorVersion
)
install(
  FILES ${CMAKE_CURRENT_BINARY_DIR}/llm-mec-config.cmake
        ${CMAKE_CURRENT_BINARY_DIR}/llm-mec-config-version.cmake cmake/ns3-package.cmake
  DESTINATION ${package_folder}
)

# ns-3's own files for pkg-config name libraries of the machine that built the package, so the
# libraries stand here themselves.
set(LLM_MEC_PC_LIBRARIES)
foreach(target ${ns3_libraries})
  get_target_property(configurations ${target} IMPORTED_CONFIGURATIONS)
  list(GET configurations 0 configuration)
  get_target_property(location ${target} IMPORTED_LOCATION_${configuration})
  string(APPEND LLM_MEC_PC_LIBRARIES " ${location}")
  get_target_property(folders ${target} INTERFACE_INCLUDE_DIRECTORIES)
  foreach(folder ${folders})
    if(EXISTS "${folder}/ns3" AND NOT folder STREQUAL "/usr/include")
      set(LLM_MEC_PC_NS3_INCLUDE " -I${folder}")
    endif()
  endforeach()
endforeach()
file(RELATIVE_PATH LLM_MEC_PC_PREFIX "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig"
     "${CMAKE_INSTALL_PREFIX}"
)
configure_file(cmake/llm-mec.pc.in ${CMAKE_CURRENT_BINARY_DIR}/llm-mec.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/llm-mec.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
