/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_STATE_H
#define OFFLOAD_STATE_H

#include "ns3/offload-limits.h"
#include "ns3/offload-slot.h"

#include <Eigen/Core>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief How a learner sees a slot and how its action is read: the state (46) and the action (45).
 *
 * The state is one vector of features of order one, group after group, in each group one entry an
 * MLU. Features of the last slot that ended are 0 before there is one. PAPER begins with
 * - ratio: alpha_k of the last slot
 * - power: its p_k in dB below P_k^max, 1 + 10 log10(p_k / P_k^max) / R, held at 0
 * - accuracy: its effective accuracy (28)
 * - hallucination: its effective hallucination (28)
 * - latency: its latency (29), log(1 + L_k / tau)
 *
 * EXTENDED begins with what makes slots hang together
 * - backlogs, unless slots wait for each other: of the CPU, log(1 + s / tau), of the radio,
 *   log(1 + bits / 1 Mbit), and one entry for the server, log(1 + s / tau)
 * - battery: share of it that is left, 1 without one; left out when nobody has one
 *
 * All have
 * - bits: size X_k of the task, Mbit
 * - gain: (h_k in dB + 55) / 5, which is about 0 at 15 m
 *
 * and EXTENDED ends with
 * - time: one entry, the share of the slots that has passed; left out when they are without end
 *
 * What no action can change is last: gains, time, and tasks where no battery can be empty.
 *
 * ENTITIES and CARRIED are the states of agents that take any number of MLUs: MLU by MLU, what
 * OffloadEntities or OffloadCarriedEntities tells of it.
 *
 * The action is alpha_k of every MLU and then a_k of every MLU, each in [0, 1]; of agents that take
 * any number it is both of one MLU after the other. With DB, p_k is
 * P_k^max 10^(-R (1 - a_k) / 10), with LINEAR it is a_k P_k^max.
 */
struct OffloadStateLayout
{
    /// Which features; the names in ToJson are paper, current, extended, entities, carried
    enum State
    {
        PAPER,    ///< the state (46)
        CURRENT,  ///< this slot's tasks and gains alone
        EXTENDED, ///< CURRENT, and what lets a policy look ahead where slots hang together
        ENTITIES, ///< MLU by MLU, for any number of them
        CARRIED   ///< ENTITIES, and what lets a policy look ahead where slots hang together
    };

    /// How a power is read; the names in ToJson are db, linear
    enum PowerScale
    {
        DB,    ///< evenly in dB, down to powerRangeDb below the maximum
        LINEAR ///< evenly in W, from 0
    };

    State state{PAPER};        ///< which features
    PowerScale powerScale{DB}; ///< how a power is read
    double powerRangeDb{25};   ///< R, dB, (0, 200]
    Eigen::Index mlus{0};      ///< K
    bool hasBacklogs{false};   ///< whether there are backlog features
    bool hasBatteries{false};  ///< whether there are battery features
    bool hasEnd{false};        ///< whether there is a time feature
    OffloadReference::Kind reference{OffloadReference::RATIO}; ///< of outputs, of sets
    OffloadLimits limits;      ///< of the cells of training, of sets; not in ToJson
    Eigen::Index exogenous{0}; ///< features at the end that no action can change; not in ToJson
    std::vector<std::string> profiles; ///< as OffloadProblem::profiles; no feature depends on them

    /**
     * Take what the layout needs to know of a cell.
     * @param problem what holds for all slots
     */
    void Describe(const OffloadProblem& problem);

    /// @return whether any number of MLUs is taken
    bool TakesSets() const;
    /// @return entries of an observation; where it takes sets, of one MLU
    Eigen::Index GetObservations() const;
    /// @return entries of an action, 2 K; where it takes sets 2, of one MLU
    Eigen::Index GetActions() const;
    /// @param problem what holds for all slots @return vectors that are as long as observations
    /// and actions of its slots are, zero
    std::pair<Eigen::VectorXf, Eigen::VectorXf> MakeVectors(const OffloadProblem& problem) const;

    /**
     * @param problem what holds for all slots
     * @param observation what is known of a slot
     * @param[out] features as MakeVectors gives them, all finite
     */
    void Observe(const OffloadProblem& problem,
                 const SlotObservation& observation,
                 Eigen::Ref<Eigen::VectorXf> features) const;

    /**
     * @param problem what holds for all slots
     * @param action as MakeVectors gives it, entries in [0, 1]
     * @return the decision
     */
    SlotDecision Decide(const OffloadProblem& problem,
                        const Eigen::Ref<const Eigen::VectorXf>& action) const;

    /// @return the layout as JSON, for a checkpoint
    std::string ToJson() const;

    /**
     * @param text what ToJson gave
     * @param name what to call it in errors: the file's name
     * @return the layout
     * @throw std::runtime_error in one line naming file and field
     */
    static OffloadStateLayout FromJson(const std::string& text, const std::string& name);

    /**
     * Check that a policy that was trained with this layout can control a cell.
     * @param problem the cell
     * @param name what to call the policy in errors: the file's name
     * @throw std::runtime_error in one line naming file, what it has and what the cell has
     */
    void CheckFits(const OffloadProblem& problem, const std::string& name) const;

    /**
     * Compare the profiles of training with those of a cell that CheckFits accepts. Another profile
     * has other limits that bind, so the policy may be a bad one there.
     * @param problem the cell
     * @return the first difference, in one line; empty when there is none or nothing is known
     */
    std::string DescribeOtherProfile(const OffloadProblem& problem) const;

    /// @return names of the states, in the order of State
    static const std::vector<std::string>& GetStateNames();
    /// @return names of references, in the order of OffloadReference
    static const std::vector<std::string>& GetReferenceNames();
    /// @return names of the power scales, in the order of PowerScale
    static const std::vector<std::string>& GetPowerScaleNames();
};

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_STATE_H
