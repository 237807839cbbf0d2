# Links over other ns-3 modules: each is a library of its own, which the module loads when a study
# wants that link. One whose ns-3 modules are not there is left out.
set(llm_mec_network_names csma lte wifi)
set(modules_of_csma csma)
set(modules_of_lte lte point-to-point)
set(modules_of_wifi wifi)

# llm_mec_add_network(NAME MODULE FOLDER LIBRARIES...): the link NAME of the target MODULE, built in
# FOLDER, where that of the module is. LIBRARIES are those of modules_of_NAME that are there; where
# one is missing, the link is left out.
function(llm_mec_add_network name module folder)
  list(LENGTH modules_of_${name} wanted)
  list(LENGTH ARGN found)
  if(found LESS wanted)
    list(JOIN modules_of_${name} " " modules)
    message(STATUS "llm-mec: leaves out the link over ${name}, which needs ns-3's ${modules}")
    return()
  endif()
  add_library(llm-mec-${name} MODULE helper/networks/mec-${name}-link.cc)
  target_link_libraries(llm-mec-${name} PRIVATE ${module} ${ARGN})
  target_compile_definitions(llm-mec-${name} PRIVATE NS3_LOG_ENABLE)
  set_target_properties(
    llm-mec-${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${folder} INSTALL_RPATH "$ORIGIN"
  )
  set_property(GLOBAL APPEND PROPERTY LLM_MEC_NETWORKS llm-mec-${name})
endfunction()
