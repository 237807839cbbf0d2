# Libraries outside ns-3, the same for both doors. Plain paths instead of imported targets: those
# are scoped to a directory, and ns-3 links a module from directories that are not below it.
#   Eigen 3         arrays of the offloading problem
#   NLopt           per-slot optimum (SLSQP), the reference for every policy
#   nlohmann-json   profiles, device descriptors, summaries
#   Boost.Math      Student's t for intervals; in the tests, independent distributions
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
  # A LibTorch with CUDA has these beside torch_cpu; one from elsewhere would be of another version.
  cmake_path(GET LLM_MEC_TORCH_LIBRARY PARENT_PATH llm_mec_torch_dir)
  find_library(LLM_MEC_TORCH_CUDA_LIBRARY torch_cuda PATHS ${llm_mec_torch_dir} NO_DEFAULT_PATH)
  find_library(LLM_MEC_C10_CUDA_LIBRARY c10_cuda PATHS ${llm_mec_torch_dir} NO_DEFAULT_PATH)
  mark_as_advanced(
    LLM_MEC_TORCH_INCLUDE_DIR LLM_MEC_TORCH_API_INCLUDE_DIR LLM_MEC_TORCH_LIBRARY
    LLM_MEC_C10_LIBRARY LLM_MEC_TORCH_CUDA_LIBRARY LLM_MEC_C10_CUDA_LIBRARY
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
      # CUDA is there once these are loaded; no symbol of theirs is called, so the linker would drop
      # them.
      foreach(library ${LLM_MEC_TORCH_CUDA_LIBRARY} ${LLM_MEC_C10_CUDA_LIBRARY})
        if(library)
          target_link_libraries(
            llm-mec-torch INTERFACE "-Wl,--push-state,--no-as-needed,${library},--pop-state"
          )
        endif()
      endforeach()
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

# What the compressor needs beside nlohmann-json; without them it is left out, and nothing else.
#   PCRE2                  the split patterns of tokenizer.json: Unicode classes and look-ahead
#   utf8proc               Unicode's normal form C, which Qwen's tokenizer asks for
#   Boost.Iostreams        maps checkpoints of many gigabytes into memory
#   Boost.Program_options  flags of the tool
#   GoogleTest             its tests (looked for there)
find_path(LLM_MEC_PCRE2_INCLUDE_DIR pcre2.h)
find_library(LLM_MEC_PCRE2_LIBRARY pcre2-8)
find_path(LLM_MEC_UTF8PROC_INCLUDE_DIR utf8proc.h)
find_library(LLM_MEC_UTF8PROC_LIBRARY utf8proc)
find_path(LLM_MEC_IOSTREAMS_INCLUDE_DIR boost/iostreams/device/mapped_file.hpp)
find_library(LLM_MEC_IOSTREAMS_LIBRARY boost_iostreams)
find_path(LLM_MEC_PROGRAM_OPTIONS_INCLUDE_DIR boost/program_options.hpp)
find_library(LLM_MEC_PROGRAM_OPTIONS_LIBRARY boost_program_options)

set(llm_mec_ecld_missing)
foreach(
  dependency
  "PCRE2=libpcre2-dev"
  "UTF8PROC=libutf8proc-dev"
  "IOSTREAMS=libboost-iostreams-dev"
  "PROGRAM_OPTIONS=libboost-program-options-dev"
)
  string(REPLACE "=" ";" dependency "${dependency}")
  list(GET dependency 0 variable)
  list(GET dependency 1 package)
  mark_as_advanced(LLM_MEC_${variable}_INCLUDE_DIR LLM_MEC_${variable}_LIBRARY)
  if(NOT LLM_MEC_${variable}_INCLUDE_DIR OR NOT LLM_MEC_${variable}_LIBRARY)
    list(APPEND llm_mec_ecld_missing ${package})
  endif()
endforeach()

file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/../VERSION LLM_MEC_VERSION)
include_directories(
  SYSTEM ${LLM_MEC_EIGEN_INCLUDE_DIR} ${LLM_MEC_NLOPT_INCLUDE_DIR} ${LLM_MEC_JSON_INCLUDE_DIR}
         ${LLM_MEC_BOOST_INCLUDE_DIR}
)
