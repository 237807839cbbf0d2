/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_SETTINGS_JSON_H
#define AGENTS_SETTINGS_JSON_H

#include "base/json-document.h"

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief Visits settings and sets each that a JSON object names.
 *
 * Each visit throws std::runtime_error in one line that names the setting, its value and what was
 * expected, as base::JsonObject does.
 */
class SettingsReader
{
  public:
    /// @param from the object, kept by reference @throw std::runtime_error when it is none
    explicit SettingsReader(const nlohmann::json& from);

    /// A real number. @param name its name @param value set @param min least @param max largest
    void operator()(const std::string& name, double& value, double min, double max);
    /// An integer. @param name its name @param value set @param min least @param max largest
    void operator()(const std::string& name, int64_t& value, int64_t min, int64_t max);
    /// 1 to 8 integers. @param name their name @param values set @param min least @param max
    /// largest
    void operator()(const std::string& name,
                    std::vector<int64_t>& values,
                    int64_t min,
                    int64_t max);
    /// On or off. @param name its name @param value set
    void operator()(const std::string& name, bool& value);
    /// A choice. @param name its name @param value set @param choices what it may be
    void operator()(const std::string& name,
                    std::string& value,
                    std::initializer_list<std::string> choices);

    /// Refuse what no visit asked for, after all. @throw std::runtime_error in one line that names
    /// it and what is known
    void RefuseUnknown() const;

  private:
    /// @param name of a setting, visited from now on @return whether the object names it
    bool Has(const std::string& name);

    base::JsonObject m_from;          //!< the object
    std::vector<std::string> m_names; //!< settings that were visited
};

/**
 * @ingroup agents
 * @brief Visits settings and writes each to a JSON object.
 */
struct SettingsWriter
{
    nlohmann::json to = nlohmann::json::object(); ///< the object

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

/**
 * Fill settings from JSON.
 * @tparam Settings has a template Visit(visitor), as LearnerSettings
 * @param[in,out] settings what is not named keeps its value
 * @param json an object
 * @throw std::invalid_argument in one line that names the setting, its value and what was expected
 */
template <typename Settings>
void
ReadSettings(Settings& settings, const nlohmann::json& json)
{
    try
    {
        SettingsReader reader(json);
        settings.Visit(reader);
        reader.RefuseUnknown();
    }
    catch (const std::runtime_error& error)
    {
        // Who makes an agent tells what was asked for wrongly from what the machine lacks.
        throw std::invalid_argument(error.what());
    }
}

/**
 * @tparam Settings has a template Visit(visitor), as LearnerSettings
 * @param settings some settings
 * @return all of them as an object
 */
template <typename Settings>
nlohmann::json
WriteSettings(Settings settings)
{
    SettingsWriter writer;
    settings.Visit(writer);
    return writer.to;
}

} // namespace agents

#endif // AGENTS_SETTINGS_JSON_H
