/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_SLOT_H
#define OFFLOAD_SLOT_H

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/**
 * @defgroup llm-mec LLM inference at the mobile edge
 *
 * Mobile LLM users (MLUs) split each task between a compact model of their own and the full model
 * of an MEC server, over an uplink in which they interfere. Equation numbers are those of R. Zhang
 * et al., "Compact LLM Deployment and World Model Assisted Offloading in Mobile Edge Computing",
 * arXiv:2602.13628.
 */

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief How the tasks at a server share it.
 */
enum class ServerOrder
{
    PARALLEL,                ///< each has what (22) says, whatever the others do
    FIRST_COME_FIRST_SERVED, ///< one after the other, in the order of their arrival
    OTHER                    ///< in another way
};

/**
 * @ingroup llm-mec
 * @brief What holds for all slots of problem (30): the MLUs, the uplink and the limits.
 *
 * Arrays have one entry per MLU, in the order in which the MLUs were added to the cell.
 */
struct OffloadProblem
{
    Eigen::ArrayXd maxPowerW;     ///< P_k^max, W, > 0
    Eigen::ArrayXd energyBudgetJ; ///< E_k^max, J a slot, > 0
    Eigen::Index servers{1};      ///< M, number of MEC servers, >= 1
    double bandwidthHz{0};        ///< B, Hz, > 0
    double noiseW{0};             ///< sigma^2 over B, W, > 0
    double minAccuracy{0};        ///< A^min, share
    double maxHallucination{1};   ///< H^max, share
    double penaltyWeight{1};      ///< omega of (47), s, >= 0
    double maxUplinkLatencyS{10}; ///< cap of (20), s, > 0; see UplinkLatencyS
    double slotDurationS{1};      ///< tau, s, > 0
    uint64_t slots{0};            ///< T, 0 without end
    bool slotBarrier{true};       ///< a slot starts when all tasks of the last have ended
    double unservedLatencyS{10};  ///< latency that a task without answer counts with, s, > 0
    ServerOrder serverOrder{ServerOrder::PARALLEL}; ///< how tasks share a server
    Eigen::ArrayXd batteryJ; ///< capacity of the battery, J, 0 for none; empty when nobody has one
    std::vector<std::string> profiles; ///< QualityModel::GetProfileNames; empty when not known

    /// @return K, the number of MLUs
    Eigen::Index GetN() const
    {
        return maxPowerW.size();
    }
};

/**
 * @ingroup llm-mec
 * @brief What each MLU's task asks for in one slot, and what it would cost to compute all of it on
 * the device or at a server that have nothing else to do; arrays have one entry per MLU.
 *
 * An MLU that takes no task (its battery is empty) has 0 bits.
 */
struct SlotTasks
{
    Eigen::ArrayXd bits;               ///< X_k, bits, >= 0
    Eigen::ArrayXd cyclesPerBit;       ///< phi_k, cycles/bit, > 0
    Eigen::ArrayXd localLatencyS;      ///< (14) with alpha = 0, s, >= 0
    Eigen::ArrayXd localEnergyJ;       ///< (15) with alpha = 0, J, >= 0
    Eigen::ArrayXXd mecLatencyS;       ///< (22) with alpha = 1, s, >= 0; one column per server
    Eigen::ArrayXd localAccuracy;      ///< A_k of (28), share: expected of the compact model
    Eigen::ArrayXd localHallucination; ///< H_k of (28), share: expected of the compact model
    Eigen::ArrayXd mecAccuracy;        ///< A_k^MEC of (28), share: expected of the full model
    Eigen::ArrayXd mecHallucination;   ///< H_k^MEC of (28), share: expected of the full model
};

/**
 * @ingroup llm-mec
 * @brief What a controller tells one MLU to do with its task.
 */
struct MluDecision
{
    double offloadRatio{0};               ///< alpha, share of the task that is offloaded, [0, 1]
    double powerW{0};                     ///< p, transmit power, W
    uint32_t server{0};                   ///< index of the server
    std::optional<double> bandwidthShare; ///< y, share of the server's band; absent: all share it
    std::optional<double> computeShare;   ///< z, share of the server; absent: equal shares
};

/**
 * @ingroup llm-mec
 * @brief A controller's decision for one slot; arrays have one entry per MLU.
 *
 * A policy may leave the last three empty: all use the first server, which is the only one as a
 * rule, share its band, where they interfere, and share its computing as its discipline has it.
 */
