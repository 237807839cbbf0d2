/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SPECULATIVE_OUTCOME_H
#define SPECULATIVE_OUTCOME_H

#include <cstdint>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief How an answer ended.
 */
enum class SpeculativeEnd
{
    ANSWERED,  ///< it is complete
    LOST,      ///< the link lost a message of it
    CANCELLED, ///< its user has left
    DEPLETED   ///< the device's battery is empty
};

/// @ingroup llm-mec
/// @param end how an answer ended @return its name in files
inline const char*
GetSpeculativeEndName(SpeculativeEnd end)
{
    switch (end)
    {
    case SpeculativeEnd::LOST:
        return "lost";
    case SpeculativeEnd::CANCELLED:
        return "cancelled";
    case SpeculativeEnd::DEPLETED:
        return "depleted";
    default:
        return "answered";
    }
}

/**
 * @ingroup llm-mec
 * @brief How an answer went, as the device has seen it.
 */
struct SpeculativeOutcome
{
    uint64_t id{0};                               ///< number of the answer among its MLU's
    uint32_t mlu{0};                              ///< index of the MLU in its cell
    SpeculativeEnd end{SpeculativeEnd::ANSWERED}; ///< how it ended
    uint32_t promptTokens{0};                     ///< tokens of the prompt
    std::vector<uint32_t> answer;                 ///< ids of the tokens that were known at its end
    bool isTargets{false};   ///< whether it is, or begins, the target's own text; false where the
                             ///< device decodes alone
    double arrivalS{0};      ///< when it was asked, s
    double firstTokenS{-1};  ///< when its first token was known, s; or < 0
    double doneS{0};         ///< when it ended, s
    uint64_t drafted{0};     ///< drafts that were written
    uint64_t accepted{0};    ///< drafts that are in the answer
    uint64_t windows{0};     ///< windows that were sent
    uint64_t rounds{0};      ///< verdicts that counted, each of a pass
    uint64_t restarts{0};    ///< times that the device began anew
    uint64_t passes{0};      ///< of the server, also those ahead
    double draftS{0};        ///< time that the device drafted, s
    double deviceEnergyJ{0}; ///< of drafting, J
    double uplinkEnergyJ{0}; ///< of sending, J
    double serverEnergyJ{0}; ///< of the server, J

    /// @return time to first token (TTFT), s; 0 where there is none
    double GetTtftS() const
    {
        return firstTokenS < 0 ? 0 : firstTokenS - arrivalS;
    }

    /// @return time to the end, s
    double GetLatencyS() const
    {
        return doneS - arrivalS;
    }

    /// @return time per output token (TPOT) after the first, s; 0 for answers of one token
    double GetTpotS() const
    {
        return answer.size() > 1 ? (doneS - firstTokenS) / static_cast<double>(answer.size() - 1)
                                 : 0;
    }

    /// @return energy end to end, J
    double GetEnergyJ() const
    {
        return deviceEnergyJ + uplinkEnergyJ + serverEnergyJ;
    }
};

/**
 * @ingroup llm-mec
 * @brief A verdict at the device, and what came before it.
 */
struct SpeculativeRound
{
    uint64_t id{0};        ///< number of the answer among its MLU's
    uint32_t mlu{0};       ///< index of the MLU in its cell
    uint64_t epoch{0};     ///< restarts of the device before the pass
    bool isPre{false};     ///< whether it answers a restart and not a window
    uint64_t drafts{0};    ///< drafts of the window
    uint64_t accepted{0};  ///< drafts that it has accepted
    double startS{0};      ///< when its upload began; where there was none, when the pass did, s
    double uploadS{0};     ///< time of the upload, s
    double serverS{0};     ///< time at the server, with waiting, s
    double downlinkS{0};   ///< time of the verdict on the way, s
    double endS{0};        ///< when the verdict came, s
    double deviceWaitS{0}; ///< time since the verdict before it that the device did not draft, s
};

} // namespace llmmec
} // namespace ns3

#endif // SPECULATIVE_OUTCOME_H
