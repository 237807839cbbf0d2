/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-attribute-default.h"

#include "mec-network-library.h"

#include "ns3/log.h"
#include "ns3/string.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <set>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecAttributeDefault");

namespace
{

/// Where ns-3 looks for defaults, as Type::Name=value;Type::Name=value.
constexpr const char* VARIABLE = "NS_ATTRIBUTE_DEFAULT";

/// @return names and values of the environment
std::vector<std::pair<std::string, std::string>>
ReadEnvironment()
{
    std::vector<std::pair<std::string, std::string>> entries;
    const char* variable = std::getenv(VARIABLE);
    std::istringstream text(variable ? variable : "");
    for (std::string entry; std::getline(text, entry, ';');)
    {
        const auto equals = entry.find('=');
        if (equals != std::string::npos)
        {
            entries.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
        }
    }
    return entries;
}

/// @param text a number, with a unit or as seconds @return whether ns-3 can read it as a time
bool
IsTime(const std::string& text)
{
    const std::set<std::string> units{"", "s", "ms", "us", "ns", "ps", "fs", "min", "h", "d", "y"};
    const std::size_t signs = text.find_first_not_of('+') == 1 ? 1 : 0;
    const auto unit = text.find_first_of("smunpfhdy");
    double number = 0;
    return LlmMecAttributeDefault::ReadNumber(
               text.substr(signs, unit == std::string::npos ? unit : unit - signs),
               number) &&
           units.count(unit == std::string::npos ? "" : text.substr(unit)) > 0;
}

/// @param text Type or Type[Name=value|Name=value] @return whether ns-3 can make such an object
bool
IsObject(const std::string& text)
{
    const std::string name = text.substr(0, text.find('['));
    TypeId tid;
    if (!TypeId::LookupByNameFailSafe(name, &tid) || !tid.HasConstructor())
    {
        return false;
    }
    if (name.size() == text.size())
    {
        return true;
    }
    if (text.back() != ']')
    {
        return false;
    }
    std::istringstream values(text.substr(name.size() + 1, text.size() - name.size() - 2));
    for (std::string value; std::getline(values, value, '|');)
    {
        const auto equals = value.find('=');
        TypeId::AttributeInformation attribute;
        if (equals == std::string::npos ||
            !tid.LookupAttributeByName(value.substr(0, equals), &attribute) ||
            !LlmMecAttributeDefault::Read(attribute.checker, value.substr(equals + 1)))
        {
            return false;
        }
    }
    return true;
}

/// @param type name of a class of values @param checker of such a value @param text as typed
/// @return whether ns-3 can read it without ending the program
bool
IsReadable(const std::string& type,
           const Ptr<const AttributeChecker>& checker,
           const std::string& text)
{
    double number = 0;
    if (type == "DoubleValue")
    {
        return LlmMecAttributeDefault::ReadNumber(text, number);
    }
    if (type == "IntegerValue" || type == "UintegerValue")
    {
        return LlmMecAttributeDefault::ReadNumber(text, number) &&
               text.find_first_of(".eE") == std::string::npos &&
               (type == "IntegerValue" || number >= 0);
    }
    if (type == "TimeValue")
    {
        return IsTime(text);
    }
    if (type == "EnumValue")
    {
        const std::string choices = "|" + checker->GetUnderlyingTypeInformation() + "|";
        return text.find('|') == std::string::npos &&
               choices.find("|" + text + "|") != std::string::npos;
    }
    if (type == "TypeIdValue")
    {
        TypeId tid;
        return TypeId::LookupByNameFailSafe(text, &tid);
    }
    return type != "PointerValue" || IsObject(text);
}

} // namespace

bool
LlmMecAttributeDefault::ReadNumber(const std::string& text, double& number)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && std::isfinite(number);
}

Ptr<AttributeValue>
LlmMecAttributeDefault::Read(const Ptr<const AttributeChecker>& checker, const std::string& text)
{
    const std::string type = checker->GetValueTypeName();
    const bool isReadable = IsReadable(type.substr(type.rfind(':') + 1), checker, text);
    return isReadable ? checker->CreateValidValue(StringValue(text)) : nullptr;
}

std::optional<TypeId::AttributeInformation>
LlmMecAttributeDefault::Find(const std::string& name)
{
    const auto colons = name.rfind("::");
    if (colons == std::string::npos)
    {
        return std::nullopt;
    }
    const std::string type = name.substr(0, colons);
    TypeId tid;
    if (!TypeId::LookupByNameFailSafe(type, &tid))
    {
        MecNetworkLibrary::LoadAll(); // it may be of wifi, LTE or CSMA
        if (!TypeId::LookupByNameFailSafe(type, &tid))
        {
            return std::nullopt;
        }
    }
    // ns-3 sets no default of an attribute that the type inherits.
    for (std::size_t i = 0; i < tid.GetAttributeN(); ++i)
    {
        const TypeId::AttributeInformation attribute = tid.GetAttribute(i);
        if (attribute.name == name.substr(colons + 2))
        {
            return attribute;
        }
    }
    return std::nullopt;
}

Ptr<const AttributeValue>
LlmMecAttributeDefault::GetSet(const std::string& name)
{
    const auto attribute = Find(name);
    if (!attribute)
    {
        return nullptr;
    }
    // As ns-3 does: the environment counts more than a default.
    for (const auto& [entry, value] : ReadEnvironment())
    {
        if (entry == name)
        {
            const Ptr<AttributeValue> valid = Read(attribute->checker, value);
            if (!valid)
            {
                throw std::invalid_argument(std::string(VARIABLE) + ": " + name + "=" + value +
                                            ": expected " +
                                            attribute->checker->GetUnderlyingTypeInformation());
            }
            return valid;
        }
    }
    // A default that is set is another object, also when it has the same value.
    return attribute->initialValue == attribute->originalInitialValue ? nullptr
                                                                      : attribute->initialValue;
}

void
LlmMecAttributeDefault::SetUnlessSet(ObjectFactory& factory,
                                     const std::string& name,
                                     const AttributeValue& value)
{
    const std::string full = factory.GetTypeId().GetName() + "::" + name;
    if (GetSet(full))
    {
        NS_LOG_LOGIC(full << " keeps the default that was set");
        return;
    }
    factory.Set(name, value);
}

void
LlmMecAttributeDefault::RemoveFromEnvironment(const std::string& name)
{
    std::string kept;
    bool isThere = false;
    for (const auto& [entry, value] : ReadEnvironment())
    {
        isThere = isThere || entry == name;
        if (entry != name)
        {
            kept += (kept.empty() ? "" : ";") + entry + "=" + value;
        }
    }
    if (isThere)
    {
        setenv(VARIABLE, kept.c_str(), 1);
    }
}

} // namespace llmmec
} // namespace ns3
