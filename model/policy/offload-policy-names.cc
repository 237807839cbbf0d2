/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "offload-policy-names.h"

#include "ns3/log.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("PolicyNames");

PolicyNames::PolicyNames(TypeId kind, const std::string& suffix)
    : m_kind(kind),
      m_suffix(suffix)
{
}

std::vector<TypeId>
PolicyNames::GetTypeIds() const
{
    std::vector<TypeId> found;
    for (uint16_t i = 0; i < TypeId::GetRegisteredN(); ++i)
    {
        const TypeId tid = TypeId::GetRegistered(i);
        if (tid.IsChildOf(m_kind) && tid.HasConstructor())
        {
            found.push_back(tid);
        }
    }
    return found;
}

std::vector<std::string>
PolicyNames::GetAll() const
{
    std::vector<std::string> names;
    for (const TypeId& tid : GetTypeIds())
    {
        names.push_back(GetShortName(tid));
    }
    std::sort(names.begin(), names.end());
    return names;
}

TypeId
PolicyNames::Find(const std::string& name) const
{
    NS_LOG_FUNCTION(this << name);
    for (const TypeId& tid : GetTypeIds())
    {
        if (tid.GetName() == name || GetShortName(tid) == name)
        {
            return tid;
        }
    }
    std::string known;
    for (const std::string& other : GetAll())
    {
        known += (known.empty() ? "" : ", ") + other;
    }
    throw std::invalid_argument("unknown policy \"" + name + "\", expected one of: " + known);
}

std::string
PolicyNames::GetShortName(TypeId tid) const
{
    std::string name = tid.GetName();
    name.erase(0, name.rfind(':') + 1);
    if (name.size() > m_suffix.size() &&
        name.compare(name.size() - m_suffix.size(), m_suffix.size(), m_suffix) == 0)
    {
        name.resize(name.size() - m_suffix.size());
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

} // namespace llmmec
} // namespace ns3
