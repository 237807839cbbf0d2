/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_TESTS_H
#define LLM_MEC_TESTS_H

#include "ns3/test.h"

/**
 * @defgroup llm-mec-tests Tests of the llm-mec module
 * @ingroup tests
 *
 * One suite, `llm-mec`, so that `./test.py -s llm-mec` runs it all; one file a concern, each with a
 * function below that adds its cases.
 */

/**
 * @ingroup llm-mec-tests
 * @brief The module's one suite.
 */
class LlmMecTestSuite : public ns3::TestSuite
{
  public:
    LlmMecTestSuite();

    // ns-3 keeps it to the suite's own constructor; here each file of tests adds its own. Not a
    // using-declaration, since the second argument is of another type in each age of ns-3.
    /// @param testCase a case, owned by the suite from now on
    void Add(ns3::TestCase* testCase)
    {
        AddTestCase(testCase);
    }
};

/**
 * @ingroup llm-mec-tests
 * @{
 */
/// Add the cases of agent-policy-test.cc. @param suite the suite
void AddAgentPolicyTests(LlmMecTestSuite& suite);
/// Add the cases of learning-algorithm-test.cc. @param suite the suite
void AddLearningAlgorithmTests(LlmMecTestSuite& suite);
/// Add the cases of offload-state-test.cc. @param suite the suite
void AddOffloadStateTests(LlmMecTestSuite& suite);
/// Add the cases of offload-agreement-test.cc. @param suite the suite
void AddOffloadAgreementTests(LlmMecTestSuite& suite);
/// Add the cases of offload-consistency-test.cc. @param suite the suite
void AddOffloadConsistencyTests(LlmMecTestSuite& suite);
/// Add the cases of offload-optimum-test.cc. @param suite the suite
void AddOffloadOptimumTests(LlmMecTestSuite& suite);
/// Add the cases of offload-problem-test.cc. @param suite the suite
void AddOffloadProblemTests(LlmMecTestSuite& suite);
/// Add the cases of rician-test.cc. @param suite the suite
void AddRicianTests(LlmMecTestSuite& suite);
/// Add the cases of llm-device-test.cc. @param suite the suite
void AddLlmDeviceTests(LlmMecTestSuite& suite);
/// Add the cases of llm-mec-helper-test.cc. @param suite the suite
void AddLlmMecHelperTests(LlmMecTestSuite& suite);
/// Add the cases of llm-mec-streams-test.cc. @param suite the suite
void AddLlmMecStreamsTests(LlmMecTestSuite& suite);
/// Add the cases of llm-mec-scenario-test.cc. @param suite the suite
void AddLlmMecScenarioTests(LlmMecTestSuite& suite);
/// Add the cases of llm-mec-setting-test.cc. @param suite the suite
void AddLlmMecSettingTests(LlmMecTestSuite& suite);
/// Add the cases of llm-mec-typed-value-test.cc. @param suite the suite
void AddLlmMecTypedValueTests(LlmMecTestSuite& suite);
/// Add the cases of llm-profile-compute-test.cc. @param suite the suite
void AddLlmProfileComputeTests(LlmMecTestSuite& suite);
/// Add the cases of llm-profile-robustness-test.cc. @param suite the suite
void AddLlmProfileRobustnessTests(LlmMecTestSuite& suite);
/// Add the cases of llm-profile-test.cc. @param suite the suite
void AddLlmProfileTests(LlmMecTestSuite& suite);
/// Add the cases of llm-quality-test.cc. @param suite the suite
void AddLlmQualityTests(LlmMecTestSuite& suite);
/// Add the cases of mec-server-test.cc. @param suite the suite
void AddMecServerTests(LlmMecTestSuite& suite);
/// Add the cases of mec-uplink-test.cc. @param suite the suite
void AddMecUplinkTests(LlmMecTestSuite& suite);
/// Add the cases of mlu-application-test.cc. @param suite the suite
void AddMluApplicationTests(LlmMecTestSuite& suite);
/// Add the cases of mlu-battery-test.cc. @param suite the suite
void AddMluBatteryTests(LlmMecTestSuite& suite);
/// Add the cases of offload-controller-test.cc. @param suite the suite
void AddOffloadControllerTests(LlmMecTestSuite& suite);
/// Add the cases of cell-end-test.cc. @param suite the suite
void AddCellEndTests(LlmMecTestSuite& suite);
/// Add the cases of trace-path-test.cc. @param suite the suite
void AddTracePathTests(LlmMecTestSuite& suite);
/// Add the cases of agent-profile-test.cc. @param suite the suite
void AddAgentProfileTests(LlmMecTestSuite& suite);
/** @} */

#endif // LLM_MEC_TESTS_H
