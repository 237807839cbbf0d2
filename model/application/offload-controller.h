/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_CONTROLLER_H
#define OFFLOAD_CONTROLLER_H

#include "mlu-application.h"
#include "offload-cell.h"

#include "ns3/application.h"
#include "ns3/mec-link.h"
#include "ns3/mec-server-application.h"
#include "ns3/offload-metrics.h"
#include "ns3/offload-policy.h"
#include "ns3/offload-slot.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <deque>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief The controller of a cell, on the MEC server's node: keeps the slot clock, asks the policy
 * and tells each MLU what to do.
 *
 * At a slot's start it measures the gains, takes a task from each MLU, has the policy decide, and
 * has the MLUs execute. When the last task of a slot has ended it works out penalty (48) and reward
 * (47) and lets the policy learn. With SlotBarrier the next slot starts then, and not before
 * SlotDuration; without, slots start every SlotDuration and queues carry over.
 *
 * Observation and decision travel in no time and without loss, as in the paper.
 */
class OffloadController : public Application
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Give the controller its cell; before the application starts.
     * @param link the link of the cell
     * @param server the cell's MEC server, which joins the link; its first one
     */
    void SetCell(Ptr<MecLink> link, Ptr<MecServerApplication> server);

    /**
     * Add one more server to the cell; before the application starts.
     * @param server the MEC server, which joins the link
     */
    void AddServer(Ptr<MecServerApplication> server);

    /**
     * Add an MLU to the cell; before the application starts.
     * @param mlu the MLU, which joins the link
     */
    void AddMlu(Ptr<MluApplication> mlu);

    /// @return the link of the cell, null before SetCell
    Ptr<MecLink> GetLink() const;

    /// @return the cell's first server, null before SetCell
    Ptr<MecServerApplication> GetServer() const;

    /// @return the policy
    Ptr<OffloadPolicy> GetPolicy() const;

    /// @return what holds for all slots; complete once the application has started
    const OffloadProblem& GetProblem() const;

    /// @return means over all slots that have ended, NaN before the first
    SlotMetrics GetMeans() const;

    /**
     * Stop the simulation once these controllers have ended their last slots, whatever else goes
     * on; see also the attribute StopSimulation.
     * @param controllers the controllers
     */
    static void StopWhenAllEnded(const std::vector<Ptr<OffloadController>>& controllers);

    /**
     * Assign fixed random streams to the policy.
     * @param stream first stream to use
     * @return number of streams used
     */
    int64_t AssignStreams(int64_t stream);

    /**
     * TracedCallback signature of a slot that starts.
     * @param [in] observation what is known
     */
    typedef void (*SlotStartedTracedCallback)(const SlotObservation& observation);

    /**
     * TracedCallback signature of a decision.
     * @param [in] observation what is known
     * @param [in] decision what was decided
     */
    typedef void (*DecisionTracedCallback)(const SlotObservation& observation,
                                           const SlotDecision& decision);

    /**
     * TracedCallback signature of a slot that has ended.
     * @param [in] observation what was known
     * @param [in] decision what was decided
     * @param [in] outcome how it went
     */
    typedef void (*SlotEndedTracedCallback)(const SlotObservation& observation,
                                            const SlotDecision& decision,
                                            const SlotOutcome& outcome);

  protected:
    void DoInitialize() override;
    void DoDispose() override;

  private:
    void StartApplication() override;
    void StopApplication() override;

    /// What a slot's outcome takes of one task. The values of a task stand together until the slot
    /// ends: tasks end one by one, and writing each into the arrays would touch all of these.
    struct TaskResult
    {
        double uplinkBps;        //!< r, bit/s
        double localLatencyS;    //!< L^local, s
        double uplinkLatencyS;   //!< L^off, s
        double mecLatencyS;      //!< L^MEC, s
        double downlinkLatencyS; //!< of the answer, s
        double latencyS;         //!< L, s
        double localEnergyJ;     //!< E^local, J
        double uplinkEnergyJ;    //!< E^off, J
        double accuracy;         //!< effective, share
        double hallucination;    //!< effective, share
        bool uplinkCapped;       //!< the upload met its latency cap
        bool unserved;           //!< no answer
    };

    /// A slot under way
    struct OpenSlot
    {
        Time start;                      //!< when it started
        SlotObservation observation;     //!< what was known
        SlotDecision decision;           //!< what was decided
        std::vector<TaskResult> results; //!< of the tasks that have ended, one per MLU
        Eigen::Index awaited{0};         //!< tasks that have not ended
    };

    /// Describe the cell to the policy.
    void DescribeProblem();
    /// Start the next slot.
    void StartSlot();
    /// @return what is known at the start of the slot that starts now, but for the batteries
    SlotObservation Observe();
    /// Validate and clamp a decision; power 0 for MLUs with an empty battery.
    /// @param decision the decision
    void CheckDecision(SlotDecision& decision) const;
    /// Refuse compute shares where a server's discipline does not take them.
    /// @param decision a decision that has them
    void RequireWeights(const SlotDecision& decision) const;
    /// A task has ended. @param mlu index of its MLU @param task how it went
    void TaskEnded(uint32_t mlu, const TaskOutcome& task);
    /// The last task of a slot has ended. @param open the slot
    void EndSlot(OpenSlot& open);
    /// @param open a slot whose tasks have all ended @return its outcome
    SlotOutcome MakeOutcome(const OpenSlot& open) const;
    /// The last slot of the cell has ended, all there are or those before the application stopped.
    void EndCell();

    uint64_t m_slots;            //!< number of slots, 0 without end
    Time m_slotDuration;         //!< tau
    bool m_slotBarrier;          //!< a slot starts when the last one has ended
    bool m_stopSimulation;       //!< stops the simulation when all cells have ended
    bool m_isStopped{false};     //!< starts no more slots
    bool m_hasEnded{false};      //!< the last slot has ended
    double m_minAccuracy;        //!< A^min, share
    double m_maxHallucination;   //!< H^max, share
    double m_penaltyWeight;      //!< omega, s
    Ptr<OffloadPolicy> m_policy; //!< who decides

    OffloadCell m_cell;                            //!< link, servers and MLUs
    MluApplication::TaskEndedCallback m_taskEnded; //!< one for all MLUs
    OffloadProblem m_problem;                      //!< what holds for all slots
    uint64_t m_nextSlot{0};                        //!< number of the slot that starts next
    uint64_t m_endedSlots{0};                      //!< number of slots that have ended
    std::deque<OpenSlot> m_open;                   //!< slots under way, in order
    SlotDecision m_lastDecision;                   //!< of the last slot that ended
    SlotOutcome m_lastOutcome;                     //!< of the last slot that ended
    std::vector<TaskResult> m_spareResults;        //!< of a slot that has ended, for its memory
    SlotMetrics m_sums;                            //!< over all slots that have ended
    EventId m_slotEvent;                           //!< start of the next slot

    TracedCallback<const SlotObservation&> m_slotStartedTrace;                   //!< a slot starts
    TracedCallback<const SlotObservation&, const SlotDecision&> m_decisionTrace; //!< a decision
    TracedCallback<const SlotObservation&, const SlotDecision&, const SlotOutcome&>
        m_slotEndedTrace;             //!< a slot has ended
    TracedCallback<> m_allEndedTrace; //!< the last slot has ended
};

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_CONTROLLER_H
