/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mec-token-estimate.h"

#include "ns3/log.h"

#include <algorithm>
#include <vector>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("TokenEstimate");

TokenEstimate::TokenEstimate(const StepTimeModel& stepTime, uint32_t seats, uint32_t tokenBudget)
    : m_stepTime(stepTime),
      m_seats(seats),
      m_tokenBudget(tokenBudget)
{
}

double
TokenEstimate::GetDecodeS(std::size_t batch, double contextTokens) const
{
    const LlmStepQuery decode{1, contextTokens, 1};
    return m_stepTime.GetStepTimeS(std::vector<LlmStepQuery>(batch, decode));
}

double
TokenEstimate::GetPromptS(double tokens) const
{
    if (tokens <= 0)
    {
        return 0;
    }
    const double chunk = std::min<double>(tokens, m_tokenBudget);
    return tokens / chunk * m_stepTime.GetStepTimeS({LlmStepQuery{chunk, 0, 1}});
}

double
TokenEstimate::GetAnswersS(const TokenScheduler::Remainder& left) const
{
    const auto outputTokens = static_cast<double>(left.outputTokens);
    const std::size_t batch = std::min<uint64_t>(left.jobs, m_seats);
    // A job decodes half of its answer's rest further on, on average.
    const double context = (static_cast<double>(left.contextTokens) + outputTokens / 2) /
                           static_cast<double>(left.jobs);
    return outputTokens / static_cast<double>(batch) * GetDecodeS(batch, context);
}

double
TokenEstimate::GetBacklogS(const TokenScheduler::Remainder& left) const
{
    return left.jobs == 0 ? 0
                          : GetAnswersS(left) + GetPromptS(static_cast<double>(left.promptTokens));
}

double
TokenEstimate::GetLatencyS(const TokenScheduler::Remainder& left, const TokenJob& job) const
{
    const auto jobs = static_cast<double>(left.jobs) + 1;
    const std::size_t batch = std::min<uint64_t>(left.jobs + 1, m_seats);
    const double context =
        (static_cast<double>(left.contextTokens) + job.promptTokens + job.outputTokens / 2.0) /
        jobs;
    // Answers end one after the other, evenly. So many have to, until there is a seat.
    const double waitS =
        left.jobs < m_seats ? 0
                            : (jobs - m_seats) / static_cast<double>(left.jobs) * GetAnswersS(left);
    // Prompts that are here already are computed before it, whether it waits for a seat or not.
    return waitS + GetPromptS(static_cast<double>(left.promptTokens) + job.promptTokens) +
           (job.outputTokens - 1.0) * GetDecodeS(batch, context);
}

} // namespace llmmec
} // namespace ns3
