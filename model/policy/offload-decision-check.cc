/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "offload-decision-check.h"

#include "offload-policy.h"

#include "ns3/log.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("OffloadDecisionCheck");

namespace
{

/// What a decision may be beyond its range by the rounding of doubles, relative.
constexpr double ROUNDING = 1e-9;

/// @param number a number @return it as text; std::to_string has no room for nanowatts
std::string
Format(double number)
{
    std::ostringstream text;
    text << number;
    return text.str();
}

} // namespace

OffloadDecisionCheck::OffloadDecisionCheck(TypeId policy, const OffloadProblem& problem)
    : m_policy(policy),
      m_problem(problem)
{
}

void
OffloadDecisionCheck::Check(SlotDecision& decision) const
{
    NS_LOG_FUNCTION(this);
    CheckSizes(decision);
    for (Eigen::Index k = 0; k < m_problem.GetN(); ++k)
    {
        CheckMlu(decision, k);
    }
    CheckShares("bandwidth", decision.bandwidthShare, decision);
    CheckShares("compute", decision.computeShare, decision);
}

void
OffloadDecisionCheck::Refuse(const std::string& what, const std::string& expected) const
{
    throw std::runtime_error(OffloadPolicy::GetShortName(m_policy) + " policy decided " + what +
                             ", expected " + expected);
}

void
OffloadDecisionCheck::CheckSizes(const SlotDecision& decision) const
{
    const Eigen::Index n = m_problem.GetN();
    if (decision.offloadRatio.size() != n || decision.powerW.size() != n)
    {
        Refuse("for " + std::to_string(decision.offloadRatio.size()) + " ratios and " +
                   std::to_string(decision.powerW.size()) + " powers",
               std::to_string(n) + " of each");
    }
    const auto check = [&](const char* name, Eigen::Index size) {
        if (size != 0 && size != n)
        {
            Refuse("for " + std::to_string(size) + " " + name, std::to_string(n) + " or none");
        }
    };
    check("servers", decision.server.size());
    check("bandwidth shares", decision.bandwidthShare.size());
    check("compute shares", decision.computeShare.size());
}

void
OffloadDecisionCheck::CheckMlu(SlotDecision& decision, Eigen::Index mlu) const
{
    double& ratio = decision.offloadRatio[mlu];
    double& powerW = decision.powerW[mlu];
    const double maxPowerW = m_problem.maxPowerW[mlu];
    if (!(ratio >= -ROUNDING && ratio <= 1 + ROUNDING))
    {
        Refuse("offloading ratio " + Format(ratio) + " for MLU " + std::to_string(mlu),
               "a share in [0, 1]");
    }
    if (!(powerW >= -ROUNDING * maxPowerW && powerW <= (1 + ROUNDING) * maxPowerW))
    {
        Refuse("power " + Format(powerW) + " W for MLU " + std::to_string(mlu),
               "a power in [0, " + Format(maxPowerW) + "] W");
    }
    ratio = std::clamp(ratio, 0.0, 1.0);
    powerW = std::clamp(powerW, 0.0, maxPowerW);
    const Eigen::Index server = decision.GetServer(mlu);
    if (server < 0 || server >= m_problem.servers)
    {
        Refuse("server " + std::to_string(server) + " for MLU " + std::to_string(mlu),
               "an index below " + std::to_string(m_problem.servers));
    }
}

void
OffloadDecisionCheck::CheckShares(const std::string& name,
                                  const Eigen::ArrayXd& share,
                                  const SlotDecision& decision) const
{
    Eigen::ArrayXd sum = Eigen::ArrayXd::Zero(m_problem.servers);
    for (Eigen::Index k = 0; k < share.size(); ++k)
    {
        const bool isInRange = share[k] >= 0 && share[k] <= 1 + ROUNDING;
        if (!isInRange || (share[k] == 0 && decision.offloadRatio[k] > 0))
        {
            Refuse(name + " share " + Format(share[k]) + " for MLU " + std::to_string(k),
                   "a share in (0, 1], or 0 for an MLU that offloads nothing");
        }
        sum[decision.GetServer(k)] += share[k];
    }
    for (Eigen::Index m = 0; m < sum.size(); ++m)
    {
        if (sum[m] > 1 + ROUNDING)
        {
            Refuse(name + " shares of server " + std::to_string(m) + " with a sum of " +
                       Format(sum[m]),
                   "at most 1");
        }
    }
}

} // namespace llmmec
} // namespace ns3
