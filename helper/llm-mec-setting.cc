/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-setting.h"

#include "ns3/double.h"
#include "ns3/global-value.h"
#include "ns3/object-factory.h"
#include "ns3/string.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

namespace
{

/// @param text all of it must be a number, in the C locale @param value the number
/// @return whether it is
bool
ParseNumber(const std::string& text, double& value)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

/// @param number a number @return its shortest text that reads back the same
std::string
FormatNumber(double number)
{
    char text[64];
    const auto [end, error] = std::to_chars(std::begin(text), std::end(text), number);
    return error == std::errc() ? std::string(text, end) : "";
}

/// ns-3 ends the program at a text that is no number, so ask before. @param checker of an attribute
/// @param text its value as typed @return whether ns-3 can read it, as far as numbers go
bool
IsReadable(const Ptr<const AttributeChecker>& checker, const std::string& text)
{
    const std::string type = checker->GetValueTypeName();
    const bool isWhole = type == "ns3::IntegerValue" || type == "ns3::UintegerValue";
    if (!isWhole && type != "ns3::DoubleValue")
    {
        return true;
    }
    double number = 0;
    return ParseNumber(text, number) && (!isWhole || text.find_first_of(".eE") == text.npos) &&
           (type != "ns3::UintegerValue" || number >= 0);
}

/// @param name name of a global value or of an attribute with its TypeId
/// @return what checks its values, or null when there is none of that name
Ptr<const AttributeChecker>
FindChecker(const std::string& name)
{
    for (auto global = GlobalValue::Begin(); global != GlobalValue::End(); ++global)
    {
        if ((*global)->GetName() == name)
        {
            return (*global)->GetChecker();
        }
    }
    const auto colons = name.rfind("::");
    TypeId tid;
    TypeId::AttributeInformation attribute;
    if (colons != std::string::npos && TypeId::LookupByNameFailSafe(name.substr(0, colons), &tid) &&
        tid.LookupAttributeByName(name.substr(colons + 2), &attribute))
    {
        return attribute.checker;
    }
    return nullptr;
}

/// Refuse a value of ns-3's own that would end the program within ns-3 or print its page of help.
/// @param name name of a global value or of an attribute with its TypeId @param value as typed
void
CheckNs3Value(const std::string& name, const std::string& value)
{
    const auto refuse = [&](const std::string& expected) {
        throw std::invalid_argument("--" + name + "=" + value + ": expected " + expected);
    };
    const Ptr<const AttributeChecker> checker = FindChecker(name);
    if (!checker)
    {
        throw std::invalid_argument("--" + name + ": no value of that name, --help lists them");
    }
    if (name == "RngSeed" && value == "0")
    {
        refuse("a whole number above 0");
    }
    if (!IsReadable(checker, value))
    {
        refuse(checker->GetValueTypeName() == "ns3::DoubleValue" ? "a number" : "a whole number");
    }
    if (checker->HasUnderlyingTypeInformation() && !checker->CreateValidValue(StringValue(value)))
    {
        refuse(checker->GetUnderlyingTypeInformation());
    }
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
        const bool isInRange = ParseNumber(value, parsed) && parsed >= min && parsed <= max;
        if (!isInRange || (count && parsed != std::floor(parsed)))
        {
            Refuse(value,
                   std::string(count ? "a whole" : "a finite") + " number in [" +
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

std::string
LlmMecSettings::Setting::Get() const
{
    if (number)
    {
        return FormatNumber(*number);
    }
    if (count)
    {
        return std::to_string(*count);
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
LlmMecSettings::Parse(int argc, char* argv[], const std::string& file, const std::string& usage)
{
    CommandLine cmd(file);
    cmd.Usage(usage);
    for (Setting& setting : m_settings)
    {
        cmd.AddValue(setting.name, setting.help, setting);
    }
    for (int i = 1; i < argc; ++i)
    {
        const std::string argument = argv[i];
        const auto begin = argument.find_first_not_of('-');
        if (begin == 0 || begin == std::string::npos)
        {
            continue; // no option, and refused below
        }
        const auto equals = argument.find('=');
        const std::string name = argument.substr(begin, equals - begin);
        const bool isOurs = std::any_of(m_settings.begin(),
                                        m_settings.end(),
                                        [&](const Setting& own) { return own.name == name; });
        const bool isHelp = name == "help" || name == "h" || name.compare(0, 5, "Print") == 0;
        if (!isOurs && !isHelp)
        {
            m_ns3Values.emplace_back(name,
                                     equals == std::string::npos ? ""
                                                                 : argument.substr(equals + 1));
            CheckNs3Value(name, m_ns3Values.back().second);
        }
    }
    cmd.Parse(argc, argv);
    if (cmd.GetNExtraNonOptions() > 0)
    {
        throw std::invalid_argument(cmd.GetExtraNonOption(0) + ": expected --name=value");
    }
}

std::vector<std::pair<std::string, std::string>>
LlmMecSettings::GetValues() const
{
    std::vector<std::pair<std::string, std::string>> values;
    for (const Setting& setting : m_settings)
    {
        values.emplace_back(setting.name, setting.Get());
    }
    values.insert(values.end(), m_ns3Values.begin(), m_ns3Values.end());
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
    if (ParseNumber(text, constant))
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
            !IsReadable(known.checker, attribute.substr(equals + 1)) ||
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
