# Door one: a module of an ns-3 source tree. A missing library leaves the module out and never
# breaks the tree.
if(llm_mec_missing)
  list(JOIN llm_mec_missing " " packages)
  message(WARNING "Skipping llm-mec: apt install ${packages}")
endif()
set(llm_mec_ns3_version "${NS3_VER}")
set_source_files_properties(
  contrib/base/program.cc helper/llm-mec-data-folder.cc helper/llm-mec-version.cc
  PROPERTIES
    COMPILE_DEFINITIONS
    "LLM_MEC_DATA_DIR=\"${CMAKE_CURRENT_SOURCE_DIR}/data\";LLM_MEC_VERSION=\"${LLM_MEC_VERSION}\";LLM_MEC_NS3_VERSION=\"${llm_mec_ns3_version}\""
)
