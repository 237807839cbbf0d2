/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-step-time.h"

#include "llm-mec-data-folder.h"

#include "ns3/llm-roofline-step-time-model.h"
#include "ns3/log.h"

#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecStepTime");

Ptr<StepTimeModel>
MakeStepTimeModel(const std::string& serving)
{
    NS_LOG_FUNCTION(serving);
    const std::string roofline = "roofline:";
    if (serving.compare(0, roofline.size(), roofline) != 0)
    {
        auto model = CreateObject<CoefficientStepTimeModel>();
        model->SetServing(ReadLlmServing(LlmMecDataFolder::Find("serving", serving)));
        return model;
    }
    const std::size_t colon = serving.find(':', roofline.size());
    if (colon == std::string::npos)
    {
        throw std::runtime_error("serving " + serving +
                                 ": expected roofline:DEVICE:MODEL, such as "
                                 "roofline:rtx4090:llama-3.1-8b");
    }
    const std::string device = serving.substr(roofline.size(), colon - roofline.size());
    const std::string shape = serving.substr(colon + 1);
    auto model = CreateObject<RooflineStepTimeModel>();
    model->SetDevice(ReadLlmDevice(LlmMecDataFolder::Find("devices", device)));
    model->SetShape(ReadLlmModelShape(LlmMecDataFolder::Find("models", shape)));
    return model;
}

} // namespace llmmec
} // namespace ns3
