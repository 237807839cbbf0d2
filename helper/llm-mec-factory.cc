/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-factory.h"

#include "llm-mec-attribute-default.h"
#include "mec-network-library.h"

#include "ns3/log.h"

#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecFactory");

LlmMecFactory::LlmMecFactory(TypeId kind, const std::string& type)
    : m_kind(kind)
{
    SetType(type);
}

void
LlmMecFactory::SetType(const std::string& type)
{
    NS_LOG_FUNCTION(this << type);
    MecNetworkLibrary::Load(type);
    TypeId tid;
    const bool isKnown = TypeId::LookupByNameFailSafe(type, &tid);
    if (!isKnown || !(tid == m_kind || tid.IsChildOf(m_kind)) || !tid.HasConstructor())
    {
        throw std::invalid_argument("type '" + type + "', expected the name of a subclass of " +
                                    m_kind.GetName() + " that has a constructor");
    }
    if (!m_factory.IsTypeIdSet() || m_factory.GetTypeId() != tid)
    {
        m_factory = ObjectFactory();
        m_factory.SetTypeId(tid);
        m_set.clear();
        m_texts.clear();
    }
}

void
LlmMecFactory::SetAttribute(const std::string& name, const AttributeValue& value)
{
    const TypeId tid = m_factory.GetTypeId();
    TypeId::AttributeInformation attribute;
    if (!tid.LookupAttributeByName(name, &attribute))
    {
        throw std::invalid_argument("attribute '" + name + "' of " + tid.GetName() +
                                    ", expected one that it has");
    }
    m_set.insert(name);
    const auto* text = dynamic_cast<const StringValue*>(&value);
    if (text && attribute.checker->GetValueTypeName() == "ns3::PointerValue")
    {
        m_texts[name] = text->Get();
        return;
    }
    m_texts.erase(name);
    m_factory.Set(name, value);
}

TypeId
LlmMecFactory::GetTypeId() const
{
    return m_factory.GetTypeId();
}

void
LlmMecFactory::SetDefault(const std::string& name, const AttributeValue& value)
{
    if (!HasSet(name))
    {
        LlmMecAttributeDefault::SetUnlessSet(m_factory, name, value);
    }
}

bool
LlmMecFactory::HasSet(const std::string& name) const
{
    return m_set.count(name) > 0;
}

} // namespace llmmec
} // namespace ns3
