/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-setting.h"

#include "base/number-text.h"
#include "llm-mec-attribute-default.h"

#include "ns3/config.h"
#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/nstime.h"
#include "ns3/pointer.h"
#include "ns3/string.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecSetting");

namespace
{

/// @param number a whole number @return its digits; ns-3 reads no exponents of whole numbers
std::string
FormatWhole(double number)
{
    char text[64];
    const auto [end, error] =
        std::to_chars(std::begin(text), std::end(text), number, std::chars_format::fixed);
    return error == std::errc() ? std::string(text, end) : "";
}

} // namespace

void
LlmMecSetting::Refuse(const std::string& value, const std::string& expected) const
{
    throw std::invalid_argument("--" + name + "=" + value + ": expected " + expected);
}

void
LlmMecSetting::Set(const std::string& value)
{
    if (number || count)
    {
        double parsed = 0;
        const bool isInRange =
            LlmMecAttributeDefault::ReadNumber(value, parsed) && parsed >= min && parsed <= max;
        const bool needsWhole = count || isWhole;
        if (!isInRange || (needsWhole && parsed != std::floor(parsed)))
        {
            Refuse(value,
                   std::string(needsWhole ? "a whole" : "a finite") + " number in [" +
                       base::FormatNumber(min) + ", " + base::FormatNumber(max) + "]");
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
            Refuse(value, "one of: " + ListChoices());
        }
        *text = value;
    }
}

void
LlmMecSetting::Pass() const
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
    const std::string value = isWhole  ? FormatWhole(*number)
                              : number ? base::FormatNumber(scale * *number)
                                       : Get();
    Config::SetDefault(attribute, StringValue(type == "ns3::TimeValue" ? value + "s" : value));
}

void
LlmMecSetting::Take(const AttributeValue& set)
{
    if (const auto* real = dynamic_cast<const DoubleValue*>(&set))
    {
        Set(base::FormatNumber(real->Get() / scale));
    }
    else if (const auto* time = dynamic_cast<const TimeValue*>(&set))
    {
        Set(base::FormatNumber(time->Get().GetSeconds() / scale));
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
LlmMecSetting::Get() const
{
    if (number)
    {
        return base::FormatNumber(*number);
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

std::string
LlmMecSetting::ListChoices() const
{
    std::string list;
    for (const std::string& choice : choices)
    {
        list += (list.empty() ? "" : ", ") + choice;
    }
    return list;
}

std::istream&
operator>>(std::istream& is, LlmMecSetting& setting)
{
    setting.Set({std::istreambuf_iterator<char>(is), {}});
    setting.Pass();
    is.clear(); // the end of the text is not an error
    return is;
}

std::ostream&
operator<<(std::ostream& os, const LlmMecSetting& setting)
{
    return os << setting.Get();
}

} // namespace llmmec
} // namespace ns3
