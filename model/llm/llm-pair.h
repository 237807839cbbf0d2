/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_PAIR_H
#define LLM_PAIR_H

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
 * @brief One of the two models of a pair.
 */
struct LlmPairModel
{
    std::string name;                     ///< by convention that of its profile, not empty
    std::optional<std::string> baseModel; ///< model that it was made of, not empty, where known
};

/**
 * @ingroup llm-mec
 * @brief What both models say to one query.
 *
 * draft[i] is the draft's greedy next token after the prompt and target[0] to target[i - 1]. Under
 * greedy verification only the target's own text is committed, so that whether the draft is right
 * at position i is draft[i] == target[i] for every window and every mode.
 */
struct LlmPairQuery
{
    uint32_t promptTokens{0};     ///< tokens of the prompt, [1, 10^7]
    std::vector<uint32_t> target; ///< the target's greedy tokens, the end token too; at least one
    std::vector<uint32_t> draft;  ///< the draft's, as long as target
    /// Chance that what the draft samples at the pair's temperature is accepted, share, [0, 1]: the
    /// sum over the vocabulary of the lesser of both probabilities, at each prefix of target. As
    /// long as target where the pair has a temperature, else empty.
    std::vector<double> acceptance;
};

/**
 * @ingroup llm-mec
 * @brief Transcript of a draft model and a target model that speculate together.
 *
 * The file format is JSON, described by data/schema/llm-pair.schema.json; its keys are the names of
 * the members. This header knows nothing of ns-3.
 */
struct LlmPair
{
    int version{1};                    ///< version of the file format, 1
    std::string name;                  ///< name of the pair, not empty, by convention the file's
    LlmPairModel draft;                ///< the small model
    LlmPairModel target;               ///< the large model
    uint32_t vocabularySize{0};        ///< tokens of both: ids are below it, [1, 10^7]
    std::optional<double> temperature; ///< of the queries' acceptance, > 0, where they have one
    std::string source;                ///< where the transcript comes from, not empty
    std::vector<LlmPairQuery> queries; ///< in the order of the questions, [1, 10^5] of them
};

/**
 * @ingroup llm-mec
 * @brief Read a pair of models from a file.
 * @param path the file, at most 256 MiB of JSON with 2 * 10^7 values
 * @return the pair, every member within its range
 * @throws std::runtime_error one line that names the file, the field as a JSON pointer (such as
 *         /queries/3/draft/0), what is there and what was expected; no other exception leaves
 */
LlmPair ReadLlmPair(const std::string& path);

/**
 * @ingroup llm-mec
 * @brief Read a pair of models from a text, with the checks of ReadLlmPair.
 * @param text JSON, with the limits of ReadLlmPair
 * @param name what error messages call the text
 * @return the pair, every member within its range
 * @throws std::runtime_error as ReadLlmPair does
 */
LlmPair ParseLlmPair(const std::string& text, const std::string& name);

} // namespace llmmec
} // namespace ns3

#endif // LLM_PAIR_H
