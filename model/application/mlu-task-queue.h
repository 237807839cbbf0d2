/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MLU_TASK_QUEUE_H
#define MLU_TASK_QUEUE_H

#include "mlu-task-outcome.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A task that an MLU has begun.
 */
struct MluTask
{
    double beganS{0};      ///< when it began, s
    bool isWaiting{false}; ///< its share waits for the radio or is on it
    bool isEnded{false};   ///< all is done and told
    TaskOutcome outcome;   ///< what is known so far

    /// @return the share that is offloaded
    LlmWork GetOffloaded() const
    {
        return outcome.task.work.GetShare(outcome.decision.offloadRatio);
    }
};

/**
 * @ingroup llm-mec
 * @brief The tasks that an MLU has begun, one a slot, and which of them wait for the radio.
 *
 * Tasks end in any order, uploads in that of the slots. What Add and Find give holds until a task
 * is added or ends.
 */
class MluTaskQueue
{
  public:
    /// Begin the task of a slot, the one after the last. @param slot its slot @return the task
    MluTask& Add(uint64_t slot);
    /// @param slot a slot @return its task, or null when it has ended
    MluTask* Find(uint64_t slot);
    /// End a task. @param task one of the queue, which forgets it
    void End(MluTask& task);
    /// @return slots of the tasks that have not ended
    std::vector<uint64_t> GetSlots() const;

    /// Have a task's share wait for the radio. @param task the last one
    void AddUpload(MluTask& task);
    /// @return the task that has waited longest for the radio or is on it, or null without any
    MluTask* GetUpload();
    /// The radio is done with the first upload.
    void EndUpload();
    /// No task waits for the radio any more.
    void DropUploads();
    /// @return number of shares that wait for the radio or are on it
    std::size_t GetUploads() const;
    /// @return size of these shares, bits
    double GetUploadBits() const;

  private:
    std::vector<MluTask> m_tasks; //!< a task a slot, in order; the last are under way
    uint64_t m_firstSlot{0};      //!< slot of the first of them
    std::size_t m_ended{0};       //!< how many at the front have ended
    std::size_t m_uploads{0};     //!< shares that wait for the radio or are on it
    double m_uploadBits{0};       //!< size of these shares, bits
    uint64_t m_uploadSlot{0};     //!< slot of the first of these shares
};

} // namespace llmmec
} // namespace ns3

#endif // MLU_TASK_QUEUE_H
