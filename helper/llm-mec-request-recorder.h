/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_REQUEST_RECORDER_H
#define LLM_MEC_REQUEST_RECORDER_H

#include "llm-mec-output-file.h"
#include "llm-mec-statistics.h"

#include "ns3/llm-request-outcome.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace base
{
class FolderLock;
} // namespace base

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What users wait for at most: an answer within both limits counts as goodput.
 */
struct LatencyLimits
{
    double ttftS{1};   ///< time to first token, s
    double tpotS{0.1}; ///< time per output token, s
};

/**
 * @ingroup llm-mec
 * @brief What the engines of all servers did in a run.
 */
struct ServerTotals
{
    uint64_t steps{0};     ///< steps
    double busyS{0};       ///< time of them, s
    double stepEnergyJ{0}; ///< energy of them, J
};

/**
 * @ingroup llm-mec
 * @brief Records requests into files for people and plots: requests.csv and summary.json.
 *
 * The files are there whole, once Finish was called, or not at all. The same seed and run give the
 * same bytes. As long as a recorder lives, no other run can write into its folder.
 */
class LlmMecRequestRecorder
{
  public:
    /**
     * @param folder where the files go, made if need be; no files when empty
     * @param limits of goodput
     * @throw std::runtime_error when the folder cannot be written, another run writes there, or it
     * holds results of another program
     */
    LlmMecRequestRecorder(const std::string& folder, const LatencyLimits& limits);

    /// @param cell index of its cell @param outcome of a request that was answered, lost or
    /// cancelled
    void Add(std::size_t cell, const LlmRequestOutcome& outcome);

    /// @return number of requests that were answered
    std::size_t GetAnswered() const;
    /// @return number of requests, however they ended
    std::size_t GetAll() const;
    /// @return name, as in summary.json, and distribution of each latency that was seen
    std::vector<std::pair<std::string, Distribution>> GetDistributions() const;
    /// @return share of the requests that were answered within both limits
    double GetGoodputShare() const;

    /**
     * Write summary.json and put both files in their place.
     * @param settings names and values that reproduce the run
     * @param servers what the servers did
     * @throw std::runtime_error when a file cannot be written
     */
    void Finish(const std::vector<std::pair<std::string, std::string>>& settings,
                const ServerTotals& servers);

    /**
     * Print how many requests there were, where their latencies lie, and the goodput.
     * @param os gets a table
     * @param servers what the servers did
     */
    void Print(std::ostream& os, const ServerTotals& servers) const;

  private:
    std::string m_folder;                     //!< where the files go
    LatencyLimits m_limits;                   //!< of goodput
    std::shared_ptr<base::FolderLock> m_lock; //!< on the folder, or null
    std::unique_ptr<LlmMecOutputFile> m_file; //!< requests.csv, or null
    std::vector<double> m_queueS;             //!< of each answered request that has it
    std::vector<double> m_ttftS;              //!< of each answered request
    std::vector<double> m_tpotS;              //!< of each answered request that has it
    std::vector<double> m_latencyS;           //!< of each answered request
    std::size_t m_good{0};                    //!< answered within both limits
    std::size_t m_lost{0};                    //!< lost by the link
    std::size_t m_cancelled{0};               //!< whose users have left
    std::size_t m_cappedUploads{0};           //!< that met the cap of their latency
    std::size_t m_local{0};                   //!< answered by devices
    uint64_t m_preemptions{0};                //!< at servers
    uint64_t m_cachedTokens{0};               //!< of prompts
    uint64_t m_answerTokens{0};               //!< of all answers
    double m_firstArrivalS{0};                //!< when the first was asked, s
    double m_lastDoneS{0};                    //!< when the last was answered, s
    double m_deviceEnergyJ{0};                //!< of all, J
    double m_uplinkEnergyJ{0};                //!< of all, J
    double m_serverEnergyJ{0};                //!< of all, J
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_REQUEST_RECORDER_H
