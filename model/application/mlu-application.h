/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MLU_APPLICATION_H
#define MLU_APPLICATION_H

#include "mlu-energy-model.h"
#include "mlu-task-outcome.h"
#include "mlu-task-queue.h"

#include "ns3/application.h"
#include "ns3/llm-compute-model.h"
#include "ns3/llm-quality-model.h"
#include "ns3/llm-task.h"
#include "ns3/mec-link.h"
#include "ns3/random-variable-stream.h"
#include "ns3/traced-callback.h"

#include <cstdint>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What an MLU says of a new task before it is told what to do with it.
 */
struct TaskOffer
{
    LlmTask task;          ///< the task
    ComputeCost localCost; ///< of computing all of it on the device
    LlmQuality expected{}; ///< what its two answers are expected to be worth
};

/**
 * @ingroup llm-mec
 * @brief A mobile LLM user: has a task in each slot, computes one share of it with its compact
 * model and has the MEC server compute the other.
 *
 * Both shares run side by side. The device has one CPU and one radio; where a new slot begins
 * before the last task has ended (no slot barrier), each serves shares in order.
 *
 * A task whose upload the link loses stays unserved.
 *
 * With an energy model on the node's battery, computing and sending drain it, and an empty battery
 * stops the MLU for the rest of the run: tasks under way and those of later slots stay unserved.
 * An unserved task counts with UnservedLatency, accuracy 0, hallucination 1 and no energy, so that
 * a controller cannot gain by draining a battery.
 */
class MluApplication : public Application, public MecLinkMlu
{
  public:
    /// Tells that a task has ended. Arguments: index of the MLU, how the task went.
    using TaskEndedCallback = Callback<void, uint32_t, const TaskOutcome&>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Join a cell, once the MLU is on its node.
     * @param link its link
     * @param ended called when a task of this MLU has ended
     */
    void Join(Ptr<MecLink> link, TaskEndedCallback ended);

    /**
     * Run on a battery.
     * @param energyModel the model, attached to the battery
     */
    void SetEnergyModel(Ptr<MluEnergyModel> energyModel);

    /// @return what draws from the battery, or null without one
    Ptr<MluEnergyModel> GetEnergyModel() const;

    /**
     * The task of a slot: draws its size and its quality.
     * @param slot number of the slot
     * @return the task, which has no work when the battery is empty, and what is known of it
     * @throw std::runtime_error when the size is not a finite number >= 0
     */
    TaskOffer DrawTask(uint64_t slot);

    /**
     * Carry out the last task drawn, once for every slot; TaskEndedCallback tells when it has
     * ended.
     * @param decision what to do with it, within the limits of MluDecision
     */
    void Execute(const MluDecision& decision);

    void RequestSent(const OffloadRequest& request, const LinkDelivery& delivery) override;
    void RequestLost(const OffloadRequest& request, const LinkDelivery& delivery) override;
    void ReceiveAnswer(const OffloadAnswer& answer, const LinkDelivery& delivery) override;
    void ChangeTransmitPower(double changeW) override;

    /// @return whether the MLU still takes tasks: its battery is not empty
    bool IsServing() const;

    /// @return time that the CPU needs for all that it has at this moment, s
    double GetCpuBacklogS() const;
    /// @return size of the shares that wait for the radio or are on it, bits; what is on it counts
    /// whole until it is through
    double GetUploadBacklogBits() const;

    /// @return the last task drawn
    const LlmTask& GetTask() const;
    /// @return the compute model of the device
    Ptr<ComputeModel> GetComputeModel() const;
    /// @return what answers are worth
    Ptr<QualityModel> GetQualityModel() const;
    /// @return P^max, W
    double GetMaxPowerW() const;
    /// @return E^max, J a slot
    double GetEnergyBudgetJ() const;
    /// @return latency that a task without answer counts with, s
    double GetUnservedLatencyS() const;

    /**
     * Assign fixed random streams to task sizes and quality.
     * @param stream first stream to use
     * @return number of streams used
     */
    int64_t AssignStreams(int64_t stream);

    /**
     * TracedCallback signature of a new task.
     * @param [in] task the task
     */
    typedef void (*TaskTracedCallback)(const LlmTask& task);

    /**
     * TracedCallback signature of a task that has ended.
     * @param [in] outcome how it went
     */
    typedef void (*TaskEndedTracedCallback)(const TaskOutcome& outcome);

  protected:
    void DoDispose() override;

  private:
    void StartApplication() override;
    void StopApplication() override;

    /// Compute the local share. @param task the task
    void ComputeLocally(MluTask& task);
    /// The CPU works for a task from now on. @param powerW power drawn, W @param latencyS s
    void StartCpu(double powerW, double latencyS);
    /// Start the upload of the task that has waited longest, if the radio is free.
    void StartUpload();
    /// The radio is free again.
    void EndTransmission();
    /// End a task at the later end of its shares. @param task the task
    void EndWhenComputed(MluTask& task);
    /// A task has ended. @param slot its slot
    void EndTask(uint64_t slot);
    /// A task has no answer. @param task the task
    void LeaveUnserved(MluTask& task);
    /// Tell of the end of a task and forget it. @param task the task
    void ReportTask(MluTask& task);
    /// The battery is empty.
    void StopServing();

    double m_maxPowerDbm;   //!< P^max, dBm
    double m_energyBudgetJ; //!< E^max, J
    Time m_unservedLatency; //!< what an unserved task counts

    // What every task needs stands together: with thousands of MLUs none of it is in the cache.
    double m_cyclesPerBit;            //!< phi, cycles/bit
    double m_bitsPerToken;            //!< bits of a prompt token
    double m_generatedPerPromptToken; //!< tokens of the answer for each of the prompt
    Ptr<RandomVariableStream> m_bits; //!< X, bits
    Ptr<ComputeModel> m_compute;      //!< the device
    Ptr<QualityModel> m_quality;      //!< what answers are worth
    Ptr<MluEnergyModel> m_energy;     //!< the battery, or null
    Ptr<MecLink> m_link;              //!< way to the servers
    uint32_t m_index{0};              //!< index in the cell
    TaskEndedCallback m_taskEnded;    //!< tells that a task has ended
    LlmTask m_task;                   //!< the last task drawn
    LlmQuality m_taskQuality{};       //!< what its answers are worth
    uint64_t m_nextTask{0};           //!< id of the next task
    MluTaskQueue m_tasks;             //!< that have begun
    bool m_isSending{false};          //!< an upload is on the radio
    bool m_isServing{true};           //!< takes tasks
    double m_cpuFreeS{0};             //!< when the CPU is done with all that it has, s

    TracedCallback<const LlmTask&> m_taskTrace;          //!< a new task
    TracedCallback<const TaskOutcome&> m_taskEndedTrace; //!< a task has ended
};

} // namespace llmmec
} // namespace ns3

#endif // MLU_APPLICATION_H
