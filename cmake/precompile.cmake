# Headers that take most of the time of each compilation (LibTorch's two thirds, ns-3's a half) are
# compiled once for a target. ccache keeps nothing that is compiled so: who has it does without.
set(llm_mec_precompiles ON)
if(CMAKE_CXX_COMPILER_LAUNCHER)
  set(llm_mec_precompiles OFF)
endif()
option(LLM_MEC_PRECOMPILE "Precompile headers" ${llm_mec_precompiles})
mark_as_advanced(LLM_MEC_PRECOMPILE)

function(llm_mec_precompile target)
  if(LLM_MEC_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()
