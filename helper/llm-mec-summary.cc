/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-summary.h"

#include "llm-mec-summary-json.h"
#include "llm-mec-version.h"

#include "ns3/log.h"
#include "ns3/rng-seed-manager.h"

#include <cmath>
#include <filesystem>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecSummary");

nlohmann::ordered_json
SettingToJson(const std::string& text)
{
    const auto parsed = nlohmann::ordered_json::parse(text, nullptr, false);
    return parsed.is_number() ? parsed : nlohmann::ordered_json(text);
}

nlohmann::ordered_json
GetVersionsAsJson()
{
    const auto [version, ns3Version] = LlmMecVersion::Get();
    return {{"llm-mec", version}, {"ns-3", ns3Version}};
}

std::string
FormatSummary(const nlohmann::ordered_json& summary)
{
    constexpr auto replace = nlohmann::ordered_json::error_handler_t::replace;
    return summary.dump(2, ' ', false, replace) + "\n";
}

/// What was added
struct LlmMecSummary::Document
{
    nlohmann::ordered_json json; //!< in the order of adding
};

LlmMecSummary::LlmMecSummary()
    : m_document(std::make_unique<Document>())
{
}

LlmMecSummary::~LlmMecSummary() = default;

void
LlmMecSummary::RefuseOthers(const std::string& folder, const std::set<std::string>& own)
{
    const auto refuse = [&folder](const std::string& what, const std::string& name) {
        if (std::filesystem::exists(folder + "/" + name))
        {
            throw std::runtime_error(folder + ": holds " + what + " (" + name +
                                     "), expected another folder");
        }
    };
    for (const char* name : {"checkpoint", "learning.csv"})
    {
        refuse("a training", name);
    }
    // A program that writes here has its files in this list.
    for (const char* name : {"slots.csv",
                             "tasks.csv",
                             "packets.csv",
                             "requests.csv",
                             "rounds.csv",
                             "associations.csv"})
    {
        if (own.count(name) == 0)
        {
            refuse("results of another program", name);
        }
    }
}

void
LlmMecSummary::Add(const std::string& name, double value)
{
    m_document->json[name] = value;
}

void
LlmMecSummary::AddCount(const std::string& name, uint64_t count)
{
    m_document->json[name] = count;
}

void
LlmMecSummary::Add(const std::string& name,
                   const std::vector<std::pair<std::string, double>>& values)
{
    for (const auto& [key, value] : values)
    {
        m_document->json[name][key] = value;
    }
}

void
LlmMecSummary::Add(const std::string& name, const std::string& text)
{
    m_document->json[name] = text;
}

void
LlmMecSummary::AddInterval(const std::string& name, double low, double high)
{
    m_document->json[name] =
        std::isfinite(low) ? nlohmann::ordered_json{low, high} : nlohmann::ordered_json();
}

std::string
LlmMecSummary::GetText(const std::vector<std::pair<std::string, std::string>>& settings) const
{
    nlohmann::ordered_json summary = m_document->json;
    for (const auto& [name, value] : settings)
    {
        summary["settings"][name] = SettingToJson(value);
    }
    summary["seed"] = RngSeedManager::GetSeed();
    summary["run"] = RngSeedManager::GetRun();
    summary["versions"] = GetVersionsAsJson();
    return FormatSummary(summary);
}

} // namespace llmmec
} // namespace ns3
