/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "offload-policy.h"

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
    std::vector<std::string> names;
    for (uint16_t i = 0; i < TypeId::GetRegisteredN(); ++i)
    {
        const TypeId tid = TypeId::GetRegistered(i);
        if (tid.IsChildOf(OffloadPolicy::GetTypeId()) && tid.HasConstructor())
        {
            names.push_back(GetShortName(tid));
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

TypeId
OffloadPolicy::Find(const std::string& name)
{
    NS_LOG_FUNCTION(name);
    for (uint16_t i = 0; i < TypeId::GetRegisteredN(); ++i)
    {
        const TypeId tid = TypeId::GetRegistered(i);
        if (tid.IsChildOf(OffloadPolicy::GetTypeId()) && tid.HasConstructor() &&
            (tid.GetName() == name || GetShortName(tid) == name))
        {
            return tid;
        }
    }
    std::string known;
    for (const std::string& other : GetNames())
    {
        known += (known.empty() ? "" : ", ") + other;
    }
    throw std::invalid_argument("unknown policy \"" + name + "\", expected one of: " + known);
}

std::string
OffloadPolicy::GetShortName(TypeId tid)
{
    std::string name = tid.GetName();
    name.erase(0, name.rfind(':') + 1);
    const std::string suffix = "Policy";
    if (name.size() > suffix.size() &&
        name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0)
    {
        name.resize(name.size() - suffix.size());
    }
    std::string shortName;
    for (const char c : name)
    {
        if (std::isupper(static_cast<unsigned char>(c)) && !shortName.empty())
        {
            shortName += '-';
        }
        shortName += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return shortName;
}

const OffloadProblem&
OffloadPolicy::GetProblem() const
{
    return m_problem;
}

} // namespace llmmec
} // namespace ns3
