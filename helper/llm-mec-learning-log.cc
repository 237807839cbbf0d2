/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-learning-log.h"

#include "agents/agent.h"
#include "agents/archive.h"
#include "base/folder-lock.h"
#include "llm-mec-output-file.h"
#include "llm-mec-summary-json.h"

#include "ns3/log.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecLearningLog");

namespace
{

using Json = nlohmann::ordered_json;

const std::string OPTIMUM = "optimal";            //!< a reference, where it was measured
const std::string STEPS = "gradientSteps";        //!< a figure with a column of its own
const std::string TRAINING_SECTION = "training";  //!< of a checkpoint: all but the tables
const std::string CURVE_SECTION = "learning.csv"; //!< of a checkpoint
const std::string TIMING_SECTION = "timing.csv";  //!< of a checkpoint

/// Settings in which a training may differ from the one that it goes on from
const std::array<const char*, 5> FREE_SETTINGS = {"episodes",
                                                  "output",
                                                  "resume",
                                                  "config",
                                                  "optimum"};

/// @param value a number @return it as a field of a table, empty when there is none
std::string
Field(double value)
{
    if (!std::isfinite(value))
    {
        return "";
    }
    constexpr int digits = 9;
    std::ostringstream text;
    text.precision(digits);
    text << value;
    return text.str();
}

/// @param measures what is reported @param means means, if there are any @return their fields, each
/// after a comma
std::string
Fields(const LlmMecLearningMeasures& measures,
       const std::optional<LlmMecLearningTask::Means>& means)
{
    std::string fields;
    for (const auto& [name, column] : measures.columns)
    {
        fields += "," + (means ? Field(LlmMecLearningLog::GetMean(*means, name)) : "");
    }
    return fields;
}

/// @param means means @return them as in LlmMecRecorder's summary.json
Json
ToJson(const LlmMecLearningTask::Means& means)
{
    Json json = Json::object();
    for (const auto& [name, interval] : means)
    {
        json[name] = interval.mean;
        json[name + "Ci95"] =
            std::isfinite(interval.low) ? Json{interval.low, interval.high} : Json();
    }
    return json;
}

/// @param json what ToJson gave @return the means
LlmMecLearningTask::Means
FromJson(const Json& json)
{
    constexpr double inf = std::numeric_limits<double>::infinity();
    LlmMecLearningTask::Means means;
    for (const auto& item : json.items()) // in the order of LlmMecRecorder
    {
        const std::string& name = item.key();
        if (!json.contains(name + "Ci95"))
        {
            continue;
        }
        const Json& ends = json.at(name + "Ci95");
        MeanInterval interval;
        interval.mean = item.value().get<double>();
        interval.low = ends.is_null() ? -inf : ends.at(0).get<double>();
        interval.high = ends.is_null() ? inf : ends.at(1).get<double>();
        means.emplace_back(name, interval);
    }
    return means;
}

/// @param settings names and values @return an object of texts
Json
ToTexts(const LlmMecLearningLog::Values& settings)
{
    Json json = Json::object();
    for (const auto& [name, value] : settings)
    {
        json[name] = value;
    }
    return json;
}

/// Refuse to go on with other settings. @param path of the checkpoint @param began an object of
/// settings @param now the same now @param prefix of a setting's name
void
CheckSame(const std::string& path, const Json& began, const Json& now, const std::string& prefix)
{
    for (const Json* each : {&began, &now})
    {
        for (const auto& item : each->items())
        {
            const std::string& name = item.key();
            const bool isFree =
                std::find(FREE_SETTINGS.begin(), FREE_SETTINGS.end(), name) != FREE_SETTINGS.end();
            const std::string before = began.contains(name) ? began[name].dump() : "not set";
            const std::string after = now.contains(name) ? now[name].dump() : "not set";
            if (!isFree && before != after)
            {
                throw std::runtime_error(path + ": began with " + prefix + name + " " + before +
                                         ", now it is " + after +
                                         "; expected the same, or another --output");
            }
        }
    }
}

} // namespace

