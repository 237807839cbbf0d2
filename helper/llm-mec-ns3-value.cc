/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-ns3-value.h"

#include "llm-mec-attribute-default.h"
#include "mec-network-library.h"

#include "ns3/global-value.h"
#include "ns3/log.h"
#include "ns3/string.h"

#include <cstdint>
#include <map>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecNs3Value");

namespace
{

/// Largest seed of ns-3's generator MRG32k3a, below its smaller modulus, 2^32 - 22853.
constexpr uint32_t LARGEST_SEED = 4294944442;

/// @param name of a global value @return what checks it, or null when there is none of that name
Ptr<const AttributeChecker>
FindGlobalChecker(const std::string& name)
{
    for (auto global = GlobalValue::Begin(); global != GlobalValue::End(); ++global)
    {
        if ((*global)->GetName() == name)
        {
            return (*global)->GetChecker();
        }
    }
    return nullptr;
}

/// @param name global value @param value as typed @return what else ns-3 asks of it and does not
/// say, or nothing
std::string
FindGlobalFault(const std::string& name, const std::string& value)
{
    double number = 0;
    if (name == "RngSeed" && LlmMecAttributeDefault::ReadNumber(value, number) &&
        (number < 1 || number > LARGEST_SEED))
    {
        return "a whole number in [1, " + std::to_string(LARGEST_SEED) + "]";
    }
    const std::map<std::string, std::string> parents{
        {"SimulatorImplementationType", "ns3::SimulatorImpl"},
        {"SchedulerType", "ns3::Scheduler"}};
    const auto parent = parents.find(name);
    TypeId tid;
    if (parent != parents.end() &&
        (!TypeId::LookupByNameFailSafe(value, &tid) || !tid.HasConstructor() ||
         !tid.IsChildOf(TypeId::LookupByName(parent->second))))
    {
        return "a type that is a " + parent->second;
    }
    return "";
}

/// @param checker of a value @return what it expects, in words
std::string
Describe(const Ptr<const AttributeChecker>& checker)
{
    const std::string type = checker->GetValueTypeName();
    const std::string range = checker->GetUnderlyingTypeInformation();
    const std::string what = type == "ns3::DoubleValue"     ? "a number"
                             : type == "ns3::IntegerValue"  ? "a whole number"
                             : type == "ns3::UintegerValue" ? "a whole number"
                             : type == "ns3::TimeValue"     ? "a time such as 0.5s"
                             : type == "ns3::PointerValue"  ? "a type with its attributes"
                             : type == "ns3::TypeIdValue"   ? "a type"
                                                            : "";
    return what.empty() ? range : what + " (" + range + ")";
}

} // namespace

void
LlmMecNs3Value::Check(const std::string& name, const std::string& value)
{
    const auto refuse = [&](const std::string& expected) {
        throw std::invalid_argument("--" + name + "=" + value + ": expected " + expected);
    };
    Ptr<const AttributeChecker> checker = FindGlobalChecker(name);
    if (const auto attribute = LlmMecAttributeDefault::Find(name))
    {
        checker = attribute->checker;
    }
    if (!checker)
    {
        throw std::invalid_argument("--" + name + ": no value of that name, --help lists them");
    }
    const std::string fault = FindGlobalFault(name, value);
    if (!fault.empty())
    {
        refuse(fault);
    }
    if (!LlmMecAttributeDefault::Read(checker, value))
    {
        refuse(Describe(checker));
    }
}

void
LlmMecNs3Value::CheckGlobals()
{
    for (auto global = GlobalValue::Begin(); global != GlobalValue::End(); ++global)
    {
        StringValue value;
        (*global)->GetValue(value);
        const std::string fault = FindGlobalFault((*global)->GetName(), value.Get());
        if (!fault.empty())
        {
            throw std::invalid_argument("NS_GLOBAL_VALUE: " + (*global)->GetName() + "=" +
                                        value.Get() + ": expected " + fault);
        }
    }
}

void
LlmMecNs3Value::CheckHelp(const std::string& option, const std::string& value)
{
    TypeId tid;
    if (option == "PrintAttributes")
    {
        MecNetworkLibrary::LoadAll(); // it may be of wifi, LTE or CSMA
    }
    if (option == "PrintAttributes" && !TypeId::LookupByNameFailSafe(value, &tid))
    {
        throw std::invalid_argument("--PrintAttributes=" + value +
                                    ": expected a type such as ns3::llmmec::MluApplication, "
                                    "--PrintTypeIds lists them");
    }
}

} // namespace llmmec
} // namespace ns3
