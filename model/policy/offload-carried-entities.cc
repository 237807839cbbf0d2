/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "offload-carried-entities.h"

#include "offload-carried-slot.h"
#include "offload-entity-columns.h"

#include "ns3/log.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("OffloadCarriedEntities");

namespace
{

using agents::Rows;
using namespace entity;

constexpr double BITS_A_MBIT = 1e6;
constexpr double LOG_SILENCE = -60;    //!< ln of a power far below noise, W
constexpr double ENDLESS_SLOTS = 1000; //!< are as good as no end
constexpr double CENTRE_SHARE = 0.5;   //!< of a battery
constexpr double MOST_BUDGETS = 2;     //!< all-local tasks that a slot's part of a battery pays for
constexpr double MOST_LOG_ODDS = 3;    //!< of a ratio about the reference ratio
constexpr double EDGE_SHARE = 0.02;    //!< where a log odds is taken
constexpr double LOG_SLOTS_SCALE = 0.5;  //!< of the logarithm of slots that are left
constexpr double CENTRE_LOG_SLOTS = 1.5; //!< of it, scaled

} // namespace

OffloadCarriedEntities::OffloadCarriedEntities(const OffloadLimits& limits,
                                               double powerRangeDb,
                                               OffloadReference::Kind reference)
    : OffloadEntities(limits, powerRangeDb, reference)
{
}

Rows
OffloadCarriedEntities::GetAllTraits(const OffloadProblem& problem,
                                     const SlotObservation& observation) const
{
    const Eigen::Index n = problem.GetN();
    Rows traits = Rows::Zero(n, ALL_TRAITS);
    traits.leftCols(TRAITS) = GetSlotTraits(problem, observation);
    const auto set = [&traits](CarriedTrait trait, const Eigen::ArrayXd& values) {
        traits.col(TRAITS + trait) = values.cast<float>().matrix();
    };
    if (problem.slots > 0)
    {
        const auto left = static_cast<double>(problem.slots - observation.slot);
        set(SLOTS_LEFT, Eigen::ArrayXd::Constant(n, left));
    }
    if (problem.batteryJ.size() > 0)
    {
        set(CAPACITY_J, problem.batteryJ);
        set(BATTERY_J, observation.batteryJ);
    }
    if (observation.cpuBacklogS.size() > 0)
    {
        set(CPU_S, observation.cpuBacklogS);
        set(RADIO_S, observation.uploadBacklogBits / BITS_A_MBIT * GetReferenceUplinkS(traits));
        set(SERVER_S, Eigen::ArrayXd::Constant(n, observation.mecBacklogS));
    }
    return traits;
}

Eigen::Index
OffloadCarriedEntities::GetTraits() const
{
    return ALL_TRAITS;
}

const agents::CarriedSteps*
OffloadCarriedEntities::GetSteps() const
{
    return this;
}

Eigen::Index
OffloadCarriedEntities::GetCarriedTraits() const
{
    return CARRIED;
}

int64_t
OffloadCarriedEntities::GetStepsLeft(const Eigen::Ref<const Eigen::RowVectorXf>& traits) const
{
    return std::llround(traits[TRAITS + SLOTS_LEFT]);
}

bool
OffloadCarriedEntities::TakesPart(const Eigen::Ref<const Eigen::RowVectorXf>& traits) const
{
    return traits[MBIT] > LEAST_MBIT;
}

void
OffloadCarriedEntities::MakeAlike(const Eigen::Ref<const Eigen::RowVectorXf>& like,
                                  Eigen::Ref<Eigen::RowVectorXf> traits) const
{
    OffloadEntities::MakeAlike(like.head(TRAITS), traits.head(TRAITS));
}

void
OffloadCarriedEntities::Observe(const Eigen::Ref<const Rows>& traits,
                                Eigen::Ref<Rows> observations) const
{
    NS_LOG_FUNCTION(traits.rows());
    DescribeFeatures(traits, observations.leftCols(FEATURES));
    DescribeOffsets(traits, observations.middleCols(ALL_FEATURES, ACTIONS));
    observations.rightCols(ALL_TRAITS) = traits;

    const auto get = [&traits](CarriedTrait trait) { return GetColumn(traits, TRAITS + trait); };
    const double left = get(SLOTS_LEFT)[0] > 0 ? get(SLOTS_LEFT)[0] : ENDLESS_SLOTS;
    const Eigen::ArrayXd capacityJ = get(CAPACITY_J);
    const auto withBattery = [&capacityJ](const Eigen::ArrayXd& values, double without) {
        return (capacityJ > 0).select(values, without).eval();
    };
    const Eigen::ArrayXd allLocalJ =
        GetColumn(traits, LOCAL_J) * GetColumn(traits, MBIT).max(LEAST_MBIT);
    const Eigen::ArrayXd budgets =
        (get(BATTERY_J) / left / allLocalJ.max(LEAST_MBIT)).max(0.0).min(MOST_BUDGETS);
    const Eigen::ArrayXd localShare = budgets.max(EDGE_SHARE).min(1 - EDGE_SHARE);
    const Eigen::ArrayXd sparing = ((1 - localShare) / localShare).log();
    const auto wait = [&](CarriedTrait trait) {
        return (get(trait).max(0.0) / m_limits.slotDurationS).log1p().eval();
    };
    Eigen::Index at = FEATURES;
    const auto add = [&](const Eigen::ArrayXd& column) {
        observations.col(at++) = column.cast<float>().matrix();
    };
    add(withBattery(budgets - CENTRE_SHARE, MOST_BUDGETS - CENTRE_SHARE));
    add(withBattery((sparing - GetReferenceRatios(traits)).max(-MOST_LOG_ODDS).min(MOST_LOG_ODDS),
                    -MOST_LOG_ODDS));
    add(withBattery(get(BATTERY_J) / capacityJ - CENTRE_SHARE, CENTRE_SHARE));
    add(Eigen::ArrayXd::Constant(traits.rows(),
                                 LOG_SLOTS_SCALE * std::log1p(left) - CENTRE_LOG_SLOTS));
    add(wait(CPU_S));
    add(Eigen::ArrayXd::Constant(traits.rows(), wait(CPU_S).mean()));
    add(wait(RADIO_S));
    add(wait(SERVER_S));
}

