/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "study-row.h"

#include "measure/interval.h"

#include <numeric>
#include <vector>

namespace ecld
{

namespace
{

double
GetMean(const std::vector<double>& values)
{
    return values.empty() ? 0
                          : std::accumulate(values.begin(), values.end(), 0.0) /
                                static_cast<double>(values.size());
}

/// @param size of a study @return what its models are made of
std::string
GetBaseModel(const std::string& size)
{
    return "llm-mec " + size + " teacher";
}

} // namespace

ProfileDocument
MakeStudyProfile(const StudyRow& row, const std::string& size)
{
    ProfileDocument profile;
    profile.name = GetProfileName(row.variant);
    profile.baseModel = GetBaseModel(size);
    profile.method = row.variant.method;
    profile.sizeBytes = row.weightBytes;
    profile.energyPerQueryJ = GetEnergyPerQueryJ(row);
    if (!row.speed.promptPerTokenS.empty())
    {
        profile.promptLatencyPerTokenS = GetMean(row.speed.promptPerTokenS);
        profile.generationLatencyPerTokenS = GetMean(row.speed.generationPerTokenS);
        profile.promptEnergyPerTokenJ = GetMean(row.speed.promptPerTokenJ);
        profile.generationEnergyPerTokenJ = GetMean(row.speed.generationPerTokenJ);
    }
    profile.promptTokensPerQuery = row.quality.promptTokens;
    profile.generatedTokensPerQuery = row.quality.answerTokens;
    profile.accuracy = GetMean(row.quality.hits);
    profile.hallucination = GetMean(row.quality.inconsistent);
    profile.accuracySamples = row.quality.agreement;
    profile.hallucinationSamples = row.quality.disagreement;
    profile.source =
        "llm-mec compress --size=" + size + ": accuracy by containment on " +
        std::to_string(row.quality.hits.size()) + " held-out questions about " +
        std::to_string(CountGroups(row.quality.heldOutFacts)) +
        " facts, hallucination by known facts in " +
        std::to_string(CountGroups(row.quality.articles)) + " articles; latency and energy: " +
        (row.speed.runtime.empty() ? std::string("not measured, energyPerQueryJ is 0")
                                   : row.speed.runtime + ", energy by " + row.speed.energySource);
    return profile;
}

PairDocument
MakeStudyPair(const StudyRow& row, const std::string& size, int64_t vocabularySize)
{
    PairDocument pair;
    pair.name = GetProfileName(row.variant);
    pair.draft = {pair.name, GetBaseModel(size)};
    pair.target = {GetProfileName(GetVariants(false).front()), GetBaseModel(size)};
    pair.vocabularySize = vocabularySize;
    pair.source = "llm-mec compress --size=" + size + ": greedy answers of the original to " +
                  std::to_string(row.transcript.size()) +
                  " held-out questions, and what the draft would say at each of their tokens";
    pair.queries = row.transcript;
    return pair;
}

std::string
GetProfileName(const Variant& variant)
{
    return "small-" + variant.name;
}

double
GetEnergyPerQueryJ(const StudyRow& row)
{
    return row.quality.promptTokens * GetMean(row.speed.promptPerTokenJ) +
           row.quality.answerTokens * GetMean(row.speed.generationPerTokenJ);
}

} // namespace ecld
