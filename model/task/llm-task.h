/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_TASK_H
#define LLM_TASK_H

#include <cstdint>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What there is to compute in a task or in a share of one, in the units of both kinds of
 * compute models: CPU cycles for each bit, and tokens.
 */
struct LlmWork
{
    double bits{0};         ///< size of the input, bits, >= 0
    double cyclesPerBit{0}; ///< phi, cycles/bit, > 0
    double promptTokens{0}; ///< tokens of the prompt, >= 0
    double outputTokens{0}; ///< tokens of the answer, >= 0

    /// @param share a share, [0, 1] @return that share of the work
    LlmWork GetShare(double share) const
    {
        return {share * bits, cyclesPerBit, share * promptTokens, share * outputTokens};
    }
};

/**
 * @ingroup llm-mec
 * @brief One task of an MLU.
 */
struct LlmTask
{
    uint64_t id{0};   ///< number of the task among those of its MLU, from 0
    uint64_t slot{0}; ///< slot in which it came
    LlmWork work;     ///< what there is to compute
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_TASK_H
