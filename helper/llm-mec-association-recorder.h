/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_ASSOCIATION_RECORDER_H
#define LLM_MEC_ASSOCIATION_RECORDER_H

#include "llm-mec-output-file.h"
#include "llm-mec-settings.h"
#include "llm-mec-statistics.h"

#include <cstdint>
#include <memory>
#include <string>
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
 * @brief Writes the slots of an association study into associations.csv, and their means into
 * summary.json.
 */
class LlmMecAssociationRecorder
{
  public:
    /**
     * @param folder of the files, made if need be
     * @param names of a slot's numbers, the latency first
     * @throw std::runtime_error where the folder is in use, or holds results of another program
     */
    LlmMecAssociationRecorder(const std::string& folder, const std::vector<std::string>& names);
    ~LlmMecAssociationRecorder();

    /// @param slot index @param numbers of it, as many as names
    void Add(uint64_t slot, const std::vector<double>& numbers);

    /**
     * Write the summary; both files are there afterwards.
     * @param line the command line
     * @param means of all numbers
     * @param areIndependent whether slots have nothing to do with each other, so that the interval
     * of the latency holds
     */
    void Finish(const LlmMecSettings& line,
                const std::vector<MeanInterval>& means,
                bool areIndependent);

  private:
    std::unique_ptr<base::FolderLock> m_lock;  //!< on the folder
    std::string m_summaryPath;                 //!< of summary.json
    std::vector<std::string> m_names;          //!< of a slot's numbers
    std::unique_ptr<LlmMecOutputFile> m_slots; //!< associations.csv
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_ASSOCIATION_RECORDER_H