struct SlotDecision
{
    Eigen::ArrayXd offloadRatio;     ///< alpha_k, share of the task that is offloaded, [0, 1]
    Eigen::ArrayXd powerW;           ///< p_k, transmit power, W, [0, P_k^max]
    Eigen::ArrayXi server{};         ///< index of the server, [0, M), or empty
    Eigen::ArrayXd bandwidthShare{}; ///< y_k, share of its server's band, [0, 1], or empty
    Eigen::ArrayXd computeShare{};   ///< z_k, share of its server, [0, 1], or empty

    /// @param mlu index of an MLU @return what it is told
    MluDecision GetMlu(Eigen::Index mlu) const
    {
        MluDecision decision;
        decision.offloadRatio = offloadRatio[mlu];
        decision.powerW = powerW[mlu];
        decision.server = static_cast<uint32_t>(GetServer(mlu));
        if (bandwidthShare.size() > 0)
        {
            decision.bandwidthShare = bandwidthShare[mlu];
        }
        if (computeShare.size() > 0)
        {
            decision.computeShare = computeShare[mlu];
        }
        return decision;
    }

    /// @param mlu index of an MLU @return index of its server
    Eigen::Index GetServer(Eigen::Index mlu) const
    {
        return server.size() > 0 ? server[mlu] : 0;
    }
};

/**
 * @ingroup llm-mec
 * @brief How one slot went; arrays have one entry per MLU.
 */
struct SlotOutcome
{
    Eigen::ArrayXd uplinkBps;        ///< r_k of (19), bit/s; of events: mean, 0 if nothing was sent
    Eigen::ArrayXd localLatencyS;    ///< L_k^local of (14), s
    Eigen::ArrayXd uplinkLatencyS;   ///< L_k^off of (20), s
    Eigen::ArrayXd mecLatencyS;      ///< L_k^MEC of (22), s, with waiting where the server queues
    Eigen::ArrayXd downlinkLatencyS; ///< of the answer, s; 0 where answers take no time
    Eigen::ArrayXd latencyS;         ///< L_k of (29), s
    Eigen::ArrayXd localEnergyJ;     ///< E_k^local of (15), J
    Eigen::ArrayXd uplinkEnergyJ;    ///< E_k^off of (21), J
    Eigen::ArrayXd accuracy;         ///< effective accuracy of (28), share
    Eigen::ArrayXd hallucination;    ///< effective hallucination of (28), share
    Eigen::Array<bool, Eigen::Dynamic, 1> uplinkCapped; ///< the upload met its latency cap
    Eigen::Array<bool, Eigen::Dynamic, 1> unserved;     ///< no answer: the battery was empty
    double penalty{0};                                  ///< Omega of (48)
    double reward{0};                                   ///< (47), 1/s

    /// Make room for @p n MLUs, all values zero. @param n number of MLUs
    void Resize(Eigen::Index n)
    {
        for (auto* values : {&uplinkBps,
                             &localLatencyS,
                             &uplinkLatencyS,
                             &mecLatencyS,
                             &downlinkLatencyS,
                             &latencyS,
                             &localEnergyJ,
                             &uplinkEnergyJ,
                             &accuracy,
                             &hallucination})
        {
            values->setZero(n);
        }
        uplinkCapped.setConstant(n, false);
        unserved.setConstant(n, false);
        penalty = 0;
        reward = 0;
    }
};

/**
 * @ingroup llm-mec
 * @brief What a controller knows when it decides: this slot's tasks and gains, the last outcome.
 *
 * The state (46) of the paper can be made of it.
 */
struct SlotObservation
{
    uint64_t slot{0};           ///< number of the slot, from 0
    double startS{0};           ///< simulation time of the slot's start, s
    SlotTasks tasks;            ///< this slot's tasks
    Eigen::ArrayXd gain;        ///< h_k of (17) to the first server, linear power gain, > 0
    Eigen::ArrayXXd serverGain; ///< the same to all servers, one column per server
    Eigen::ArrayXd batteryJ;    ///< what is left in the battery, J; as OffloadProblem::batteryJ
    Eigen::ArrayXd cpuBacklogS; ///< what each MLU's CPU still has to do, s; empty with a barrier
    Eigen::ArrayXd uploadBacklogBits; ///< what waits for its radio or is on it, bits; the same
    double mecBacklogS{0};         ///< what the first server still has to do, s; 0 with a barrier
    Eigen::ArrayXd serverBacklogS; ///< the same of all servers, s; empty with a barrier
    SlotDecision lastDecision;     ///< decision of the last slot that ended; empty before the first
    SlotOutcome lastOutcome;       ///< outcome of the last slot that ended; empty before the first
};

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_SLOT_H
