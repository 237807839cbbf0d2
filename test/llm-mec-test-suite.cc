/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

LlmMecTestSuite::LlmMecTestSuite()
    : TestSuite("llm-mec", Type::UNIT)
{
    AddRicianTests(*this);
    AddLlmProfileTests(*this);
    AddLlmProfileComputeTests(*this);
    AddLlmDeviceTests(*this);
    AddLlmProfileRobustnessTests(*this);
    AddLlmQualityTests(*this);
    AddOffloadProblemTests(*this);
    AddOffloadOptimumTests(*this);
    AddOffloadAgreementTests(*this);
    AddOffloadConsistencyTests(*this);
    AddMecServerTests(*this);
    AddMecUplinkTests(*this);
    AddMluApplicationTests(*this);
    AddMluBatteryTests(*this);
    AddOffloadControllerTests(*this);
    AddOffloadStateTests(*this);
    AddAgentPolicyTests(*this);
    AddLlmMecHelperTests(*this);
    AddLlmMecSettingTests(*this);
    AddLlmMecTypedValueTests(*this);
    AddLlmMecStreamsTests(*this);
    AddLlmMecScenarioTests(*this);
    AddCellEndTests(*this);
    AddTracePathTests(*this);
    AddAgentProfileTests(*this);
    AddLearningAlgorithmTests(*this);
}

static LlmMecTestSuite g_llmMecTestSuite; //!< registers itself
