/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_SPECULATION_TOTALS_H
#define LLM_MEC_SPECULATION_TOTALS_H

#include "llm-mec-statistics.h"

#include "ns3/speculative-outcome.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What answers of a run have in common: sums and rates.
 */
class LlmMecSpeculationTotals
{
  public:
    /// @param outcome of an answer that has ended
    void Add(const SpeculativeOutcome& outcome);

    /// @return names of ratios and rates and their values, as in summary.json, in their order
    std::vector<std::pair<std::string, double>> GetValues() const;
    /// @return names and whole numbers, as in summary.json, in their order
    std::vector<std::pair<std::string, uint64_t>> GetCounts() const;
    /// @return name and distribution of each latency that was seen
    std::vector<std::pair<std::string, Distribution>> GetDistributions() const;
    /// @return tokens a second that a device sees while it is answered: tokens of all answers over
    /// the sum of their latencies
    double GetTokensPerS() const;
    /// @return tokens of a verdict; 0 without any
    double GetTokensPerStep() const;
    /// @return drafts for each token; 0 without any
    double GetDraftedPerToken() const;
    /// @return energy of device, radio and server for each token, J
    double GetJoulesPerToken() const;
    /// @return answers that have ended
    std::size_t GetAnswers() const;
    /// @return answers that are complete
    std::size_t GetComplete() const;

  private:
    std::vector<double> m_ttftS;    //!< of each complete answer
    std::vector<double> m_tpotS;    //!< of each complete answer of several tokens
    std::vector<double> m_latencyS; //!< of each complete answer
    std::size_t m_answers{0};       //!< that have ended
    std::size_t m_lost{0};          //!< by the link
    std::size_t m_cancelled{0};     //!< by their user
    std::size_t m_depleted{0};      //!< by an empty battery
    std::size_t m_targets{0};       //!< that are the target model's own text
    uint64_t m_tokens{0};           //!< of all answers
    uint64_t m_drafted{0};          //!< of all answers
    uint64_t m_accepted{0};         //!< of all answers
    uint64_t m_rounds{0};           //!< of all answers
    uint64_t m_restarts{0};         //!< of all answers
    uint64_t m_passes{0};           //!< of all answers
    double m_timeS{0};              //!< of all answers, s
    double m_endS{0};               //!< when the last answer ended, s
    double m_draftS{0};             //!< of all answers, s
    double m_deviceEnergyJ{0};      //!< of all answers, J
    double m_uplinkEnergyJ{0};      //!< of all answers, J
    double m_serverEnergyJ{0};      //!< of all answers, J
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_SPECULATION_TOTALS_H
