# Door two: against an installed ns-3 (Debian's libns3-dev and ns3 packages).
if(llm_mec_missing)
  list(JOIN llm_mec_missing " " packages)
  message(FATAL_ERROR "llm-mec: apt install ${packages}")
endif()

# Another project can add this one as a subdirectory: it then chooses what concerns both.
string(COMPARE EQUAL "${CMAKE_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}" llm_mec_is_top)
option(LLM_MEC_TESTS "Build the tests" ${llm_mec_is_top})
option(LLM_MEC_INSTALL "Install the module, its headers and programs" ${llm_mec_is_top})
option(LLM_MEC_WARNINGS_AS_ERRORS "A warning of the compiler ends the build" OFF)
option(LLM_MEC_BENCHMARKS "Build the benchmarks (libbenchmark-dev)" OFF)
option(LLM_MEC_SANITIZE "Build with the address and undefined-behaviour sanitizers" OFF)
option(LLM_MEC_FUZZ "Build the fuzzers (clang with libFuzzer)" OFF)

if(llm_mec_is_top AND NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
find_program(LLM_MEC_CCACHE ccache)
mark_as_advanced(LLM_MEC_CCACHE)
if(LLM_MEC_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${LLM_MEC_CCACHE})
endif()

include(${CMAKE_CURRENT_LIST_DIR}/ns3-package.cmake)
set(CMAKE_CXX_STANDARD ${llm_mec_cxx_standard})
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

llm_mec_ns3_targets(ns3_libraries core network mobility propagation spectrum internet energy)
# Every module that is installed, for programs of users.
llm_mec_all_ns3_targets(ns3_installed)

# ns-3 puts every header into one folder, ns3/: forwarding headers give the same view of ours.
set(forwards ${CMAKE_CURRENT_BINARY_DIR}/include/ns3)
set(module_header "// Every header of the llm-mec module.\n")
foreach(header ${header_files})
  get_filename_component(name ${header} NAME)
  file(CONFIGURE OUTPUT ${forwards}/${name}
       CONTENT "#include \"${CMAKE_CURRENT_SOURCE_DIR}/${header}\"\n"
  )
  string(APPEND module_header "#include \"${name}\"\n")
endforeach()
file(CONFIGURE OUTPUT ${forwards}/llm-mec-module.h CONTENT "${module_header}")

add_library(llm-mec-warnings INTERFACE)
target_compile_options(llm-mec-warnings INTERFACE -Wall -Wextra -Wpedantic)
if(LLM_MEC_WARNINGS_AS_ERRORS)
  target_compile_options(llm-mec-warnings INTERFACE -Werror)
endif()
if(LLM_MEC_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

if(LLM_MEC_TESTS)
  enable_testing()
endif()
# Where data lie beside the library of an installed module.
include(GNUInstallDirs)
file(RELATIVE_PATH llm_mec_installed_data "${CMAKE_INSTALL_FULL_LIBDIR}"
     "${CMAKE_INSTALL_FULL_DATADIR}/llm-mec/data"
)
set_source_files_properties(
  helper/llm-mec-data-folder.cc PROPERTIES COMPILE_DEFINITIONS
                                           LLM_MEC_INSTALLED_DATA="${llm_mec_installed_data}"
)

include(${CMAKE_CURRENT_LIST_DIR}/precompile.cmake)
add_subdirectory(contrib/base)
target_link_libraries(llm-mec-base PRIVATE llm-mec-warnings)

# Shared, because TypeIds register themselves in static initialisers that a linker drops from an
# archive.
add_library(llm-mec SHARED ${source_files})
add_library(llm-mec::llm-mec ALIAS llm-mec)
target_include_directories(llm-mec PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_BINARY_DIR}/include>)
# The public headers hold Eigen arrays, so programs that link the module need Eigen's path too.
target_include_directories(llm-mec SYSTEM PUBLIC $<BUILD_INTERFACE:${LLM_MEC_EIGEN_INCLUDE_DIR}>)
target_compile_features(llm-mec PUBLIC cxx_std_${CMAKE_CXX_STANDARD})
target_link_libraries(
  llm-mec PUBLIC ${ns3_libraries} PRIVATE llm-mec-warnings ${LLM_MEC_NLOPT_LIBRARY}
                                          ${CMAKE_DL_LIBS}
)
if(llm_mec_has_torch)
  add_subdirectory(contrib/agents)
  target_link_libraries(agents-learning PRIVATE llm-mec-warnings)
  llm_mec_precompile(agents-learning <ATen/ATen.h> <Eigen/Core>)
  target_link_libraries(llm-mec-agents PRIVATE llm-mec-warnings)
  set_target_properties(
    llm-mec-agents PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}
  )
  add_dependencies(llm-mec llm-mec-agents)
