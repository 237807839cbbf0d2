/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_SPECULATION_RECORDER_H
#define LLM_MEC_SPECULATION_RECORDER_H

#include "llm-mec-output-file.h"
#include "llm-mec-speculation-totals.h"

#include "ns3/speculative-outcome.h"

#include <cstdint>
#include <memory>
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
 * @brief Records speculative decoding into files for people and plots: rounds.csv, answers.csv and
 * summary.json.
 *
 * The files are there whole, once Finish was called, or not at all. The same seed and run give the
 * same bytes. As long as a recorder lives, no other run can write into its folder.
 */
class LlmMecSpeculationRecorder
{
  public:
    /**
     * @param folder where the files go, made if need be; no files when empty
     * @throw std::runtime_error when the folder cannot be written, another run writes there, or it
     * holds results of another program
     */
    explicit LlmMecSpeculationRecorder(const std::string& folder);

    /// @param cell index of its cell @param round a verdict
    void Add(std::size_t cell, const SpeculativeRound& round);
    /// @param cell index of its cell @param outcome an answer that has ended
    void Add(std::size_t cell, const SpeculativeOutcome& outcome);

    /// @return what the answers have in common
    const LlmMecSpeculationTotals& GetTotals() const;

    /**
     * Write summary.json and put all files in their place.
     * @param settings names and values that reproduce the run
     * @param others totals of other modes with the same settings, by name
     * @throw std::runtime_error when a file cannot be written
     */
    void Finish(const std::vector<std::pair<std::string, std::string>>& settings,
                const std::vector<std::pair<std::string, LlmMecSpeculationTotals>>& others);

  private:
    std::string m_folder;                        //!< where the files go
    std::shared_ptr<base::FolderLock> m_lock;    //!< on the folder, or null
    std::unique_ptr<LlmMecOutputFile> m_rounds;  //!< rounds.csv, or null
    std::unique_ptr<LlmMecOutputFile> m_answers; //!< answers.csv, or null
    LlmMecSpeculationTotals m_totals;            //!< of the answers
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_SPECULATION_RECORDER_H
