/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_STEP_TIME_H
#define LLM_MEC_STEP_TIME_H

#include "ns3/llm-step-time-model.h"

#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * Make a step-time model from what a user types.
 * @param serving name of a file in data/serving or path of any file with `serving`, which gives a
 * CoefficientStepTimeModel; or roofline:DEVICE:MODEL with names of data/devices and data/models or
 * paths, which gives a RooflineStepTimeModel
 * @return the model
 * @throw std::runtime_error in one line that names the file and the field, or what is known
 */
Ptr<StepTimeModel> MakeStepTimeModel(const std::string& serving);

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_STEP_TIME_H
