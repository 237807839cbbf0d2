/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_LEARNING_LOG_H
#define LLM_MEC_LEARNING_LOG_H

#include "llm-mec-learning-task.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace agents
{
class Agent;
class Archive;
} // namespace agents

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
 * @brief One episode of a training.
 */
struct LlmMecLearningRow
{
    uint64_t episode{0};                                 ///< its number; 0 before any learning
    std::optional<LlmMecLearningTask::Means> train;      ///< while learning; none in row 0
    std::optional<LlmMecLearningTask::Means> evaluation; ///< on the held-out cells, if it was done
    std::map<std::string, double> figures;               ///< agents::Agent::GetMetrics
    double cpuSeconds{0};                                ///< of simulating and learning, until here
    double evaluationCpuSeconds{0};                      ///< of evaluating, until here
};

/**
 * @ingroup llm-mec
 * @brief What came of a training, in files: learning.csv, timing.csv, summary.json and checkpoint.
 *
 * The same seed and settings give the same bytes in learning.csv and summary.json, whether or not
 * the training was stopped and went on from its checkpoint. All files are there whole or not at
 * all. As long as a log lives, no other run can write into its folder.
 */
class LlmMecLearningLog
{
  public:
    /// Names and values as LlmMecSettings::GetValues gives them
    using Values = std::vector<std::pair<std::string, std::string>>;

    /**
     * @param folder where the files go, made if need be; no files when empty
     * @param settings names and values that reproduce the training
     * @param agentSettings the agent's settings, a JSON object
     * @param slotsAnEpisode slots of an episode in all cells
     * @param measures what is reported
     * @throw std::runtime_error naming the folder when it cannot be written or another run writes
     * there
     */
    LlmMecLearningLog(const std::string& folder,
                      const Values& settings,
                      const std::string& agentSettings,
                      uint64_t slotsAnEpisode,
                      const LlmMecLearningMeasures& measures);

    /// @return where the checkpoint is; empty without files
    std::string GetCheckpointPath() const;

    /**
     * Refuse to write over results, of this agent or of any other run.
     * @param resumes whether to go on from a checkpoint was asked for
     * @throw std::runtime_error naming the folder and what to do
     */
    void RequireNoResults(bool resumes) const;

    /**
     * Go on from a checkpoint.
     * @param archive what WriteCheckpoint wrote
     * @throw std::runtime_error in one line when it is not of a training, or of one that began with
     * other settings; a larger number of episodes is no other setting
     */
    void Load(const agents::Archive& archive);

    /// @return number of the last episode in the log; none before the row of episode 0
    std::optional<uint64_t> GetLastEpisode() const;
    /// @return CPU seconds of simulating and learning until the last row, and of evaluating
    std::pair<double, double> GetCpuSeconds() const;

    /// @param policy its name @param means what it did on the held-out cells
    void SetReference(const std::string& policy, const LlmMecLearningTask::Means& means);
    /// @return what policies that do not learn did on the held-out cells, by name
    const std::map<std::string, LlmMecLearningTask::Means>& GetReferences() const;
    /// @return the last evaluation of the agent
    const LlmMecLearningTask::Means& GetEvaluation() const;

    /**
     * @param means means
     * @param name which, as in summary.json of LlmMecRecorder
     * @return the mean
     */
    static double GetMean(const LlmMecLearningTask::Means& means, const std::string& name);
    /// @return whether the optimum was measured on the held-out cells
    bool HasOptimum() const;
    /// @param means on the held-out cells @return what is aimed at over the optimum's, which must
    /// be there; of costs the other way round
    double GetShareOfOptimum(const LlmMecLearningTask::Means& means) const;
    /// @return GetShareOfOptimum of the last evaluation
    double GetShareOfOptimum() const;

    /// @param row the next episode
    void AddRow(const LlmMecLearningRow& row);

    /**
     * Write checkpoint, learning.csv and timing.csv.
     * @param agent the agent
     * @param layout section that says how it sees and acts: name and text
     * @throw std::runtime_error naming the file that cannot be written
     */
    void WriteCheckpoint(const agents::Agent& agent,
                         const std::pair<std::string, std::string>& layout) const;

    /// Write summary.json. @throw std::runtime_error naming the file when it cannot be written
    void WriteSummary() const;

  private:
    std::string m_folder;                     //!< where the files go
    std::shared_ptr<base::FolderLock> m_lock; //!< on the folder, or null
    Values m_settings;                        //!< of the program
    std::string m_agentSettings;              //!< of the agent, JSON
    uint64_t m_slotsAnEpisode;                //!< slots of an episode in all cells
    LlmMecLearningMeasures m_measures;        //!< what is reported

    std::string m_curve;                                           //!< learning.csv
    std::string m_timing;                                          //!< timing.csv
    LlmMecLearningRow m_last;                                      //!< the last row
    LlmMecLearningTask::Means m_evaluation;                        //!< the last one
    std::map<std::string, LlmMecLearningTask::Means> m_references; //!< by policy
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_LEARNING_LOG_H
