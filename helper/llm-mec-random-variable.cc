/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-random-variable.h"

#include "llm-mec-attribute-default.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/object-factory.h"
#include "ns3/string.h"

#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecRandomVariable");

Ptr<RandomVariableStream>
MakeRandomVariable(const std::string& name, const std::string& text)
{
    const auto refuse = [&](const std::string& expected) {
        throw std::invalid_argument("--" + name + "=" + text + ": expected " + expected);
    };
    ObjectFactory factory;
    double constant = 0;
    if (LlmMecAttributeDefault::ReadNumber(text, constant))
    {
        factory.SetTypeId("ns3::ConstantRandomVariable");
        factory.Set("Constant", DoubleValue(constant));
        return factory.Create<RandomVariableStream>();
    }

    const std::string typeName = text.substr(0, text.find('['));
    TypeId tid;
    if (!TypeId::LookupByNameFailSafe(typeName, &tid) ||
        !tid.IsChildOf(RandomVariableStream::GetTypeId()) || !tid.HasConstructor() ||
        tid == DeterministicRandomVariable::GetTypeId() ||
        tid.IsChildOf(EmpiricalRandomVariable::GetTypeId()) ||
        tid == EmpiricalRandomVariable::GetTypeId()) // these two need values that no attribute has
    {
        refuse("a number or a random variable such as ns3::UniformRandomVariable[Min=1e6|Max=2e6]");
    }
    factory.SetTypeId(tid);
    auto variable = factory.Create<RandomVariableStream>();
    if (typeName.size() == text.size())
    {
        return variable;
    }
    if (text.back() != ']')
    {
        refuse("a closing ]");
    }
    std::istringstream attributes(
        text.substr(typeName.size() + 1, text.size() - typeName.size() - 2));
    std::string attribute;
    while (std::getline(attributes, attribute, '|'))
    {
        const auto equals = attribute.find('=');
        TypeId::AttributeInformation known;
        if (equals == std::string::npos ||
            !tid.LookupAttributeByName(attribute.substr(0, equals), &known) ||
            !LlmMecAttributeDefault::Read(known.checker, attribute.substr(equals + 1)) ||
            !variable->SetAttributeFailSafe(attribute.substr(0, equals),
                                            StringValue(attribute.substr(equals + 1))))
        {
            refuse("attributes of " + typeName + ", but \"" + attribute + "\" is none");
        }
    }
    return variable;
}

std::string
FormatRandomVariable(const std::string& name, const std::string& text)
{
    MakeRandomVariable(name, text); // refuses what is none
    double constant = 0;
    return LlmMecAttributeDefault::ReadNumber(text, constant)
               ? "ns3::ConstantRandomVariable[Constant=" + text + "]"
               : text;
}

} // namespace llmmec
} // namespace ns3
