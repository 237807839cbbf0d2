/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "offload-policy.h"

#include "offload-policy-names.h"

#include "ns3/log.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("OffloadPolicy");

NS_OBJECT_ENSURE_REGISTERED(OffloadPolicy);

TypeId
OffloadPolicy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::OffloadPolicy").SetParent<Object>().SetGroupName("LlmMec");
    return tid;
}

void
OffloadPolicy::Begin(const OffloadProblem& problem)
{
    NS_LOG_FUNCTION(this << problem.GetN());
    m_problem = problem;
}

bool
OffloadPolicy::NeedsEquations() const
{
    return false;
}

void
OffloadPolicy::Learn(const SlotObservation&, const SlotDecision&, const SlotOutcome&)
{
}

int64_t
OffloadPolicy::AssignStreams(int64_t)
{
    return 0;
}

std::vector<std::string>
OffloadPolicy::GetNames()
{
    return PolicyNames(GetTypeId(), "Policy").GetAll();
}

TypeId
OffloadPolicy::Find(const std::string& name)
{
    return PolicyNames(GetTypeId(), "Policy").Find(name);
}

std::string
OffloadPolicy::GetShortName(TypeId tid)
{
    return PolicyNames(GetTypeId(), "Policy").GetShortName(tid);
}

const OffloadProblem&
OffloadPolicy::GetProblem() const
{
    return m_problem;
}

} // namespace llmmec
} // namespace ns3
