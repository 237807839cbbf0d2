/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_POLICY_H
#define OFFLOAD_POLICY_H

#include "ns3/object.h"
#include "ns3/offload-slot.h"

#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Who decides: the share of each task that is offloaded and the power it is sent with.
 *
 * A policy of your own is a subclass with a TypeId; a controller finds it by name and never knows
 * which one it has. Learners also override Learn.
 */
class OffloadPolicy : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Called once, before the first slot.
     * @param problem what holds for all slots
     */
    virtual void Begin(const OffloadProblem& problem);

    /**
     * Whether the policy works out what a decision would cost by (14), (15) and (22) with the
     * clocks and energy coefficients of the problem. Then the controller refuses devices and
     * servers that do not follow them, for which the policy would decide wrongly without a word.
     * @return false unless overridden
     */
    virtual bool NeedsEquations() const;

    /**
     * Decide a slot.
     * @param observation what is known at the slot's start
     * @return alpha_k in [0, 1] and p_k in [0, P_k^max], one entry an MLU
     */
    virtual SlotDecision Decide(const SlotObservation& observation) = 0;

    /**
     * Learn from a slot that has ended; does nothing unless overridden. Without a slot barrier,
     * slots can end in another order than they began.
     * @param observation what was known
     * @param decision what was decided
     * @param outcome how it went
     */
    virtual void Learn(const SlotObservation& observation,
                       const SlotDecision& decision,
                       const SlotOutcome& outcome);

    /**
     * Assign fixed random streams.
     * @param stream first stream to use
     * @return number of streams used; none unless overridden
     */
    virtual int64_t AssignStreams(int64_t stream);

    /**
     * The policies that can be chosen by name: every registered subclass with a constructor, also
     * those of a study of your own.
     * @return short names in alphabetical order, such as always-local
     */
    static std::vector<std::string> GetNames();

    /**
     * Find a policy.
     * @param name short name (always-local) or TypeId name (ns3::llmmec::AlwaysLocalPolicy)
     * @return its TypeId
     * @throw std::invalid_argument naming the known policies when there is none of that name
     */
    static TypeId Find(const std::string& name);

    /**
     * @param tid TypeId of a policy
     * @return its short name: ns3::llmmec::AlwaysLocalPolicy is always-local
     */
    static std::string GetShortName(TypeId tid);

  protected:
    /// @return what holds for all slots, from Begin
    const OffloadProblem& GetProblem() const;

  private:
    OffloadProblem m_problem; //!< what holds for all slots
};

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_POLICY_H
