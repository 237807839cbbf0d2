/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-setting.h"

#include "llm-mec-attribute-default.h"

#include "ns3/abort.h"
#include "ns3/config.h"
#include "ns3/double.h"
#include "ns3/global-value.h"
#include "ns3/log.h"
#include "ns3/nstime.h"
#include "ns3/object-factory.h"
#include "ns3/pointer.h"
#include "ns3/string.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <map>
#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecSettings");

namespace
{

/// @param number a number @return its shortest text that reads back the same
std::string
FormatNumber(double number)
{
    char text[64];
    const auto [end, error] = std::to_chars(std::begin(text), std::end(text), number);
    return error == std::errc() ? std::string(text, end) : "";
}

/// Largest seed of ns-3's generator MRG32k3a, below its smaller modulus, 2^32 - 22853.
constexpr double LARGEST_SEED = 4294944442;

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
        return "a whole number in [1, " + FormatNumber(LARGEST_SEED) + "]";
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

/// Refuse a value of ns-3's own that would end the program within ns-3 or print its page of help.
/// @param name name of a global value or of an attribute with its TypeId @param value as typed
void
CheckNs3Value(const std::string& name, const std::string& value)
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

/// Refuse what NS_GLOBAL_VALUE gave, and ns-3 would end the program at later.
void
CheckGlobalValues()
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

/// Refuse what ns-3 has no page of help on. @param option such as PrintAttributes
/// @param value type that was asked for
void
CheckHelp(const std::string& option, const std::string& value)
{
    TypeId tid;
    if (option == "PrintAttributes" && !TypeId::LookupByNameFailSafe(value, &tid))
    {
        throw std::invalid_argument("--PrintAttributes=" + value +
                                    ": expected a type such as ns3::llmmec::MluApplication, "
                                    "--PrintTypeIds lists them");
    }
}

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

/// @param texts texts @return one text with commas
std::string
Join(const std::vector<std::string>& texts)
{
    std::string joined;
    for (const std::string& text : texts)
    {
        joined += (joined.empty() ? "" : ", ") + text;
    }
    return joined;
}

} // namespace

void
LlmMecSettings::Setting::Refuse(const std::string& value, const std::string& expected) const
{
    throw std::invalid_argument("--" + name + "=" + value + ": expected " + expected);
}

void
LlmMecSettings::Setting::Set(const std::string& value)
{
    if (number || count)
    {
        double parsed = 0;
        const bool isInRange =
            LlmMecAttributeDefault::ReadNumber(value, parsed) && parsed >= min && parsed <= max;
        const bool hasToBeWhole = count || isWhole;
        if (!isInRange || (hasToBeWhole && parsed != std::floor(parsed)))
        {
            Refuse(value,
                   std::string(hasToBeWhole ? "a whole" : "a finite") + " number in [" +
                       FormatNumber(min) + ", " + FormatNumber(max) + "]");
        }
        if (number)
        {
            *number = parsed;
        }
        else
        {
            *count = static_cast<uint64_t>(parsed);
        }
    }
    else if (flag)
    {
        const bool isOn = value.empty() || value == "1" || value == "true" || value == "on";
        if (!isOn && value != "0" && value != "false" && value != "off")
        {
            Refuse(value, "1 or 0");
        }
        *flag = isOn;
    }
    else
    {
        if (!choices.empty() && std::find(choices.begin(), choices.end(), value) == choices.end())
        {
            Refuse(value, "one of: " + Join(choices));
        }
        *text = value;
    }
}

void
LlmMecSettings::Setting::Pass() const
{
    if (attribute.empty())
    {
        return;
    }
    const auto type = LlmMecAttributeDefault::Find(attribute)->checker->GetValueTypeName();
    if (type == "ns3::PointerValue")
    {
        return; // all objects would share one: who makes them gives each its own
    }
    const std::string value = number && !isWhole ? FormatNumber(scale * *number) : Get();
    Config::SetDefault(attribute, StringValue(type == "ns3::TimeValue" ? value + "s" : value));
}

void
LlmMecSettings::Setting::Take(const AttributeValue& set)
{
    if (const auto* real = dynamic_cast<const DoubleValue*>(&set))
    {
        Set(FormatNumber(real->Get() / scale));
    }
    else if (const auto* time = dynamic_cast<const TimeValue*>(&set))
    {
        Set(FormatNumber(time->Get().GetSeconds() / scale));
    }
    else if (dynamic_cast<const PointerValue*>(&set))
    {
        text->clear(); // objects take the one that was set
    }
    else
    {
        Set(set.SerializeToString(LlmMecAttributeDefault::Find(attribute)->checker));
    }
}

std::string
LlmMecSettings::Setting::Get() const
{
    if (number && !isWhole)
    {
        return FormatNumber(*number);
    }
    if (number || count)
    {
        return std::to_string(count ? *count : static_cast<uint64_t>(*number));
    }
    if (flag)
    {
        return *flag ? "1" : "0";
    }
    return *text;
}

std::istream&
operator>>(std::istream& is, LlmMecSettings::Setting& setting)
{
    setting.Set({std::istreambuf_iterator<char>(is), {}});
    setting.Pass();
    is.clear(); // the end of the text is not an error
    return is;
}

std::ostream&
operator<<(std::ostream& os, const LlmMecSettings::Setting& setting)
{
    return os << setting.Get();
}

void
LlmMecSettings::AddNumber(const std::string& name,
                          const std::string& help,
                          double& value,
                          double min,
                          double max)
{
    Setting setting;
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
    Setting setting;
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
    Setting setting;
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
    Setting setting;
    setting.name = name;
    setting.help = choices.empty() ? help : help + " (" + Join(choices) + ")";
    setting.text = &value;
    setting.choices = std::move(choices);
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
    m_settings.back().isWhole = found.checker->GetValueTypeName() == "ns3::UintegerValue";
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
    const auto own = std::find_if(m_settings.begin(), m_settings.end(), [&](const Setting& one) {
        return one.name == name;
    });
    if (own != m_settings.end())
    {
        m_typed->insert(name);
        m_objects[own->attribute] = value;
        LlmMecAttributeDefault::RemoveFromEnvironment(own->attribute);
        return;
    }
    if (name == "help" || name == "h" || name.compare(0, 5, "Print") == 0)
    {
        CheckHelp(name, value);
        return;
    }
    CheckNs3Value(name, value);
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
    for (Setting& setting : m_settings)
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
    for (Setting& setting : m_settings)
    {
        cmd.AddValue(setting.name, setting.help, setting);
    }
    for (int i = 1; i < argc; ++i)
    {
        CheckArgument(argv[i]);
    }
    CheckGlobalValues();
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
    for (const Setting& setting : m_settings)
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

} // namespace llmmec
} // namespace ns3
