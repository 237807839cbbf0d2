/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-policy.h"

#include "offload-policy-names.h"

#include "ns3/association-search.h"
#include "ns3/enum.h"
#include "ns3/log.h"
#include "ns3/offload-ns3-compat.h"

#include <functional>
#include <numeric>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("AssociationPolicy");

NS_OBJECT_ENSURE_REGISTERED(AssociationPolicy);
NS_OBJECT_ENSURE_REGISTERED(RandomAssociationPolicy);
NS_OBJECT_ENSURE_REGISTERED(NearestAssociationPolicy);
NS_OBJECT_ENSURE_REGISTERED(MaxSinrAssociationPolicy);
NS_OBJECT_ENSURE_REGISTERED(MaxComputeAssociationPolicy);
NS_OBJECT_ENSURE_REGISTERED(GreedyAssociationPolicy);

namespace
{

/// Each device takes the best server that it has a link to; of equal ones the first.
/// @param problem with links @param isBetter of (device, server, another that is chosen so far)
/// @return server of each device
std::vector<int>
ChooseBest(const AssociationProblem& problem,
           const std::function<bool(Eigen::Index, Eigen::Index, Eigen::Index)>& isBetter)
{
    std::vector<int> chosen;
    for (Eigen::Index i = 0; i < problem.GetM(); ++i)
    {
        int best = NO_SERVER;
        for (Eigen::Index j = 0; j < problem.GetE(); ++j)
        {
            if (problem.HasLink(i, j) && (best == NO_SERVER || isBetter(i, j, best)))
            {
                best = static_cast<int>(j);
            }
        }
        chosen.push_back(best);
    }
    return chosen;
}

} // namespace

TypeId
AssociationPolicy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::AssociationPolicy").SetParent<Object>().SetGroupName("LlmMec");
    return tid;
}

int64_t
AssociationPolicy::AssignStreams(int64_t /* stream */)
{
    return 0;
}

std::vector<std::string>
AssociationPolicy::GetNames()
{
    return PolicyNames(GetTypeId(), "AssociationPolicy").GetAll();
}

TypeId
AssociationPolicy::Find(const std::string& name)
{
    return PolicyNames(GetTypeId(), "AssociationPolicy").Find(name);
}

TypeId
RandomAssociationPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::RandomAssociationPolicy")
                            .SetParent<AssociationPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<RandomAssociationPolicy>();
    return tid;
}

RandomAssociationPolicy::RandomAssociationPolicy()
    : m_random(CreateObject<UniformRandomVariable>())
{
}

std::vector<int>
RandomAssociationPolicy::Associate(const AssociationProblem& problem)
{
    NS_LOG_FUNCTION(this);
    std::vector<int> chosen;
    for (Eigen::Index i = 0; i < problem.GetM(); ++i)
    {
        std::vector<int> linked;
        for (Eigen::Index j = 0; j < problem.GetE(); ++j)
        {
            if (problem.HasLink(i, j))
            {
                linked.push_back(static_cast<int>(j));
            }
        }
        const auto n = static_cast<uint32_t>(linked.size());
        chosen.push_back(n > 0 ? linked[m_random->GetInteger(0, n - 1)] : NO_SERVER);
    }
    return chosen;
}

int64_t
RandomAssociationPolicy::AssignStreams(int64_t stream)
{
    m_random->SetStream(stream);
    return 1;
}

TypeId
NearestAssociationPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::NearestAssociationPolicy")
                            .SetParent<AssociationPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<NearestAssociationPolicy>();
    return tid;
}

std::vector<int>
NearestAssociationPolicy::Associate(const AssociationProblem& problem)
{
    NS_LOG_FUNCTION(this);
    if (problem.distanceM.size() == 0)
    {
        throw std::invalid_argument("nearest association: the problem has no distanceM, expected "
                                    "one for each device and server");
    }
    return ChooseBest(problem, [&problem](Eigen::Index i, Eigen::Index j, Eigen::Index best) {
        return problem.distanceM(i, j) < problem.distanceM(i, best);
    });
}

TypeId
MaxSinrAssociationPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::MaxSinrAssociationPolicy")
                            .SetParent<AssociationPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<MaxSinrAssociationPolicy>();
    return tid;
}

std::vector<int>
MaxSinrAssociationPolicy::Associate(const AssociationProblem& problem)
{
    NS_LOG_FUNCTION(this);
    return AssociateByGain(problem);
}

TypeId
MaxComputeAssociationPolicy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::MaxComputeAssociationPolicy")
            .SetParent<AssociationPolicy>()
            .SetGroupName("LlmMec")
            .AddConstructor<MaxComputeAssociationPolicy>()
            .AddAttribute(
                "Reading",
                "Which server is the fastest: of all that are as fast as the fastest, the "
                "one of the highest signal to noise (class), or one for all (server).",
                EnumValue(CLASS),
                MakeEnumAttributeAccessor<Reading>(&MaxComputeAssociationPolicy::m_reading),
                MakeEnumChecker(CLASS, "class", SERVER, "server"));
    return tid;
}

std::vector<int>
MaxComputeAssociationPolicy::Associate(const AssociationProblem& problem)
{
    NS_LOG_FUNCTION(this);
    const Eigen::ArrayXd& rate = problem.servers.flopPerS;
    return ChooseBest(problem,
                      [this, &problem, &rate](Eigen::Index i, Eigen::Index j, Eigen::Index best) {
                          return rate[j] > rate[best] ||
                                 (m_reading == CLASS && rate[j] == rate[best] &&
                                  problem.GetSnr(i, j) > problem.GetSnr(i, best));
                      });
}

TypeId
GreedyAssociationPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::GreedyAssociationPolicy")
                            .SetParent<AssociationPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<GreedyAssociationPolicy>();
    return tid;
}

std::vector<int>
GreedyAssociationPolicy::Associate(const AssociationProblem& problem)
{
    NS_LOG_FUNCTION(this);
    std::vector<Eigen::Index> order(static_cast<std::size_t>(problem.GetM()));
    std::iota(order.begin(), order.end(), 0);
    return AssociateGreedily(problem, order);
}

} // namespace llmmec
} // namespace ns3
