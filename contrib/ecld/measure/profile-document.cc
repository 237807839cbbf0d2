/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "profile-document.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ecld
{

namespace
{

/// @param key of the profile @param value its number @return the number, finite
double
RequireFinite(const std::string& key, double value)
{
    if (!std::isfinite(value))
    {
        throw std::invalid_argument("profile: /" + key + ": expected a finite number");
    }
    return value;
}

} // namespace

std::string
WriteProfileDocument(const ProfileDocument& profile)
{
    nlohmann::ordered_json document;
    const auto add = [&](const std::string& key, double value) {
        document[key] = RequireFinite(key, value);
    };
    const auto addKnown = [&](const std::string& key, const std::optional<double>& value) {
        if (value)
        {
            add(key, *value);
        }
    };
    document["version"] = 1;
    document["name"] = profile.name;
    document["baseModel"] = profile.baseModel;
    document["method"] = profile.method;
    document["sizeBytes"] = profile.sizeBytes;
    add("energyPerQueryJ", profile.energyPerQueryJ);
    addKnown("promptLatencyPerTokenS", profile.promptLatencyPerTokenS);
    addKnown("generationLatencyPerTokenS", profile.generationLatencyPerTokenS);
    addKnown("promptEnergyPerTokenJ", profile.promptEnergyPerTokenJ);
    addKnown("generationEnergyPerTokenJ", profile.generationEnergyPerTokenJ);
    addKnown("promptTokensPerQuery", profile.promptTokensPerQuery);
    addKnown("generatedTokensPerQuery", profile.generatedTokensPerQuery);
    add("accuracy", profile.accuracy);
    add("hallucination", profile.hallucination);
    if (!profile.accuracySamples.empty())
    {
        for (const double sample : profile.accuracySamples)
        {
            RequireFinite("samples/accuracy", sample);
        }
        document["samples"]["accuracy"] = profile.accuracySamples;
        document["samples"]["hallucination"] = profile.hallucinationSamples;
    }
    document["source"] = profile.source;
    return document.dump(2) + "\n";
}

} // namespace ecld
