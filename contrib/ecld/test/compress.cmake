# Tests of compress/ and measure/.

# llama.cpp as npm brings it, for the tests that compare with the real client.
set(ecld_llama_client ${CMAKE_CURRENT_BINARY_DIR}/llama-client)
add_test(NAME ecld.llama-client-install
         COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/llama-client/install.sh ${ecld_llama_client}
)
set_tests_properties(ecld.llama-client-install PROPERTIES FIXTURES_SETUP llama-client TIMEOUT 300)

ecld_test(ecld-compress-test quantization-test.cc row-refinement-test.cc
          LIBRARIES ecld-compress ${CMAKE_DL_LIBS} FIXTURES llama-client
)
target_compile_definitions(
  ecld-compress-test PRIVATE ECLD_LLAMA_CLIENT_DIR="${ecld_llama_client}"
)

if(llm_mec_has_torch)
  ecld_test(
    ecld-deploy-test
    deployment-test.cc
    input-products-test.cc
    streaming-test.cc
    LIBRARIES
    ecld-study
    FIXTURES
    llama-client
  )
  target_compile_definitions(
    ecld-deploy-test PRIVATE ECLD_LLAMA_CLIENT_DIR="${ecld_llama_client}"
  )
  ecld_test(ecld-layerwise-test layerwise-quantization-test.cc layerwise-test.cc
            matrix-refinement-test.cc
            LIBRARIES ecld-compress ecld-test-models llm-mec-torch
  )
endif()

# They need a teacher, which takes an hour to train under the sanitizers: it is trained once.
if(llm_mec_has_torch AND NOT LLM_MEC_SANITIZE)
  set(ecld_teacher ${CMAKE_CURRENT_BINARY_DIR}/fixture-teacher)
  add_executable(ecld-teacher-test fixture-teacher-test.cc)
  target_link_libraries(
    ecld-teacher-test PRIVATE ecld-compress ecld-measure ecld-teach llm-mec-warnings
                              GTest::gtest GTest::gtest_main
  )
  target_compile_definitions(ecld-teacher-test PRIVATE ECLD_TEACHER_FOLDER="${ecld_teacher}")
  gtest_discover_tests(ecld-teacher-test TEST_PREFIX "ecld." DISCOVERY_TIMEOUT 60
                       PROPERTIES FIXTURES_SETUP ecld-teacher LABELS language-models
  )
  add_executable(ecld-quantization-quality quantization-quality.cc)
  target_link_libraries(
    ecld-quantization-quality PRIVATE ecld-compress ecld-measure llm-mec-torch llm-mec-warnings
                                      ${CMAKE_DL_LIBS}
  )
  add_executable(ecld-layerwise-quality layerwise-quality.cc)
  target_link_libraries(
    ecld-layerwise-quality PRIVATE ecld-compress ecld-measure llm-mec-torch llm-mec-warnings
  )
  add_test(NAME ecld.layerwise-quality
           COMMAND ecld-layerwise-quality fixture ${ecld_teacher}
  )
  set_tests_properties(
    ecld.layerwise-quality PROPERTIES FIXTURES_REQUIRED ecld-teacher LABELS language-models
                                      TIMEOUT 1200
  )
  add_test(
    NAME ecld.quantization-quality
    COMMAND ecld-quantization-quality fixture ${ecld_teacher} ${ecld_llama_client}
  )
  set_tests_properties(
    ecld.quantization-quality PROPERTIES FIXTURES_REQUIRED "llama-client;ecld-teacher"
                                         LABELS language-models
                                         SKIP_RETURN_CODE 77 TIMEOUT 1200
  )
endif()

if(llm_mec_has_torch)
  add_test(
    NAME ecld.command-line
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/command-line-test.sh $<TARGET_FILE:ecld>
            $<TARGET_FILE:ecld-random-checkpoint> ${CMAKE_CURRENT_BINARY_DIR}/command-line
  )
  add_test(
    NAME ecld.rerun
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/rerun-test.sh $<TARGET_FILE:ecld>
            $<TARGET_FILE:ecld-random-checkpoint> ${CMAKE_CURRENT_BINARY_DIR}/rerun
  )
  add_test(
    NAME ecld.pair
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/pair-test.sh $<TARGET_FILE:ecld>
            $<TARGET_FILE:ecld-random-checkpoint> ${CMAKE_CURRENT_BINARY_DIR}/pair
  )
  add_test(
    NAME ecld.resume
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/resume-test.sh $<TARGET_FILE:ecld>
            $<TARGET_FILE:ecld-random-checkpoint> ${CMAKE_CURRENT_BINARY_DIR}/resume
  )
  set_tests_properties(ecld.resume PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 1200)
  add_test(
    NAME ecld.output
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/output-test.sh $<TARGET_FILE:ecld>
            $<TARGET_FILE:ecld-random-checkpoint> ${CMAKE_CURRENT_BINARY_DIR}/output
  )
  set_tests_properties(ecld.output PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 600)
  # The compressor knows nothing of ns-3; this test is where the two meet.
  add_test(
    NAME ecld.simulation
    COMMAND
      ${CMAKE_CURRENT_SOURCE_DIR}/simulation-test.sh $<TARGET_FILE:ecld>
      $<TARGET_FILE:ecld-random-checkpoint> $<TARGET_FILE:mec-offload> ${ecld_llama_client}
      ${CMAKE_CURRENT_BINARY_DIR}/simulation
  )
  set_tests_properties(
    ecld.simulation PROPERTIES FIXTURES_REQUIRED llama-client SKIP_RETURN_CODE 77 TIMEOUT 300
  )
  # What ./llm-mec test --label quick leaves out.
  set_tests_properties(
    ecld.command-line ecld.output ecld.pair ecld.rerun ecld.resume ecld.simulation
    PROPERTIES LABELS language-models
  )
endif()

if(llm_mec_has_torch)
  ecld_test(ecld-evaluation-test article-test.cc evaluation-test.cc live-speculation-test.cc
            transcript-test.cc
            LIBRARIES ecld-measure ecld-test-models
  )
  ecld_test(ecld-study-test study-table-test.cc LIBRARIES ecld-study)
endif()

ecld_test(ecld-measure-test machine-test.cc measure-test.cc runtime-speed-test.cc LIBRARIES ecld-measure)
target_compile_definitions(
  ecld-measure-test
  PRIVATE LLM_MEC_DEVICES_DIR="${PROJECT_SOURCE_DIR}/data/devices"
          ECLD_CLIENT_SOURCE="${CMAKE_CURRENT_SOURCE_DIR}/llama-client/client.mjs"
)
