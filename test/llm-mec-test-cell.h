/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_TEST_CELL_H
#define LLM_MEC_TEST_CELL_H

#include "ns3/constant-position-mobility-model.h"
#include "ns3/double.h"
#include "ns3/llm-mec-helper.h"
#include "ns3/offload-policy.h"
#include "ns3/pointer.h"
#include "ns3/propagation-loss-model.h"
#include "ns3/random-variable-stream.h"
#include "ns3/simulator.h"

#include <functional>
#include <vector>

/**
 * @ingroup llm-mec-tests
 * @brief A slot as the traces and the policy saw it.
 */
struct SlotRecord
{
    ns3::llmmec::SlotObservation observation; //!< what was known
    ns3::llmmec::SlotDecision decision;       //!< what was decided
    ns3::llmmec::SlotOutcome outcome;         //!< how it went
    double endedS{0};                         //!< when it ended, s
};

/**
 * @ingroup llm-mec-tests
 * @brief A policy that decides what a test says and keeps what it could learn from. It has no
 * constructor to be found by, so it is not among the policies that a user can choose.
 */
class ScriptedPolicy : public ns3::llmmec::OffloadPolicy
{
  public:
    /// What it decides
    using Script = std::function<ns3::llmmec::SlotDecision(const ns3::llmmec::SlotObservation&)>;

    /// @return the TypeId
    static ns3::TypeId GetTypeId()
    {
        static ns3::TypeId tid =
            ns3::TypeId("ns3::ScriptedPolicy").SetParent<ns3::llmmec::OffloadPolicy>();
        return tid;
    }

    /// @param script what it decides
    explicit ScriptedPolicy(Script script)
        : m_script(script)
    {
    }

    ns3::llmmec::SlotDecision Decide(const ns3::llmmec::SlotObservation& observation) override
    {
        return m_script(observation);
    }

    void Learn(const ns3::llmmec::SlotObservation& observation,
               const ns3::llmmec::SlotDecision& decision,
               const ns3::llmmec::SlotOutcome& outcome) override
    {
        m_learned.push_back({observation, decision, outcome, ns3::Simulator::Now().GetSeconds()});
    }

    std::vector<SlotRecord> m_learned; //!< what it could learn from

  private:
    Script m_script; //!< what it decides
};

/**
 * Have a cell decide the same in every slot.
 * @param cell the cell
 * @param ratios alpha_k
 * @param powersW p_k, W
 * @return its policy
 */
inline ns3::Ptr<ScriptedPolicy>
Decide(const ns3::llmmec::LlmMecCell& cell,
       const std::vector<double>& ratios,
       const std::vector<double>& powersW)
{
    const auto toArray = [](const std::vector<double>& values) {
        return Eigen::ArrayXd(
            Eigen::Map<const Eigen::ArrayXd>(values.data(),
                                             static_cast<Eigen::Index>(values.size())));
    };
    const ns3::llmmec::SlotDecision decision{toArray(ratios), toArray(powersW)};
    auto policy = ns3::CreateObject<ScriptedPolicy>(
        [decision](const ns3::llmmec::SlotObservation&) { return decision; });
    cell.controller->SetAttribute("Policy", ns3::PointerValue(policy));
    return policy;
}

/**
 * Task sizes one after the other, and again from the first.
 * @param bits sizes, bits
 * @return an attribute's value
 */
inline ns3::PointerValue
BitsInTurn(std::vector<double> bits) // ns-3.37 takes no const array
{
    auto variable = ns3::CreateObject<ns3::DeterministicRandomVariable>();
    variable->SetValueArray(bits.data(), bits.size());
    return ns3::PointerValue(variable);
}

/// @param distanceM distance on the ground from the antenna, m @return a node there
inline ns3::Ptr<ns3::Node>
MakeNodeAt(double distanceM)
{
    auto node = ns3::CreateObject<ns3::Node>();
    auto mobility = ns3::CreateObject<ns3::ConstantPositionMobilityModel>();
    mobility->SetPosition(ns3::Vector(distanceM, 0, 0));
    node->AggregateObject(mobility);
    return node;
}

/// Take the fading away: gains are 1e-3 / (x^2 + 10^2). @param cell the cell
inline void
RemoveFading(const ns3::llmmec::LlmMecCell& cell)
{
    auto loss = ns3::CreateObject<ns3::LogDistancePropagationLossModel>();
    loss->SetAttribute("Exponent", ns3::DoubleValue(2));
    loss->SetAttribute("ReferenceLoss", ns3::DoubleValue(30));
    cell.link->SetAttribute("PropagationLossModel", ns3::PointerValue(loss));
}

/**
 * Build a cell without fading, 10 m below an antenna.
 * @param mec what builds it
 * @param distancesM each MLU's distance on the ground, m
 * @return the cell
 */
inline ns3::llmmec::LlmMecCell
MakeQuietCell(ns3::llmmec::LlmMecHelper& mec, const std::vector<double>& distancesM)
{
    ns3::NodeContainer nodes;
    for (const double distanceM : distancesM)
    {
        nodes.Add(MakeNodeAt(distanceM));
    }
    auto cell = mec.InstallCell(nodes, nullptr);
    RemoveFading(cell);
    return cell;
}

/**
 * Run cells until their last slots have ended. Simulator::Destroy is left to the test.
 * @param cells the cells
 * @return the slots of the first cell, in the order in which they ended
 */
inline std::vector<SlotRecord>
RunCells(const std::vector<ns3::llmmec::LlmMecCell>& cells)
{
    using namespace ns3::llmmec;
    std::vector<SlotRecord> slots;
    ns3::Callback<void, const SlotObservation&, const SlotDecision&, const SlotOutcome&> ended(
        [&slots](const SlotObservation& observation,
                 const SlotDecision& decision,
                 const SlotOutcome& outcome) {
            slots.push_back({observation, decision, outcome, ns3::Simulator::Now().GetSeconds()});
        });
    cells.front().controller->TraceConnectWithoutContext("SlotEnded", ended);
    std::vector<ns3::Ptr<OffloadController>> controllers;
    for (const LlmMecCell& cell : cells)
    {
        controllers.push_back(cell.controller);
    }
    OffloadController::StopWhenAllEnded(controllers);
    ns3::Simulator::Run();
    cells.front().controller->TraceDisconnectWithoutContext("SlotEnded", ended);
    return slots;
}

/// Run a cell. @param cell the cell @return its slots, in the order in which they ended
inline std::vector<SlotRecord>
RunCell(const ns3::llmmec::LlmMecCell& cell)
{
    return RunCells({cell});
}

#endif // LLM_MEC_TEST_CELL_H
