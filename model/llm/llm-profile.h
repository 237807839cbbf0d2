/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_PROFILE_H
#define LLM_PROFILE_H

#include "llm-serving.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What one model, full or compact, was measured to cost and to be worth.
 *
 * One row of the paper's Table I, or what the offline compressor measured. The file format is JSON,
 * described by data/schema/llm-profile.schema.json; its keys are the names of the members, with the
 * two sample lists as `samples.accuracy` and `samples.hallucination`. This header knows nothing of
 * ns-3, so that tools outside a simulation can read profiles too.
 */
struct LlmProfile
{
    int version{1};            ///< version of the file format, 1
    std::string name;          ///< name of the profile, not empty, by convention the file's stem
    std::string baseModel;     ///< model that was compressed, not empty, e.g. Llama-3.1-8B
    std::string method;        ///< how it was compressed, not empty, e.g. original, ecld
    uint64_t sizeBytes{0};     ///< size of the weights on disk, bytes, [1, 2^53 - 1]
    double energyPerQueryJ{0}; ///< mean energy of one complete response, J, >= 0
    std::optional<double> promptLatencyPerTokenS;     ///< s a prompt token, > 0, where known
    std::optional<double> generationLatencyPerTokenS; ///< s a generated token, > 0, where known
    std::optional<double> promptEnergyPerTokenJ;      ///< J a prompt token, >= 0, where known
    std::optional<double> generationEnergyPerTokenJ;  ///< J a generated token, >= 0, where known
    std::optional<double> promptTokensPerQuery;       ///< mean of the queries, > 0, where known
    std::optional<double> generatedTokensPerQuery;    ///< mean of the answers, >= 0, where known
    double accuracy{0};                               ///< offline accuracy (23), share, [0, 1]
    double hallucination{0};                          ///< offline hallucination (24), share, [0, 1]
    /// Per-query semantic accuracy (26). It is a mean of cosines, thus [-1, 1] and not [0, 1].
    /// Entry i belongs to the same query as entry i of hallucinationSamples. Empty where not
    /// measured.
    std::vector<double> accuracySamples;
    /// Per-query hallucination rate (27), share of tokens, [0, 1]. As long as accuracySamples.
    std::vector<double> hallucinationSamples;
    std::optional<LlmServing> serving; ///< what serving it takes, where measured
    std::string source;                ///< where the numbers come from, not empty
};

/**
 * @ingroup llm-mec
 * @brief Read a profile from a file.
 * @param path the file, at most 64 MiB of JSON
 * @return the profile, every member within its range
 * @throws std::runtime_error one line that names the file, the field as a JSON pointer (such as
 *         /samples/accuracy/3), what is there and what was expected; no other exception leaves
 */
LlmProfile ReadLlmProfile(const std::string& path);

/**
 * @ingroup llm-mec
 * @brief Read a profile from a text, with the checks of ReadLlmProfile.
 * @param text JSON, at most 64 MiB
 * @param name what error messages call the text
 * @return the profile, every member within its range
 * @throws std::runtime_error as ReadLlmProfile does
 */
LlmProfile ParseLlmProfile(const std::string& text, const std::string& name);

/**
 * @ingroup llm-mec
 * @brief List the profiles, devices or other such files of a folder without opening them.
 * @param dir the folder
 * @return the names of its *.json files without .json, sorted by bytes
 * @throws std::runtime_error one line that names the folder, where it cannot be listed
 */
std::vector<std::string> ListLlmFiles(const std::string& dir);

} // namespace llmmec
} // namespace ns3

#endif // LLM_PROFILE_H
