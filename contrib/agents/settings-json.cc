/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "settings-json.h"

namespace agents
{

SettingsReader::SettingsReader(const nlohmann::json& from)
    : m_from(from, "settings")
{
}

bool
SettingsReader::Has(const std::string& name)
{
    m_names.push_back(name);
    return m_from.GetValue().contains(name);
}

void
SettingsReader::operator()(const std::string& name, double& value, double min, double max)
{
    if (Has(name))
    {
        value = m_from.GetNumber(name, min, max);
    }
}

void
SettingsReader::operator()(const std::string& name, int64_t& value, int64_t min, int64_t max)
{
    if (Has(name))
    {
        value = m_from.GetInteger(name, min, max);
    }
}

void
SettingsReader::operator()(const std::string& name,
                           std::vector<int64_t>& values,
                           int64_t min,
                           int64_t max)
{
    constexpr std::size_t most = 8;
    if (Has(name))
    {
        const std::size_t size = m_from.GetArray(name).size();
        if (size < 1 || size > most)
        {
            m_from.Fail(name, std::to_string(size) + " numbers, expected 1 to 8");
        }
        values = m_from.GetIntegers(name, min, max);
    }
}

void
SettingsReader::operator()(const std::string& name, bool& value)
{
    if (Has(name))
    {
        value = m_from.GetBool(name);
    }
}

void
SettingsReader::operator()(const std::string& name,
                           std::string& value,
                           std::initializer_list<std::string> choices)
{
    if (Has(name))
    {
        const std::vector<std::string> names(choices);
        value = names[m_from.GetChoice(name, names)];
    }
}

void
SettingsReader::RefuseUnknown() const
{
    m_from.RequireKnownKeys(m_names);
}

} // namespace agents
