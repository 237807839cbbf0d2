/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agent-settings.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <set>
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

/// Sets each setting that an object names.
struct Reader
{
    const json& from;            //!< the object
    std::set<std::string> names; //!< settings that there are

    /// A real number. @param name its name @param value set @param min least @param max largest
    void operator()(const std::string& name, double& value, double min, double max)
    {
        if (const json* found = Find(name))
        {
            if (!found->is_number() || !(found->get<double>() >= min) ||
                !(found->get<double>() <= max))
            {
                Refuse(name, *found, "a number from " + Text(min) + " to " + Text(max));
            }
            value = found->get<double>();
        }
    }

    /// A whole number. @param name its name @param value set @param min least @param max largest
    void operator()(const std::string& name, int64_t& value, int64_t min, int64_t max)
    {
        if (const json* found = Find(name))
        {
            value = GetWhole(name, *found, min, max);
        }
    }

    /// Whole numbers. @param name their name @param values set @param min least @param max largest
    void operator()(const std::string& name, std::vector<int64_t>& values, int64_t min, int64_t max)
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

    /// On or off. @param name its name @param value set
    void operator()(const std::string& name, bool& value)
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

    /// A choice. @param name its name @param value set @param choices what it may be
    void operator()(const std::string& name,
                    std::string& value,
                    std::initializer_list<std::string> choices)
    {
        if (const json* found = Find(name))
        {
            if (!found->is_string() ||
                std::find(choices.begin(), choices.end(), found->get<std::string>()) ==
                    choices.end())
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

  private:
    /// @param name of a setting @return its value, or null when it is not named
    const json* Find(const std::string& name)
    {
        names.insert(name);
        const auto found = from.find(name);
        return found == from.end() ? nullptr : &*found;
    }

    /// @param name of the setting @param value found @param min least @param max largest
    /// @return the value as a whole number
    static int64_t GetWhole(const std::string& name, const json& value, int64_t min, int64_t max)
    {
        if (!value.is_number_integer() || value.get<int64_t>() < min || value.get<int64_t>() > max)
        {
            Refuse(name,
                   value,
                   "a whole number from " + std::to_string(min) + " to " + std::to_string(max));
        }
        return value.get<int64_t>();
    }
};

/// Writes each setting.
struct Writer
{
    json to = json::object(); //!< the object

    /// Any setting. @param name its name @param value its value
    template <typename T, typename... Range>
    void operator()(const std::string& name, const T& value, const Range&...)
    {
        to[name] = value;
    }

    /// A choice. @param name its name @param value its value
    void operator()(const std::string& name,
                    const std::string& value,
                    std::initializer_list<std::string>)
    {
        to[name] = value;
    }
};

} // namespace

template <typename Settings>
void
ReadSettings(Settings& settings, const json& from)
{
    if (!from.is_object())
    {
        throw std::invalid_argument("settings are " + std::string(from.type_name()) +
                                    ", expected an object");
    }
    Reader reader{from, {}};
    settings.Visit(reader);
    for (const auto& item : from.items())
    {
        if (reader.names.count(item.key()) == 0)
        {
            std::string all;
            for (const std::string& name : reader.names)
            {
                all += (all.empty() ? "" : ", ") + name;
            }
            throw std::invalid_argument("setting '" + item.key() +
                                        "' is unknown, expected one of " + all);
        }
    }
}

template <typename Settings>
json
WriteSettings(Settings settings)
{
    Writer writer;
    settings.Visit(writer);
    return writer.to;
}

template void ReadSettings(PpoSettings&, const json&);
template void ReadSettings(WorldModelPpoSettings&, const json&);
template void ReadSettings(Td3Settings&, const json&);
template void ReadSettings(SacSettings&, const json&);
template json WriteSettings(PpoSettings);
template json WriteSettings(WorldModelPpoSettings);
template json WriteSettings(Td3Settings);
template json WriteSettings(SacSettings);

} // namespace agents
