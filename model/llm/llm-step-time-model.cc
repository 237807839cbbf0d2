/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-step-time-model.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <cmath>
#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("StepTimeModel");

NS_OBJECT_ENSURE_REGISTERED(StepTimeModel);
NS_OBJECT_ENSURE_REGISTERED(CoefficientStepTimeModel);

TypeId
StepTimeModel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::StepTimeModel")
            .SetParent<Object>()
            .SetGroupName("LlmMec")
            .AddAttribute("StepOverhead",
                          "What each step takes besides the device's computing. The default was "
                          "chosen among 0, 0.5, 1 and 1.5 ms on three request traces of vLLM, one "
                          "value for all; it is the only number that was.",
                          TimeValue(MilliSeconds(1)),
                          MakeTimeAccessor(&StepTimeModel::m_overhead),
                          MakeTimeChecker(NanoSeconds(0), Seconds(1000)));
    return tid;
}

double
StepTimeModel::GetStepTimeS(const std::vector<LlmStepQuery>& queries) const
{
    const double timeS = m_overhead.GetSeconds() + DoGetStepTimeS(queries);
    if (!(std::isfinite(timeS) && timeS >= 0))
    {
        std::ostringstream message;
        message << GetInstanceTypeId().GetName() << ": a step of " << queries.size()
                << " sequences takes " << timeS << " s, expected a finite time >= 0";
        throw std::runtime_error(message.str());
    }
    return timeS;
}

double
StepTimeModel::DoGetStepTimeS(const std::vector<LlmStepQuery>& queries) const
{
    return GetServing().law.GetTimeS(queries);
}

TypeId
CoefficientStepTimeModel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::CoefficientStepTimeModel")
            .SetParent<StepTimeModel>()
            .SetGroupName("LlmMec")
            .AddConstructor<CoefficientStepTimeModel>()
            .AddAttribute("File",
                          "Path of a file with `serving`, such as those in data/serving.",
                          StringValue(""),
                          MakeStringAccessor(&CoefficientStepTimeModel::SetFile,
                                             &CoefficientStepTimeModel::GetFile),
                          MakeStringChecker());
    return tid;
}

void
CoefficientStepTimeModel::SetServing(const LlmServing& serving)
{
    NS_LOG_FUNCTION(this << serving.device);
    m_serving = serving;
    m_hasServing = true;
    m_file.clear(); // it is not what was read
}

const LlmServing&
CoefficientStepTimeModel::GetServing() const
{
    if (!m_hasServing)
    {
        throw std::runtime_error("CoefficientStepTimeModel: no File, expected one with `serving`, "
                                 "or SetServing before the first step");
    }
    return m_serving;
}

void
CoefficientStepTimeModel::SetFile(std::string path)
{
    if (!path.empty())
    {
        SetServing(ReadLlmServing(path));
    }
    m_file = path;
}

std::string
CoefficientStepTimeModel::GetFile() const
{
    return m_file;
}

} // namespace llmmec
} // namespace ns3