LlmMecLearningLog::LlmMecLearningLog(const std::string& folder,
                                     const Values& settings,
                                     const std::string& agentSettings,
                                     uint64_t slotsAnEpisode,
                                     const LlmMecLearningMeasures& measures)
    : m_folder(folder),
      m_settings(settings),
      m_agentSettings(agentSettings),
      m_slotsAnEpisode(slotsAnEpisode),
      m_measures(measures)
{
    if (!folder.empty())
    {
        m_lock = std::make_shared<base::FolderLock>(folder);
    }
}

std::string
LlmMecLearningLog::GetCheckpointPath() const
{
    return m_folder.empty() ? "" : m_folder + "/checkpoint";
}

void
LlmMecLearningLog::RequireNoResults(bool resumes) const
{
    for (const char* name :
         {"checkpoint", "learning.csv", "timing.csv", "summary.json", "slots.csv"})
    {
        if (m_folder.empty() || !std::filesystem::exists(m_folder + "/" + name))
        {
            continue;
        }
        throw std::runtime_error(m_folder + ": holds results (" + name +
                                 (resumes
                                      ? ") without a checkpoint to go on from, expected another "
                                        "--output, or the files removed"
                                      : "), expected --resume to go on, another --output, or "
                                        "the files removed"));
    }
}

void
LlmMecLearningLog::Load(const agents::Archive& archive)
{
    NS_LOG_FUNCTION(this << archive.GetPath());
    try
    {
        const Json json = Json::parse(archive.Get(TRAINING_SECTION));
        CheckSame(archive.GetPath(), json.at("settings"), ToTexts(m_settings), "--");
        CheckSame(archive.GetPath(),
                  json.at("agentSettings"),
                  Json::parse(m_agentSettings),
                  "the agent's ");
        m_last.episode = json.at("episode").get<uint64_t>();
        m_last.cpuSeconds = json.at("cpuSeconds").get<double>();
        m_last.evaluationCpuSeconds = json.at("evaluationCpuSeconds").get<double>();
        m_last.figures[STEPS] = json.at(STEPS).get<double>();
        m_evaluation = FromJson(json.at("evaluation"));
        for (const auto& item : json.at("references").items())
        {
            m_references[item.key()] = FromJson(item.value());
        }
    }
    catch (const Json::exception&)
    {
        throw std::runtime_error(archive.GetPath() + ": section '" + TRAINING_SECTION +
                                 "' is not of a training");
    }
    m_curve = archive.Get(CURVE_SECTION);
    m_timing = archive.Get(TIMING_SECTION);
}

std::optional<uint64_t>
LlmMecLearningLog::GetLastEpisode() const
{
    return m_curve.empty() ? std::nullopt : std::optional<uint64_t>(m_last.episode);
}

std::pair<double, double>
LlmMecLearningLog::GetCpuSeconds() const
{
    return {m_last.cpuSeconds, m_last.evaluationCpuSeconds};
}

void
LlmMecLearningLog::SetReference(const std::string& policy, const LlmMecLearningTask::Means& means)
{
    m_references[policy] = means;
}

const std::map<std::string, LlmMecLearningTask::Means>&
LlmMecLearningLog::GetReferences() const
{
    return m_references;
}

const LlmMecLearningTask::Means&
LlmMecLearningLog::GetEvaluation() const
{
    return m_evaluation;
}

double
LlmMecLearningLog::GetMean(const LlmMecLearningTask::Means& means, const std::string& name)
{
    const auto found = std::find_if(means.begin(), means.end(), [&name](const auto& each) {
        return each.first == name;
    });
    if (found == means.end())
    {
        throw std::invalid_argument("no mean '" + name + "'");
    }
    return found->second.mean;
}

bool
LlmMecLearningLog::HasOptimum() const
{
    return m_references.count(OPTIMUM) > 0;
}

double
LlmMecLearningLog::GetShareOfOptimum(const LlmMecLearningTask::Means& means) const
{
    const double own = GetMean(means, m_measures.aim);
    const double best = GetMean(m_references.at(OPTIMUM), m_measures.aim);
    return m_measures.isCost ? best / own : own / best;
}

double
LlmMecLearningLog::GetShareOfOptimum() const
{
    return GetShareOfOptimum(m_evaluation);
}

