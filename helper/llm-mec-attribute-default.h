/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_ATTRIBUTE_DEFAULT_H
#define LLM_MEC_ATTRIBUTE_DEFAULT_H

#include "ns3/attribute.h"
#include "ns3/object-factory.h"
#include "ns3/type-id.h"

#include <optional>
#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief The default of an attribute, and whether somebody has set it: --ns3::Type::Name on the
 * command line, Config::SetDefault, or NS_ATTRIBUTE_DEFAULT in the environment.
 *
 * ns-3 ends the program at some texts that it cannot read, so that Read looks at them before.
 *
 * Helpers that give an attribute another default than its TypeId ask first, so that a value which
 * somebody has set is never replaced in silence.
 */
class LlmMecAttributeDefault
{
  public:
    /**
     * @param name type and attribute, such as ns3::llmmec::MluApplication::MaxPowerDbm
     * @return the attribute, or nothing where the type itself has none of that name
     */
    static std::optional<TypeId::AttributeInformation> Find(const std::string& name);

    /// @param text all of it must be a finite number, in the C locale @param number set to it
    /// @return whether it is one
    static bool ReadNumber(const std::string& text, double& number);

    /**
     * @param checker of an attribute or a global value
     * @param text its value as typed; of a pointer Type or Type[Name=value|Name=value]
     * @return the value, or null where it is none
     */
    static Ptr<AttributeValue> Read(const Ptr<const AttributeChecker>& checker,
                                    const std::string& text);

    /// @param name type and attribute @return the value that new objects get, or null where
    /// no default was set @throw std::invalid_argument in one line where the environment has
    /// a value that is none
    static Ptr<const AttributeValue> GetSet(const std::string& name);

    /**
     * Set an attribute of a factory, unless somebody has set its default.
     * @param factory what is to have the value
     * @param name of an attribute of the factory's own type
     * @param value what it is to be
     */
    static void SetUnlessSet(ObjectFactory& factory,
                             const std::string& name,
                             const AttributeValue& value);

    /// Take a value out of NS_ATTRIBUTE_DEFAULT, which would replace one that is typed later.
    /// @param name type and attribute
    static void RemoveFromEnvironment(const std::string& name);
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_ATTRIBUTE_DEFAULT_H
