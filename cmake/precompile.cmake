# LibTorch's headers take two thirds of the time of each compilation. They are compiled once for a
# target. ccache keeps nothing of what is compiled with them, so that with it they are not.
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
