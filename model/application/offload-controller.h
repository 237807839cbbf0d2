/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_CONTROLLER_H
#define OFFLOAD_CONTROLLER_H

#include "mec-server-application.h"
#include "mlu-application.h"

#include "ns3/application.h"
#include "ns3/mec-uplink.h"
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
     * @param uplink the cell's uplink
     * @param server the cell's MEC server
     */
    void SetCell(Ptr<MecUplink> uplink, Ptr<MecServerApplication> server);

    /**
     * Add an MLU to the cell; before the application starts.
     * @param mlu the MLU, which joins the uplink and the server
     */
    void AddMlu(Ptr<MluApplication> mlu);

    /// @return the cell's MLUs
    const std::vector<Ptr<MluApplication>>& GetMlus() const;

    /// @return the cell's uplink, null before SetCell
    Ptr<MecUplink> GetUplink() const;

    /// @return the cell's server, null before SetCell
    Ptr<MecServerApplication> GetServer() const;

    /// @return the policy
    Ptr<OffloadPolicy> GetPolicy() const;

    /// @return what holds for all slots; complete once the application has started
    const OffloadProblem& GetProblem() const;

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

    /// A slot under way
    struct OpenSlot
    {
        Time start;                  //!< when it started
        SlotObservation observation; //!< what was known
        SlotDecision decision;       //!< what was decided
        SlotOutcome outcome;         //!< what is known of how it goes
        Eigen::Index awaited{0};     //!< tasks that have not ended
    };

    /// Describe the cell to the policy.
    void DescribeProblem();
    /// Start the next slot.
    void StartSlot();
    /// @return what is known at the start of the slot that starts now, but for the batteries
    SlotObservation Observe();
    /// Refuse devices and a server whose costs of a slot's tasks are not those of (14), (15) and
    /// (22), which the policy counts on. @param tasks the tasks
    void CheckCosts(const SlotTasks& tasks) const;
    /// @return what is left in the batteries, J, as SlotObservation::batteryJ
    Eigen::ArrayXd MeasureBatteries() const;
    /// Refuse a decision that nobody could carry out, and silence MLUs with an empty battery.
    /// @param decision the decision
    void CheckDecision(SlotDecision& decision) const;
    /// An upload is through. @param request what was sent @param delivery how it went
    void EndUpload(const OffloadRequest& request, const UplinkDelivery& delivery);
    /// An answer goes back. @param reply the answer
    void TakeReply(const MecServerReply& reply);
    /// A task has ended. @param mlu index of its MLU @param task how it went
    void TaskEnded(uint32_t mlu, const TaskOutcome& task);
    /// The last task of a slot has ended. @param open the slot
    void EndSlot(OpenSlot& open);
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

    Ptr<MecUplink> m_uplink;                       //!< the cell's uplink
    Ptr<MecServerApplication> m_server;            //!< the cell's server
    std::vector<Ptr<MluApplication>> m_mlus;       //!< the cell's MLUs
    MluApplication::TaskEndedCallback m_taskEnded; //!< one for all MLUs
    OffloadProblem m_problem;                      //!< what holds for all slots
    uint64_t m_nextSlot{0};                        //!< number of the slot that starts next
    uint64_t m_endedSlots{0};                      //!< number of slots that have ended
    std::deque<OpenSlot> m_open;                   //!< slots under way, in order
    SlotDecision m_lastDecision;                   //!< of the last slot that ended
    SlotOutcome m_lastOutcome;                     //!< of the last slot that ended
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
