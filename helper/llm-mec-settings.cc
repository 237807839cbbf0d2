/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-settings.h"

#include "llm-mec-attribute-default.h"
#include "llm-mec-ns3-value.h"

#include "ns3/abort.h"
#include "ns3/command-line.h"
#include "ns3/log.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecSettings");

namespace
{

/// @param name type and attribute, which the program knows @return the attribute, its help without
/// a full stop
TypeId::AttributeInformation
FindAttribute(const std::string& name)
{
    auto found = LlmMecAttributeDefault::Find(name);
    NS_ABORT_MSG_UNLESS(found, name << " is no attribute");
    found->help.erase(found->help.find_last_not_of('.') + 1);
    return *found;
}

/// @param checker of a number, with its range as "type least:largest" @param min set to the least
/// @param max set to the largest
void
ReadRange(const Ptr<const AttributeChecker>& checker, double& min, double& max)
{
    const std::string range = checker->GetUnderlyingTypeInformation();
    const auto space = range.find(' ');
    const auto colon = range.find(':', space);
    const bool isRead =
        space != std::string::npos && colon != std::string::npos &&
        LlmMecAttributeDefault::ReadNumber(range.substr(space + 1, colon - space - 1), min) &&
        LlmMecAttributeDefault::ReadNumber(range.substr(colon + 1), max);
    NS_ABORT_MSG_UNLESS(isRead, range << " is no range of numbers");
}

} // namespace

void
LlmMecSettings::AddNumber(const std::string& name,
                          const std::string& help,
                          double& value,
                          double min,
                          double max)
{
    LlmMecSetting setting;
    setting.name = name;
    setting.help = help;
    setting.number = &value;
    setting.min = min;
    setting.max = max;
    m_settings.push_back(setting);
}

void
LlmMecSettings::AddCount(const std::string& name,
                         const std::string& help,
                         uint64_t& value,
                         uint64_t min,
                         uint64_t max)
{
    LlmMecSetting setting;
    setting.name = name;
    setting.help = help;
    setting.count = &value;
    setting.min = static_cast<double>(min);
    setting.max = static_cast<double>(max);
    m_settings.push_back(setting);
}

void
LlmMecSettings::AddFlag(const std::string& name, const std::string& help, bool& value)
{
    LlmMecSetting setting;
    setting.name = name;
    setting.help = help;
    setting.flag = &value;
    m_settings.push_back(setting);
}

void
LlmMecSettings::AddText(const std::string& name,
                        const std::string& help,
                        std::string& value,
                        std::vector<std::string> choices)
{
    LlmMecSetting setting;
    setting.name = name;
    setting.text = &value;
    setting.choices = std::move(choices);
    setting.help = setting.choices.empty() ? help : help + " (" + setting.ListChoices() + ")";
    m_settings.push_back(setting);
}

void
LlmMecSettings::AddAttribute(const std::string& name, const std::string& attribute, double& value)
{
    const TypeId::AttributeInformation found = FindAttribute(attribute);
    double min = 0;
    double max = 0;
    ReadRange(found.checker, min, max);
    AddNumber(name, found.help, value, min, max);
    const std::string type = found.checker->GetValueTypeName();
    m_settings.back().isWhole = type == "ns3::UintegerValue" || type == "ns3::IntegerValue";
    Bind(attribute);
    m_settings.back().Take(*found.originalInitialValue);
}

void
LlmMecSettings::AddAttribute(const std::string& name, const std::string& attribute, bool& value)
{
    const TypeId::AttributeInformation found = FindAttribute(attribute);
    AddFlag(name, found.help, value);
    Bind(attribute);
    m_settings.back().Take(*found.originalInitialValue);
}

void
LlmMecSettings::AddAttribute(const std::string& name,
                             const std::string& attribute,
                             std::string& value)
{
    const TypeId::AttributeInformation found = FindAttribute(attribute);
    std::vector<std::string> choices;
    std::istringstream words(found.checker->GetUnderlyingTypeInformation());
    for (std::string word; std::getline(words, word, '|');)
    {
        choices.push_back(word);
    }
    AddText(name, found.help, value, choices);
    Bind(attribute);
    m_settings.back().Take(*found.originalInitialValue);
}