endif()
set(llm_mec_ns3_version ${ns3_VERSION})
# Debian's ns-3 is built without NS_LOG; the module and its programs have theirs all the same.
target_compile_definitions(
  llm-mec
  PRIVATE NS3_LOG_ENABLE
          LLM_MEC_DATA_DIR="${CMAKE_CURRENT_SOURCE_DIR}/data"
          LLM_MEC_VERSION="${LLM_MEC_VERSION}"
          LLM_MEC_NS3_VERSION="${llm_mec_ns3_version}"
)

include(${CMAKE_CURRENT_LIST_DIR}/networks.cmake)
foreach(network ${llm_mec_network_names})
  llm_mec_ns3_targets(libraries ${modules_of_${network}})
  llm_mec_add_network(${network} llm-mec ${CMAKE_CURRENT_BINARY_DIR} ${libraries})
endforeach()
get_property(llm_mec_networks GLOBAL PROPERTY LLM_MEC_NETWORKS)
foreach(network ${llm_mec_networks})
  target_link_libraries(${network} PRIVATE llm-mec-warnings)
endforeach()

# ns-3 registers its TypeIds in static initialisers too, so no library may be dropped as unused.
function(add_program name)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE -Wl,--no-as-needed llm-mec llm-mec-warnings)
  target_compile_definitions(${name} PRIVATE NS3_LOG_ENABLE)
  if(llm_mec_networks)
    add_dependencies(${name} ${llm_mec_networks})
  endif()
endfunction()

# What examples need of ns-3 beside what the module needs; see examples/CMakeLists.txt.
set(modules_of_plug-into-wifi wifi internet applications)
set(modules_of_chat-over-csma csma applications)
set(modules_of_chat-over-lte lte point-to-point)
set(modules_of_chat-over-point-to-point point-to-point netanim)
set(modules_of_chat-over-wifi wifi flow-monitor)
file(GLOB programs CONFIGURE_DEPENDS examples/*.cc)
foreach(program ${programs})
  get_filename_component(name ${program} NAME_WE)
  llm_mec_ns3_targets(libraries ${modules_of_${name}})
  list(LENGTH modules_of_${name} wanted)
  list(LENGTH libraries found)
  if(found LESS wanted)
    list(JOIN modules_of_${name} " " modules)
    message(STATUS "llm-mec: leaves out ${name}, which needs ns-3's ${modules}")
    continue()
  endif()
  add_program(${name} ${program})
  target_link_libraries(${name} PRIVATE ${libraries})
endforeach()

# Programs of users: each is a target of its own and part of no other, so that a broken one stops
# nothing else. Of ns-3's other modules those are loaded that a program calls.
file(GLOB programs CONFIGURE_DEPENDS scratch/*.cc)
add_custom_target(scratch)
foreach(program ${programs})
  get_filename_component(name ${program} NAME_WE)
  add_executable(${name} EXCLUDE_FROM_ALL ${program})
  target_link_libraries(
    ${name} PRIVATE -Wl,--no-as-needed llm-mec -Wl,--as-needed ${ns3_installed}
  )
  target_compile_options(${name} PRIVATE -Wall -Wextra)
  target_compile_definitions(${name} PRIVATE NS3_LOG_ENABLE)
  add_dependencies(scratch ${name})
endforeach()

if(LLM_MEC_TESTS)
  add_subdirectory(test)
  add_subdirectory(contrib/agents/test)
endif()
if(LLM_MEC_BENCHMARKS)
  add_subdirectory(bench)
endif()
if(LLM_MEC_FUZZ)
  add_subdirectory(test/fuzz)
endif()
add_subdirectory(contrib/ecld)
if(LLM_MEC_INSTALL)
  include(${CMAKE_CURRENT_LIST_DIR}/install.cmake)
endif()
