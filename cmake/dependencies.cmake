# Libraries outside ns-3, the same for both doors. Plain paths instead of imported targets: those
# are scoped to a directory, and ns-3 links a module from directories that are not below it.
#   Eigen 3         arrays of the offloading problem
#   NLopt           per-slot optimum (SLSQP), the reference for every policy
#   nlohmann-json   profiles, device descriptors, summaries
#   Boost.Math      Student's t for intervals; in the tests, distributions by another hand
#   Boost.CRC       checksums of agents' checkpoints
find_path(LLM_MEC_EIGEN_INCLUDE_DIR Eigen/Core PATH_SUFFIXES eigen3)
find_path(LLM_MEC_NLOPT_INCLUDE_DIR nlopt.h)
find_library(LLM_MEC_NLOPT_LIBRARY nlopt)
find_path(LLM_MEC_JSON_INCLUDE_DIR nlohmann/json.hpp)
find_path(LLM_MEC_BOOST_INCLUDE_DIR boost/math/distributions/non_central_chi_squared.hpp)
mark_as_advanced(
  LLM_MEC_EIGEN_INCLUDE_DIR LLM_MEC_NLOPT_INCLUDE_DIR LLM_MEC_NLOPT_LIBRARY
  LLM_MEC_JSON_INCLUDE_DIR LLM_MEC_BOOST_INCLUDE_DIR
)

set(llm_mec_missing)
foreach(
  dependency
  "EIGEN_INCLUDE_DIR=libeigen3-dev"
  "NLOPT_INCLUDE_DIR=libnlopt-dev"
  "NLOPT_LIBRARY=libnlopt-dev"
  "JSON_INCLUDE_DIR=nlohmann-json3-dev"
  "BOOST_INCLUDE_DIR=libboost-dev"
)
  string(REPLACE "=" ";" dependency "${dependency}")
  list(GET dependency 0 variable)
  list(GET dependency 1 package)
  if(NOT LLM_MEC_${variable})
    list(APPEND llm_mec_missing ${package})
  endif()
endforeach()
list(REMOVE_DUPLICATES llm_mec_missing)

# LibTorch trains the learning agents (contrib/agents) and runs the compressor (contrib/ecld). All
# models and the other policies are complete without it. Header and library paths as above, because
# find_package(Torch) makes targets of one directory and flags that break precompiled headers.
option(LLM_MEC_TORCH "Build the parts that need LibTorch" ON)
set(llm_mec_has_torch FALSE)
if(LLM_MEC_TORCH)
  find_path(LLM_MEC_TORCH_INCLUDE_DIR torch/script.h)
  find_path(LLM_MEC_TORCH_API_INCLUDE_DIR torch/torch.h PATH_SUFFIXES torch/csrc/api/include)
  find_library(LLM_MEC_TORCH_LIBRARY torch_cpu)
  find_library(LLM_MEC_C10_LIBRARY c10)
  mark_as_advanced(
    LLM_MEC_TORCH_INCLUDE_DIR LLM_MEC_TORCH_API_INCLUDE_DIR LLM_MEC_TORCH_LIBRARY
    LLM_MEC_C10_LIBRARY
  )
  if(LLM_MEC_TORCH_INCLUDE_DIR AND LLM_MEC_TORCH_API_INCLUDE_DIR AND LLM_MEC_TORCH_LIBRARY
     AND LLM_MEC_C10_LIBRARY
  )
    set(llm_mec_has_torch TRUE)
    if(NOT TARGET llm-mec-torch)
      add_library(llm-mec-torch INTERFACE)
      target_include_directories(
        llm-mec-torch SYSTEM INTERFACE ${LLM_MEC_TORCH_API_INCLUDE_DIR}
                                       ${LLM_MEC_TORCH_INCLUDE_DIR}
      )
      target_link_libraries(
        llm-mec-torch INTERFACE ${LLM_MEC_TORCH_LIBRARY} ${LLM_MEC_C10_LIBRARY}
      )
    endif()
  endif()
endif()

if(llm_mec_has_torch)
  message(STATUS "llm-mec: with LibTorch: learning agents and the compressor are built")
else()
  message(STATUS "llm-mec: no LibTorch (libtorch-dev, LLM_MEC_TORCH=${LLM_MEC_TORCH}): "
                 "leaves out the training of agents and the compressor"
  )
endif()

file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/../VERSION LLM_MEC_VERSION)
include_directories(
  SYSTEM ${LLM_MEC_EIGEN_INCLUDE_DIR} ${LLM_MEC_NLOPT_INCLUDE_DIR} ${LLM_MEC_JSON_INCLUDE_DIR}
         ${LLM_MEC_BOOST_INCLUDE_DIR}
)
