# Libraries outside ns-3, the same for both doors. Plain paths instead of imported targets: those
# are scoped to a directory, and ns-3 links a module from directories that are not below it.
#   Eigen 3         arrays of the offloading problem
#   NLopt           per-slot optimum (SLSQP), the reference for every policy
#   nlohmann-json   profiles, device descriptors, summaries
#   Boost.Math      Student's t for intervals; in the tests, distributions by another hand
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

# LibTorch is for the learning agents and the compressor. This version has neither, so the option
# only reports; every model and policy of this version is complete without it.
option(LLM_MEC_TORCH "Build the parts that need LibTorch" ON)
set(llm_mec_torch "off (LLM_MEC_TORCH=OFF)")
if(LLM_MEC_TORCH)
  find_path(LLM_MEC_TORCH_INCLUDE_DIR torch/torch.h PATH_SUFFIXES torch/csrc/api/include)
  mark_as_advanced(LLM_MEC_TORCH_INCLUDE_DIR)
  set(llm_mec_torch "not found (libtorch-dev)")
  if(LLM_MEC_TORCH_INCLUDE_DIR)
    set(llm_mec_torch "found")
  endif()
endif()
message(STATUS "llm-mec: LibTorch ${llm_mec_torch}. Nothing in this version needs it: "
               "learning agents and the compressor are not part of it yet"
)

file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/../VERSION LLM_MEC_VERSION)
include_directories(
  SYSTEM ${LLM_MEC_EIGEN_INCLUDE_DIR} ${LLM_MEC_NLOPT_INCLUDE_DIR} ${LLM_MEC_JSON_INCLUDE_DIR}
         ${LLM_MEC_BOOST_INCLUDE_DIR}
)
