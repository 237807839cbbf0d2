/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_PROFILE_DOCUMENT_H
#define ECLD_PROFILE_DOCUMENT_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ecld
{

/**
 * @brief What a simulation reads of a model: data/schema/llm-profile.schema.json.
 */
struct ProfileDocument
{
    std::string name;          ///< by convention the file's stem
    std::string baseModel;     ///< what was compressed
    std::string method;        ///< original, quantization, pruning, pruning-distillation, ecld, ...
    uint64_t sizeBytes{0};     ///< of the file
    double energyPerQueryJ{0}; ///< mean, of a complete response
    std::optional<double> promptLatencyPerTokenS;     ///< where measured
    std::optional<double> generationLatencyPerTokenS; ///< where measured
    std::optional<double> promptEnergyPerTokenJ;      ///< where measured
    std::optional<double> generationEnergyPerTokenJ;  ///< where measured
    std::optional<double> promptTokensPerQuery;       ///< mean, where measured
    std::optional<double> generatedTokensPerQuery;    ///< mean, where measured
    double accuracy{0};                               ///< (23), share
    double hallucination{0};                          ///< (24), share
    std::vector<double> accuracySamples;              ///< (26), one a query
    std::vector<double> hallucinationSamples;         ///< (27), same queries
    std::string source;                               ///< where the numbers come from
};

/**
 * @param profile the numbers, finite
 * @return the file's text
 * @throws std::invalid_argument naming a number that is not finite
 */
std::string WriteProfileDocument(const ProfileDocument& profile);

} // namespace ecld

#endif // ECLD_PROFILE_DOCUMENT_H