void
LlmMecSettings::Bind(const std::string& attribute, double scale)
{
    FindAttribute(attribute);
    m_settings.back().attribute = attribute;
    m_settings.back().scale = scale;
}

void
LlmMecSettings::CheckArgument(const std::string& argument)
{
    const auto begin = argument.find_first_not_of('-');
    if (begin == 0 || begin == std::string::npos)
    {
        return; // no option, and refused by Parse
    }
    const auto equals = argument.find('=');
    const std::string name = argument.substr(begin, equals - begin);
    const std::string value = equals == std::string::npos ? "" : argument.substr(equals + 1);
    const auto own = std::find_if(m_settings.begin(),
                                  m_settings.end(),
                                  [&](const LlmMecSetting& one) { return one.name == name; });
    if (own != m_settings.end())
    {
        m_typed->insert(name);
        m_objects[own->attribute] = value;
        LlmMecAttributeDefault::RemoveFromEnvironment(own->attribute);
        return;
    }
    if (name == "help" || name == "h" || name.compare(0, 5, "Print") == 0)
    {
        LlmMecNs3Value::CheckHelp(name, value);
        return;
    }
    LlmMecNs3Value::Check(name, value);
    m_typed->insert(name);
    m_objects[name] = value;
    LlmMecAttributeDefault::RemoveFromEnvironment(name);
    m_ns3Values.erase(std::remove_if(m_ns3Values.begin(),
                                     m_ns3Values.end(),
                                     [&](const auto& typed) { return typed.first == name; }),
                      m_ns3Values.end());
    m_ns3Values.emplace_back(name, value);
}

void
LlmMecSettings::TakeDefaults(const std::set<std::string>& names)
{
    for (LlmMecSetting& setting : m_settings)
    {
        if (setting.attribute.empty() || (!names.empty() && names.count(setting.attribute) == 0))
        {
            continue;
        }
        if (const auto set = LlmMecAttributeDefault::GetSet(setting.attribute))
        {
            const auto typed = m_objects.find(setting.attribute);
            if (setting.text && setting.choices.empty() && typed != m_objects.end())
            {
                setting.Set(typed->second);
            }
            else
            {
                setting.Take(*set);
            }
            m_typed->insert(setting.name);
        }
    }
}

void
LlmMecSettings::Parse(int argc, char* argv[], const std::string& file, const std::string& usage)
{
    CommandLine cmd(file);
    cmd.Usage(usage);
    TakeDefaults({});
    for (LlmMecSetting& setting : m_settings)
    {
        cmd.AddValue(setting.name, setting.help, setting);
    }
    for (int i = 1; i < argc; ++i)
    {
        CheckArgument(argv[i]);
    }
    LlmMecNs3Value::CheckGlobals();
    cmd.Parse(argc, argv);
    if (cmd.GetNExtraNonOptions() > 0)
    {
        throw std::invalid_argument(cmd.GetExtraNonOption(0) + ": expected --name=value");
    }
    std::set<std::string> names;
    for (const auto& [name, value] : m_ns3Values)
    {
        names.insert(name);
    }
    if (!names.empty())
    {
        TakeDefaults(names);
    }
}

std::shared_ptr<const std::set<std::string>>
LlmMecSettings::GetTyped() const
{
    return m_typed;
}

std::vector<std::pair<std::string, std::string>>
LlmMecSettings::GetValues() const
{
    std::vector<std::pair<std::string, std::string>> values;
    std::set<std::string> bound;
    for (const LlmMecSetting& setting : m_settings)
    {
        values.emplace_back(setting.name, setting.Get());
        bound.insert(setting.attribute);
    }
    for (const auto& typed : m_ns3Values)
    {
        if (bound.count(typed.first) == 0)
        {
            values.push_back(typed);
        }
    }
    return values;
}

} // namespace llmmec
} // namespace ns3
