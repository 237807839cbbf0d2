/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-device-token-engine.h"

#include "ns3/log.h"
#include "ns3/offload-clock.h"
#include "ns3/pointer.h"
#include "ns3/string.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("DeviceTokenEngine");

NS_OBJECT_ENSURE_REGISTERED(DeviceTokenEngine);

TypeId
DeviceTokenEngine::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::DeviceTokenEngine")
                            .SetParent<TokenEngine>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<DeviceTokenEngine>()
                            .AddAttribute("StepTimeModel",
                                          "How long a step takes.",
                                          StringValue("ns3::llmmec::RooflineStepTimeModel"),
                                          MakePointerAccessor(&DeviceTokenEngine::m_stepTime),
                                          MakePointerChecker<StepTimeModel>());
    return tid;
}

void
DeviceTokenEngine::Submit(const TokenJob& job)
{
    NS_LOG_FUNCTION(this << job.id << job.promptTokens << job.outputTokens);
    const LlmServing& serving = m_stepTime->GetServing();
    const double tokens = static_cast<double>(job.promptTokens) + job.outputTokens;
    const auto weightBytes = static_cast<double>(serving.weightBytes);
    const double bytes = weightBytes + tokens * serving.kvBytesPerToken;
    const auto memoryBytes = static_cast<double>(serving.memoryBytes);
    std::ostringstream message;
    message << "DeviceTokenEngine: request " << job.id << " of " << tokens << " tokens takes "
            << bytes << " bytes, " << weightBytes << " of them weights, expected at most the "
            << memoryBytes << " of memory that " << serving.device << " has";
    if (weightBytes > memoryBytes)
    {
        throw std::runtime_error(message.str());
    }
    if (bytes > memoryBytes)
    {
        throw std::invalid_argument(message.str());
    }
    m_jobs.push_back(job);
    if (m_jobs.size() == 1)
    {
        Begin();
    }
}

void
DeviceTokenEngine::Begin()
{
    const TokenJob& job = m_jobs.front();
    double cached = 0;
    if (m_latest && job.prefixOf == m_latest->id)
    {
        // The last token of a prompt is always computed: its logits are the first token.
        cached = std::min({job.prefixTokens, m_latestTokens, job.promptTokens - 1});
    }
    m_latest = job;
    m_latestTokens = 0;
    m_made = 0;
    Compute({job.promptTokens - cached, cached, 1});
}

void
DeviceTokenEngine::Compute(const LlmStepQuery& query)
{
    m_step = Simulator::Schedule(DelayOf(m_stepTime->GetStepTimeS({query})),
                                 &DeviceTokenEngine::EndStep,
                                 this);
}

void
DeviceTokenEngine::EndStep()
{
    const TokenJob job = m_jobs.front();
    const uint32_t number = m_made++;
    m_latestTokens = job.promptTokens + number;
    // All is set before the callback, which may cancel this request or submit another.
    if (m_made < job.outputTokens)
    {
        Compute({1, static_cast<double>(m_latestTokens), 1});
    }
    else
    {
        m_jobs.pop_front();
        if (!m_jobs.empty())
        {
            Begin();
        }
    }
    m_token(job.id, number);
}

bool
DeviceTokenEngine::Cancel(uint64_t id)
{
    NS_LOG_FUNCTION(this << id);
    const auto found = std::find_if(m_jobs.begin(), m_jobs.end(), [id](const TokenJob& job) {
        return job.id == id;
    });
    if (found == m_jobs.end())
    {
        return false;
    }
    const bool isRunning = found == m_jobs.begin();
    m_jobs.erase(found);
    if (isRunning)
    {
        // The step under way is given up with its request.
        m_step.Cancel();
        if (!m_jobs.empty())
        {
            Begin();
        }
    }
    return true;
}

void
DeviceTokenEngine::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_step.Cancel();
    m_jobs.clear();
    m_stepTime = nullptr;
    TokenEngine::DoDispose();
}

} // namespace llmmec
} // namespace ns3
