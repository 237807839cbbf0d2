/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "settings-json.h"

#include <algorithm>
#include <stdexcept>

namespace agents
{

namespace
{

using nlohmann::json;

/// Refuse a value. @param name of the setting @param value what it is @param expected what not
[[noreturn]] void
Refuse(const std::string& name, const json& value, const std::string& expected)
{
    throw std::invalid_argument("setting '" + name + "' is " + value.dump() + ", expected " +
                                expected);
}

/// @param value a number @return as short as JSON writes it
std::string
Text(double value)
{
    return json(value).dump();
}

/// @param name of the setting @param value found @param min least @param max largest
/// @return the value as a whole number
int64_t
GetWhole(const std::string& name, const json& value, int64_t min, int64_t max)
{
    if (!value.is_number_integer() || value.get<int64_t>() < min || value.get<int64_t>() > max)
    {
        Refuse(name,
               value,
               "a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    }
    return value.get<int64_t>();
}

} // namespace

SettingsReader::SettingsReader(const json& from)
    : m_from(from)
{
    if (!from.is_object())
    {
        throw std::invalid_argument("settings are " + std::string(from.type_name()) +
                                    ", expected an object");
    }
}

const json*
SettingsReader::Find(const std::string& name)
{
    m_names.insert(name);
    const auto found = m_from.find(name);
    return found == m_from.end() ? nullptr : &*found;
}

void
SettingsReader::operator()(const std::string& name, double& value, double min, double max)
{
    if (const json* found = Find(name))
    {
        if (!found->is_number() || !(found->get<double>() >= min) || !(found->get<double>() <= max))
        {
            Refuse(name, *found, "a number from " + Text(min) + " to " + Text(max));
        }
        value = found->get<double>();
    }
}

void
SettingsReader::operator()(const std::string& name, int64_t& value, int64_t min, int64_t max)
{
    if (const json* found = Find(name))
    {
        value = GetWhole(name, *found, min, max);
    }
}

void
SettingsReader::operator()(const std::string& name,
                           std::vector<int64_t>& values,
                           int64_t min,
                           int64_t max)
{
    constexpr std::size_t most = 8;
    if (const json* found = Find(name))
    {
        if (!found->is_array() || found->empty() || found->size() > most)
        {
            Refuse(name, *found, "1 to 8 whole numbers");
        }
        values.clear();
        for (const json& value : *found)
        {
            values.push_back(GetWhole(name, value, min, max));
        }
    }
}

void
SettingsReader::operator()(const std::string& name, bool& value)
{
    if (const json* found = Find(name))
    {
        if (!found->is_boolean())
        {
            Refuse(name, *found, "true or false");
        }
        value = found->get<bool>();
    }
}

void
SettingsReader::operator()(const std::string& name,
                           std::string& value,
                           std::initializer_list<std::string> choices)
{
    if (const json* found = Find(name))
    {
        if (!found->is_string() ||
            std::find(choices.begin(), choices.end(), found->get<std::string>()) == choices.end())
        {
            std::string all;
            for (const std::string& choice : choices)
            {
                all += (all.empty() ? "" : ", ") + choice;
            }
            Refuse(name, *found, "one of " + all);
        }
        value = found->get<std::string>();
    }
}

void
SettingsReader::RefuseUnknown() const
{
    for (const auto& item : m_from.items())
    {
        if (m_names.count(item.key()) == 0)
        {
            std::string all;
            for (const std::string& name : m_names)
            {
                all += (all.empty() ? "" : ", ") + name;
            }
            throw std::invalid_argument("setting '" + item.key() +
                                        "' is unknown, expected one of " + all);
        }
    }
}

} // namespace agents
