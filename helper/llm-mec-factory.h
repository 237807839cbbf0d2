/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_FACTORY_H
#define LLM_MEC_FACTORY_H

#include "ns3/attribute.h"
#include "ns3/object-factory.h"
#include "ns3/string.h"

#include <map>
#include <set>
#include <string>
#include <utility>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Makes one part of a cell: an ns-3 ObjectFactory that knows what kind of object is wanted
 * and which of its attributes a study has set.
 */
class LlmMecFactory
{
  public:
    /**
     * @param kind what all types have to be a subclass of
     * @param type name of the TypeId that is made unless another is set
     */
    LlmMecFactory(TypeId kind, const std::string& type);

    /**
     * Choose type and attributes. What was set before for the same type stays; another type begins
     * with its own defaults.
     * @param type name of a TypeId
     * @param attributes names and values in turn, such as "MaxPowerDbm", DoubleValue(20)
     * @throw std::invalid_argument in one line naming the type or the attribute that is unknown
     */
    template <typename... Attributes>
    void Set(const std::string& type, Attributes&&... attributes)
    {
        SetType(type);
        SetAttributes(std::forward<Attributes>(attributes)...);
    }

    /// @return the type that is made
    TypeId GetTypeId() const;

    /**
     * Give an attribute another default than its TypeId does.
     * @param name its name; nothing happens where a study has set it, or its default
     * @param value its value
     */
    void SetDefault(const std::string& name, const AttributeValue& value);

    /// @return a new object, with objects of its own in attributes that were set to a text
    /// @tparam T its class
    template <typename T>
    Ptr<T> Create() const
    {
        Ptr<T> created = m_factory.Create<T>();
        for (const auto& [name, text] : m_texts)
        {
            created->SetAttribute(name, StringValue(text));
        }
        return created;
    }

    /// @param name of an attribute @return whether it was set, not only its default
    bool HasSet(const std::string& name) const;

  private:
    /// Choose a type. @param type its name
    void SetType(const std::string& type);
    /// Set an attribute. @param name its name @param value its value
    void SetAttribute(const std::string& name, const AttributeValue& value);

    /// No attribute is left.
    void SetAttributes()
    {
    }

    /// @param name of the first @param value of the first @param others names and values in turn
    template <typename... Attributes>
    void SetAttributes(const std::string& name, const AttributeValue& value, Attributes&&... others)
    {
        SetAttribute(name, value);
        SetAttributes(std::forward<Attributes>(others)...);
    }

    TypeId m_kind;               //!< what all types are a subclass of
    ObjectFactory m_factory;     //!< makes the objects
    std::set<std::string> m_set; //!< names of the attributes that were set
    /// Texts of objects by attribute: ns-3's factory would make one of each, for all that it makes.
    std::map<std::string, std::string> m_texts;
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_FACTORY_H
