/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ROUND_SERVING_H
#define ROUND_SERVING_H

#include "ns3/llm-serving.h"
#include "ns3/llm-step-time-model.h"

/**
 * @ingroup llm-mec-tests
 * @param weightsUs time to read the weights, us
 * @return a server whose numbers are easy to add: tiles of one token, 4 GB for texts of 1,000 bytes
 * a token; a token takes no time yet
 */
inline ns3::llmmec::LlmServing
MakeRoundServing(double weightsUs)
{
    ns3::llmmec::LlmServing serving;
    serving.device = "round";
    serving.law.weightsUs = weightsUs;
    serving.law.tileTokens = 1;
    serving.memoryBytes = 4000000000;
    serving.weightBytes = 500000;
    serving.kvBytesPerToken = 1000;
    serving.flopsPerToken = 1e6;
    return serving;
}

/// @ingroup llm-mec-tests
/// @param serving a server @return its step times
inline ns3::Ptr<ns3::llmmec::CoefficientStepTimeModel>
MakeStepTimes(const ns3::llmmec::LlmServing& serving)
{
    auto model = ns3::CreateObject<ns3::llmmec::CoefficientStepTimeModel>();
    model->SetServing(serving);
    return model;
}

#endif // ROUND_SERVING_H
