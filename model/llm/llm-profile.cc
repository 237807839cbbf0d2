/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-profile.h"

#include "llm-json-reader.h"
#include "llm-serving-reader.h"

#include "ns3/log.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmProfile");

LlmProfile
ReadLlmProfile(const std::string& path)
{
    NS_LOG_FUNCTION(path);
    return GuardLlmJson(path, [&] { return ParseLlmProfile(ReadLlmJsonFile(path), path); });
}

LlmProfile
ParseLlmProfile(const std::string& text, const std::string& name)
{
    NS_LOG_FUNCTION(name);
    return GuardLlmJson(name, [&] {
        const auto document = ParseLlmJson(text, name);
        const LlmJsonObject root(document, name);
        LlmProfile profile;
        // First, so that a file of a later version is called that and not a file of unknown keys.
        profile.version = root.GetVersion(1);
        root.RequireKnownKeys({"version",
                               "name",
                               "baseModel",
                               "method",
                               "sizeBytes",
                               "energyPerQueryJ",
                               "promptLatencyPerTokenS",
                               "generationLatencyPerTokenS",
                               "promptEnergyPerTokenJ",
                               "generationEnergyPerTokenJ",
                               "promptTokensPerQuery",
                               "generatedTokensPerQuery",
                               "accuracy",
                               "hallucination",
                               "samples",
                               "serving",
                               "source"});
        profile.name = root.GetText("name");
        profile.baseModel = root.GetText("baseModel");
        profile.method = root.GetText("method");
        profile.sizeBytes =
            root.GetInteger("sizeBytes", {1, 9007199254740991, "an integer from 1 to 2^53 - 1"});
        profile.energyPerQueryJ = root.GetNumber("energyPerQueryJ", LLM_JSON_NOT_NEGATIVE);
        profile.promptLatencyPerTokenS =
            root.GetOptionalNumber("promptLatencyPerTokenS", LLM_JSON_POSITIVE);
        profile.generationLatencyPerTokenS =
            root.GetOptionalNumber("generationLatencyPerTokenS", LLM_JSON_POSITIVE);
        profile.promptEnergyPerTokenJ =
            root.GetOptionalNumber("promptEnergyPerTokenJ", LLM_JSON_NOT_NEGATIVE);
        profile.generationEnergyPerTokenJ =
            root.GetOptionalNumber("generationEnergyPerTokenJ", LLM_JSON_NOT_NEGATIVE);
        profile.promptTokensPerQuery =
            root.GetOptionalNumber("promptTokensPerQuery", LLM_JSON_POSITIVE);
        profile.generatedTokensPerQuery =
            root.GetOptionalNumber("generatedTokensPerQuery", LLM_JSON_NOT_NEGATIVE);
        profile.accuracy = root.GetNumber("accuracy", LLM_JSON_SHARE);
        profile.hallucination = root.GetNumber("hallucination", LLM_JSON_SHARE);
        if (const auto samples = root.GetOptionalObject("samples"))
        {
            samples->RequireKnownKeys({"accuracy", "hallucination"});
            profile.accuracySamples =
                samples->GetNumbers("accuracy", {-1, 1, "a mean cosine from -1 to 1"});
            profile.hallucinationSamples = samples->GetNumbers("hallucination", LLM_JSON_SHARE);
            if (profile.accuracySamples.size() != profile.hallucinationSamples.size())
            {
                samples->Fail("hallucination",
                              "got " + std::to_string(profile.hallucinationSamples.size()) +
                                  " entries, expected as many as /samples/accuracy has, " +
                                  std::to_string(profile.accuracySamples.size()));
            }
        }
        if (const auto serving = root.GetOptionalObject("serving"))
        {
            profile.serving = ReadLlmServingObject(*serving);
        }
        profile.source = root.GetText("source");
        return profile;
    });
}

std::vector<std::string>
ListLlmFiles(const std::string& dir)
{
    NS_LOG_FUNCTION(dir);
    return GuardLlmJson(dir, [&] {
        std::vector<std::string> names;
        std::error_code error;
        std::filesystem::directory_iterator it(dir, error);
        for (; !error && it != std::filesystem::directory_iterator(); it.increment(error))
        {
            std::error_code ignored; // an entry without a readable type is no profile
            if (it->path().extension() == ".json" && it->is_regular_file(ignored))
            {
                names.push_back(it->path().stem().string());
            }
        }
        if (error)
        {
            ThrowLlmJson(dir, "", "cannot list the folder: " + error.message());
        }
        std::sort(names.begin(), names.end());
        return names;
    });
}

} // namespace llmmec
} // namespace ns3