void
OffloadCarriedEntities::GetLevels(const Eigen::Ref<const Rows>& traits,
                                  const Eigen::Ref<const Rows>& actions,
                                  Eigen::Ref<Eigen::VectorXd> given,
                                  Eigen::Ref<Eigen::VectorXd> chosen,
                                  Eigen::Ref<Rows> derivatives) const
{
    OffloadEntities::GetLevels(traits, actions, given, chosen, derivatives);
    for (Eigen::Index k = 0; k < traits.rows(); ++k)
    {
        if (traits(k, TRAITS + CAPACITY_J) > 0 && !TakesPart(traits.row(k)))
        {
            chosen[k] = LOG_SILENCE;
            derivatives.row(k).setZero();
        }
    }
}

void
OffloadCarriedEntities::GetTargets(const Eigen::Ref<const Rows>& traits,
                                   const Eigen::Ref<const Rows>& actions,
                                   const Eigen::Ref<const Rows>& outcomes,
                                   Eigen::Ref<Rows> components) const
{
    constexpr float unknown = std::numeric_limits<float>::quiet_NaN();
    Rows alone = outcomes;
    const auto get = [&traits](CarriedTrait trait) { return traits.col(TRAITS + trait).array(); };
    alone.col(LOCAL_OUTCOME_S) -= get(CPU_S).matrix();
    OffloadEntities::GetTargets(traits, actions, alone, components);
    const auto forget = [&components](Eigen::Index k, Component component) {
        components(k, component) = unknown;
    };
    // Of what waits for the radio only bits are seen, and of what waits for the server only what is
    // there already: a time of its own has the share that waits for nothing.
    const bool isBusy = (get(RADIO_S) > 0).any() || (get(SERVER_S) > 0).any();
    const bool hasQueue = m_limits.serverOrder == ServerOrder::FIRST_COME_FIRST_SERVED;
    float earliestS = std::numeric_limits<float>::infinity();
    for (Eigen::Index k = 0; k < traits.rows(); ++k)
    {
        if (outcomes(k, MEC_OUTCOME_S) > 0)
        {
            earliestS = std::min(earliestS, outcomes(k, UPLINK_OUTCOME_S));
        }
        if (get(RADIO_S)[k] > 0)
        {
            forget(k, UPLINK_S);
        }
    }
    for (Eigen::Index k = 0; hasQueue && k < traits.rows(); ++k)
    {
        if (isBusy || outcomes(k, UPLINK_OUTCOME_S) > earliestS)
        {
            forget(k, MEC_S);
        }
    }
}

double
OffloadCarriedEntities::GetValue(const Eigen::Ref<const Rows>& traits,
                                 const Eigen::Ref<const Rows>& actions,
                                 const Eigen::Ref<const Rows>& components,
                                 Eigen::Ref<Rows> byActions,
                                 Eigen::Ref<Rows> byComponents) const
{
    const OffloadCarriedSlot slot(m_limits, m_powerRangeDb, traits, actions, components);
    const double worth = slot.GetWorth();
    Rows byCarried(traits.rows(), CARRIED);
    const Rows byNext = Rows::Zero(traits.rows(), CARRIED);
    slot.Differentiate(1 / worth, byNext, byCarried, byActions, byComponents);
    return std::log(worth);
}

double
OffloadCarriedEntities::Advance(const Eigen::Ref<const Rows>& traits,
                                const Eigen::Ref<const Rows>& actions,
                                const Eigen::Ref<const Rows>& components,
                                Eigen::Ref<Rows> next) const
{
    const OffloadCarriedSlot slot(m_limits, m_powerRangeDb, traits, actions, components);
    slot.CarryOn(next);
    return slot.GetWorth();
}

double
OffloadCarriedEntities::Differentiate(const Eigen::Ref<const Rows>& traits,
                                      const Eigen::Ref<const Rows>& actions,
                                      const Eigen::Ref<const Rows>& components,
                                      double byValue,
                                      const Eigen::Ref<const Rows>& byNext,
                                      Eigen::Ref<Rows> byCarried,
                                      Eigen::Ref<Rows> byActions,
                                      Eigen::Ref<Rows> byComponents) const
{
    const OffloadCarriedSlot slot(m_limits, m_powerRangeDb, traits, actions, components);
    slot.Differentiate(byValue, byNext, byCarried, byActions, byComponents);
    return slot.GetWorth();
}

} // namespace llmmec
} // namespace ns3
