/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_SETTINGS_JSON_H
#define AGENTS_SETTINGS_JSON_H

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief Visits settings and sets each that a JSON object names.
 *
 * Each visit throws std::invalid_argument in one line that names the setting, its value and what
 * was expected.
 */
class SettingsReader
{
  public:
    /// @param from the object, kept by reference @throw std::invalid_argument when it is none
    explicit SettingsReader(const nlohmann::json& from);

    /// A real number. @param name its name @param value set @param min least @param max largest
    void operator()(const std::string& name, double& value, double min, double max);
    /// A whole number. @param name its name @param value set @param min least @param max largest
    void operator()(const std::string& name, int64_t& value, int64_t min, int64_t max);
    /// Whole numbers. @param name their name @param values set @param min least @param max largest
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

    /// Refuse what no visit asked for, after all. @throw std::invalid_argument in one line that
    /// names it and what is known
    void RefuseUnknown() const;

  private:
    /// @param name of a setting @return its value, or null when it is not named
    const nlohmann::json* Find(const std::string& name);

    const nlohmann::json& m_from;  //!< the object
    std::set<std::string> m_names; //!< settings that were visited
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
    SettingsReader reader(json);
    settings.Visit(reader);
    reader.RefuseUnknown();
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
