/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-attribute-use.h"

#include "llm-mec-attribute-default.h"

#include "ns3/log.h"

#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecAttributeUse");

namespace
{

/// @param typed name of an attribute that was typed, perhaps with an older name of its type
/// @return it with the name of now; empty where it is none
std::string
GetOwnName(const std::string& typed)
{
    const auto attribute = LlmMecAttributeDefault::Find(typed);
    if (!attribute)
    {
        return "";
    }
    const TypeId tid = TypeId::LookupByName(typed.substr(0, typed.rfind("::")));
    return tid.GetName() + "::" + attribute->name;
}

/// @param typed name of an attribute @param why it has no effect @throws std::invalid_argument
void
RefuseTyped(const std::string& typed, const std::string& why)
{
    throw std::invalid_argument("--" + typed + ": expected none, " + why);
}

} // namespace

void
LlmMecAttributeUse::Note(Ptr<const Object> object)
{
    for (TypeId tid = object->GetInstanceTypeId(); m_types.insert(tid).second && tid.HasParent();)
    {
        for (std::size_t i = 0; i < tid.GetAttributeN(); ++i)
        {
            const TypeId::AttributeInformation attribute = tid.GetAttribute(i);
            const std::string name = tid.GetName() + "::" + attribute.name;
            const auto set = LlmMecAttributeDefault::GetSet(name);
            const bool isPointer = attribute.checker->GetValueTypeName() == "ns3::PointerValue";
            if (!set || isPointer || !attribute.accessor->HasGetter())
            {
                continue;
            }
            const Ptr<AttributeValue> value = attribute.checker->Create();
            object->GetAttribute(attribute.name, *value);
            if (value->SerializeToString(attribute.checker) !=
                set->SerializeToString(attribute.checker))
            {
                m_replaced.insert(name);
            }
        }
        tid = tid.GetParent();
    }
}

void
LlmMecAttributeUse::NoteReplaced(const std::string& name)
{
    m_replaced.insert(name);
}

void
LlmMecAttributeUse::Add(const LlmMecAttributeUse& other)
{
    m_types.insert(other.m_types.begin(), other.m_types.end());
    m_replaced.insert(other.m_replaced.begin(), other.m_replaced.end());
}

void
LlmMecAttributeUse::RefuseUnused(const std::set<std::string>& names,
                                 const std::map<std::string, std::string>& instead) const
{
    RefuseInstead(names, instead);
    for (const std::string& typed : names)
    {
        const std::string name = GetOwnName(typed);
        if (name.empty())
        {
            continue;
        }
        if (m_replaced.count(name) > 0)
        {
            RefuseTyped(typed, "since the cell gives it another value");
        }
        if (m_types.count(TypeId::LookupByName(name.substr(0, name.rfind("::")))) == 0)
        {
            RefuseTyped(typed, "since no object of these cells has it");
        }
    }
}

void
LlmMecAttributeUse::RefuseInstead(const std::set<std::string>& names,
                                  const std::map<std::string, std::string>& instead)
{
    for (const std::string& typed : names)
    {
        const auto own = instead.find(GetOwnName(typed));
        if (own != instead.end())
        {
            RefuseTyped(typed, "use " + own->second + " instead");
        }
    }
}

} // namespace llmmec
} // namespace ns3
