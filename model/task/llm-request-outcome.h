/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_REQUEST_OUTCOME_H
#define LLM_REQUEST_OUTCOME_H

#include <cstdint>
#include <optional>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief How a question was answered, as the MLU that asked it has seen it.
 */
struct LlmRequestOutcome
{
    uint64_t id{0};               ///< number of the question among those of its MLU
    uint32_t mlu{0};              ///< index of the MLU in its cell
    bool isLocal{false};          ///< whether the device answered by itself
    bool isLost{false};           ///< whether the link lost it; then there is no answer
    bool isCancelled{false};      ///< whether its user has left; then there is no answer
    bool uplinkCapped{false};     ///< whether its upload met the cap of the link's latency; the
                                  ///< link then counts the prompt as delivered
    double arrivalS{0};           ///< when it was asked, s
    uint32_t promptTokens{0};     ///< tokens of the prompt
    uint32_t answerTokens{0};     ///< tokens of the answer
    double uplinkLatencyS{0};     ///< of the prompt, with waiting for the radio, s
    std::optional<double> queueS; ///< waiting for the device, or for a seat at a server that counts
                                  ///< in tokens, s
    double ttftS{0};              ///< time to first token (TTFT), s; that of the whole answer where
                                  ///< it comes as a whole
    std::optional<double> tpotS;  ///< time per output token (TPOT) after the first, s; none for
                                  ///< answers of one token and for those that come as a whole
    double latencyS{0};           ///< time to the whole answer, or to its loss or cancelling, s
    uint32_t preemptions{0};      ///< times that it lost its place at the server
    uint32_t cachedTokens{0};     ///< tokens of the prompt that the server had in memory
    double deviceEnergyJ{0};      ///< of computing on the device, J
    double uplinkEnergyJ{0};      ///< of sending the prompt, J
    std::optional<double> serverEnergyJ; ///< of the server, J, where it counts that

    /// @return energy end to end, J, of what is counted
    double GetEnergyJ() const
    {
        return deviceEnergyJ + uplinkEnergyJ + serverEnergyJ.value_or(0);
    }
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_REQUEST_OUTCOME_H
