/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_STEP_TIME_LAW_H
#define LLM_STEP_TIME_LAW_H

#include <cstdint>
#include <optional>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What one sequence takes part with in a step of an engine, that is in one pass of the model
 * over all that is batched.
 *
 * A decode has one token and one row of logits, a chunk of a prompt several tokens and one row, the
 * verification of g drafted tokens g + 1 tokens and as many rows.
 */
struct LlmStepQuery
{
    double tokens{1};        ///< tokens that are computed, > 0
    double contextTokens{0}; ///< earlier tokens of the sequence, in the KV cache, >= 0
    double logitRows{1};     ///< rows of logits that are computed, >= 0

    /// @return whether it is one token, as a decode is
    bool IsSingle() const
    {
        return tokens <= 1;
    }
};

/**
 * @ingroup llm-mec
 * @brief The link among GPUs that compute each layer together (tensor parallelism).
 */
struct LlmTensorParallelLink
{
    uint32_t allReduces{0};  ///< all-reduces a step, two a layer, [1, 1000000]
    double latencyUs{0};     ///< latency of one, us, >= 0
    double bytesPerToken{0}; ///< what one moves for each token, bytes, >= 0
    double bytesPerS{0};     ///< rate of the link, bytes (not bits) a second, > 0
};

/**
 * @ingroup llm-mec
 * @brief How long a step takes on one kind of GPU with one model: seven numbers.
 *
 * With T tokens of the step, S rows of logits, for each query of several tokens c of them after a
 * context of k, and for each query of one token v tokens of context, itself included:
 *
 *     t = max(w + a T, f tile ceil(T / tile)) + s S + sum max(p c (k + c / 2), qm k)
 *         + (q if all queries are of one token, else qm) sum v + the link's time
 *
 * w is the time to read the weights once, f that of the matrix products (GEMM) of a token, and the
 * larger of the two counts. A GEMM computes whole tiles of tokens. Attention reads the KV cache, at
 * a rate that is 2 to 4 times lower once any query of the step has several tokens. The numbers are
 * fitted on measured times of single layers; nothing is known of requests. Where they come from and
 * how well they do is in doc/llm-mec.rst, "Serving tokens".
 */
struct LlmStepTimeLaw
{
    double weightsUs{0};                       ///< w, us, > 0
    double activationUsPerToken{0};            ///< a, us a token, >= 0
    double gemmUsPerToken{0};                  ///< f, us a token, >= 0
    double sequenceUs{0};                      ///< s, us a row of logits, >= 0
    double prefillAttentionUsPerPair{0};       ///< p, us a pair of tokens, >= 0
    double decodeKvUsPerToken{0};              ///< q, us a token of context, >= 0
    double multiQueryKvUsPerToken{0};          ///< qm, us a token of context, >= 0
    uint32_t tileTokens{128};                  ///< tokens of a tile, [1, 65536]
    std::optional<LlmTensorParallelLink> link; ///< where several GPUs compute together

    /**
     * @param queries what the step computes
     * @return its time, s, without overhead; 0 for none
     */
    double GetTimeS(const std::vector<LlmStepQuery>& queries) const;
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_STEP_TIME_LAW_H
