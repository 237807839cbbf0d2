/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "runtime-speed.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ecld
{

namespace
{

/// @param text any @return it as one word of a shell
std::string
Quote(const std::string& text)
{
    std::string quoted = "'";
    for (const char c : text)
    {
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return quoted + "'";
}

/// @param command of a shell @param output where what it prints goes @return its exit status
int
RunCommand(const std::string& command, std::string& output)
{
    FILE* const pipe = popen(command.c_str(), "r");
    if (!pipe)
    {
        return -1;
    }
    char part[4096];
    for (std::size_t got = 0; (got = fread(part, 1, sizeof(part), pipe)) > 0;)
    {
        output.append(part, got);
    }
    return pclose(pipe);
}

/// Members of a speed that are lists, with their names in a file.
std::vector<std::pair<std::string, std::vector<double> RuntimeSpeed::*>>
GetLists()
{
    return {{"promptPerTokenS", &RuntimeSpeed::promptPerTokenS},
            {"generationPerTokenS", &RuntimeSpeed::generationPerTokenS},
            {"promptPerTokenJ", &RuntimeSpeed::promptPerTokenJ},
            {"generationPerTokenJ", &RuntimeSpeed::generationPerTokenJ}};
}

/// @param phase what the client says of the prompt or of the generation of a repeat
/// @param meter how energy is found @param latency @param energy each gets a number a token
void
AddPhase(const nlohmann::json& phase,
         const EnergyMeter& meter,
         std::vector<double>& latency,
         std::vector<double>& energy)
{
    const double tokens = phase.at("tokens").get<double>();
    const double wallS = phase.at("wallS").get<double>();
    const double energyJ = meter.HasRapl()
                               ? meter.CountEnergyJ(phase.at("beforeUj").get<std::vector<double>>(),
                                                    phase.at("afterUj").get<std::vector<double>>())
                               : meter.ModelEnergyJ(wallS, phase.at("cpuS").get<double>());
    latency.push_back(wallS / tokens);
    energy.push_back(energyJ / tokens);
}

/// @param output of the client @param path of the model @param meter how energy is found
/// @return the numbers of every repeat but the first, which warms up
RuntimeSpeed
ReadClientReport(const std::string& output, const std::string& path, const EnergyMeter& meter)
{
    try
    {
        const auto document = nlohmann::json::parse(output);
        RuntimeSpeed speed;
        speed.runtime = document.at("runtime").get<std::string>();
        speed.energySource = meter.Describe();
        const auto& repeats = document.at("results");
        for (std::size_t i = 1; i < repeats.size(); ++i)
        {
            AddPhase(repeats[i].at("prompt"), meter, speed.promptPerTokenS, speed.promptPerTokenJ);
            AddPhase(repeats[i].at("generation"),
                     meter,
                     speed.generationPerTokenS,
                     speed.generationPerTokenJ);
        }
        return speed;
    }
    catch (const nlohmann::json::exception& error)
    {
        throw std::runtime_error(path +
                                 ": expected the report of llama.cpp's client: " + error.what());
    }
}

} // namespace

std::string
FindClientProblem(const SpeedSettings& settings)
{
    if (!std::filesystem::exists(settings.clientFolder + "/installed"))
    {
        return "llama.cpp (npm's node-llama-cpp) is not in " + settings.clientFolder;
    }
    std::string output;
    return RunCommand("node --version 2>/dev/null", output) == 0 ? "" : "there is no node";
}

RuntimeSpeed
MeasureLlamaSpeed(const std::string& path, const SpeedSettings& settings, const EnergyMeter& meter)
{
    std::string counters;
    for (const std::string& file : meter.GetCounterFiles())
    {
        counters += (counters.empty() ? "" : ",") + file;
    }
    std::string output;
    const std::string command = "LLAMA_COUNTERS=" + Quote(counters) + " node " +
                                Quote(settings.clientFolder + "/client.mjs") + " speed " +
                                Quote(std::filesystem::absolute(path).string()) + " " +
                                std::to_string(settings.promptTokens) + " " +
                                std::to_string(settings.generatedTokens) + " " +
                                std::to_string(settings.repeats + 1) + " 2>/dev/null";
    const int status = RunCommand(command, output);
    if (status != 0)
    {
        throw std::runtime_error(path + ": llama.cpp does not run it");
    }
    return ReadClientReport(output, path, meter);
}

std::string
WriteRuntimeSpeed(const RuntimeSpeed& speed)
{
    nlohmann::ordered_json document;
    for (const auto& [name, list] : GetLists())
    {
        document[name] = speed.*list;
    }
    document["runtime"] = speed.runtime;
    document["energySource"] = speed.energySource;
    return document.dump() + "\n";
}

RuntimeSpeed
ParseRuntimeSpeed(const std::string& text, const std::string& file)
{
    try
    {
        const auto document = nlohmann::json::parse(text);
        RuntimeSpeed speed;
        for (const auto& [name, list] : GetLists())
        {
            speed.*list = document.at(name).get<std::vector<double>>();
        }
        speed.runtime = document.at("runtime").get<std::string>();
        speed.energySource = document.at("energySource").get<std::string>();
        return speed;
    }
    catch (const nlohmann::json::exception&)
    {
        throw std::runtime_error(file + ": expected the report of a speed measurement");
    }
}

} // namespace ecld