void
LlmMecLearningLog::AddRow(const LlmMecLearningRow& row)
{
    NS_LOG_FUNCTION(this << row.episode);
    if (m_curve.empty())
    {
        m_curve = "episode,slots," + STEPS;
        for (const char* part : {"train", "eval"})
        {
            for (const auto& [name, column] : m_measures.columns)
            {
                m_curve += std::string(",") + part + column;
            }
        }
        for (const auto& [name, value] : row.figures)
        {
            m_curve += name == STEPS ? "" : "," + name;
        }
        m_curve += '\n';
        m_timing = "episode,cpuSeconds,evaluationCpuSeconds\n";
    }
    m_last = row;
    const auto steps = row.figures.find(STEPS);
    const bool hasSteps = steps != row.figures.end() && std::isfinite(steps->second);
    m_last.figures = {{STEPS, hasSteps ? steps->second : 0}};
    m_curve += std::to_string(row.episode) + "," + std::to_string(row.episode * m_slotsAnEpisode) +
               "," + Field(m_last.figures[STEPS]) + Fields(m_measures, row.train) +
               Fields(m_measures, row.evaluation);
    for (const auto& [name, value] : row.figures)
    {
        m_curve += name == STEPS ? "" : "," + Field(value);
    }
    m_curve += '\n';
    m_timing += std::to_string(row.episode) + "," + Field(row.cpuSeconds) + "," +
                Field(row.evaluationCpuSeconds) + "\n";
    if (row.evaluation)
    {
        m_evaluation = *row.evaluation;
    }
}

void
LlmMecLearningLog::WriteCheckpoint(const agents::Agent& agent,
                                   const std::pair<std::string, std::string>& layout) const
{
    NS_LOG_FUNCTION(this << m_folder << m_last.episode);
    if (m_folder.empty())
    {
        return;
    }
    Json json;
    json["episode"] = m_last.episode;
    json["cpuSeconds"] = m_last.cpuSeconds;
    json["evaluationCpuSeconds"] = m_last.evaluationCpuSeconds;
    json[STEPS] = m_last.figures.at(STEPS);
    json["evaluation"] = ToJson(m_evaluation);
    json["references"] = Json::object();
    for (const auto& [policy, means] : m_references)
    {
        json["references"][policy] = ToJson(means);
    }
    json["settings"] = ToTexts(m_settings);
    json["agentSettings"] = Json::parse(m_agentSettings);

    // The tables are known to be writable before the checkpoint takes its place.
    LlmMecOutputFile curve(m_folder + "/learning.csv");
    LlmMecOutputFile timing(m_folder + "/timing.csv");
    curve.GetStream() << m_curve;
    timing.GetStream() << m_timing;

    agents::Archive archive;
    agent.Save(archive);
    archive.Put(layout.first, layout.second);
    archive.Put(TRAINING_SECTION, json.dump(-1, ' ', false, Json::error_handler_t::replace));
    archive.Put(CURVE_SECTION, m_curve);
    archive.Put(TIMING_SECTION, m_timing);
    // The summary of fewer episodes never stands beside this checkpoint.
    std::filesystem::remove(m_folder + "/summary.json");
    archive.Write(GetCheckpointPath());
    curve.Commit();
    timing.Commit();
}

void
LlmMecLearningLog::WriteSummary() const
{
    NS_LOG_FUNCTION(this << m_folder);
    if (m_folder.empty())
    {
        return;
    }
    Json summary;
    for (const auto& [name, column] : m_measures.columns)
    {
        summary[std::string("eval") + column] = GetMean(m_evaluation, name);
    }
    if (HasOptimum())
    {
        summary["shareOfOptimum"] = GetShareOfOptimum();
    }
    summary["episodes"] = m_last.episode;
    summary["slots"] = m_last.episode * m_slotsAnEpisode;
    summary[STEPS] = std::llround(m_last.figures.at(STEPS));
    summary["evaluation"] = ToJson(m_evaluation);
    for (const auto& [policy, means] : m_references)
    {
        summary["references"][policy] = ToJson(means);
    }
    for (const auto& [name, value] : m_settings)
    {
        if (name == "resume")
        {
            continue; // whether it was stopped on the way changes nothing
        }
        summary["settings"][name] = SettingToJson(value);
    }
    summary["agentSettings"] = Json::parse(m_agentSettings);
    summary["versions"] = GetVersionsAsJson();
    LlmMecOutputFile file(m_folder + "/summary.json");
    file.GetStream() << FormatSummary(summary);
    file.Commit();
}

} // namespace llmmec
} // namespace ns3
