/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "offload-carried-slot.h"

#include "offload-carried-entities.h"
#include "offload-entity-columns.h"

#include "ns3/log.h"
#include "ns3/offload-equations.h"
#include "ns3/offload-problem.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("OffloadCarriedSlot");

namespace
{

using agents::Rows;
using namespace entity;

constexpr double LEAST_ENERGY_J = 1e-9;  //!< costs nothing
constexpr double LEAST_LATENCY_S = 1e-9; //!< of an answer

/// @param traits K x ALL_TRAITS @param trait a column @return it
Eigen::ArrayXd
GetCarriedColumn(const Eigen::Ref<const Rows>& traits, CarriedTrait trait)
{
    return GetColumn(traits, OffloadEntities::TRAITS + trait);
}

/// @param condition of each MLU @return 1 where it holds, else 0
template <typename Condition>
Eigen::ArrayXd
Where(const Condition& condition)
{
    return condition.template cast<double>();
}

} // namespace

OffloadCarriedSlot::OffloadCarriedSlot(const OffloadLimits& limits,
                                       double powerRangeDb,
                                       const Eigen::Ref<const Rows>& traits,
                                       const Eigen::Ref<const Rows>& actions,
                                       const Eigen::Ref<const Rows>& components)
    : m_limits(limits),
      m_range(FromDb(powerRangeDb)),
      m_traits(traits),
      m_ratio(GetColumn(actions, RATIO_ACTION)),
      m_mbit(GetColumn(traits, MBIT)),
      m_powerW(
          (GetColumn(traits, LOG_MAX_POWER_W) - m_range * (1 - GetColumn(actions, POWER_ACTION)))
              .exp()),
      m_secondsPerMbit(components.cast<double>().array().exp()),
      m_batteryJ(GetCarriedColumn(traits, BATTERY_J))
{
    NS_LOG_FUNCTION(traits.rows());
    m_localEndS =
        GetCarriedColumn(traits, CPU_S) + (1 - m_ratio) * m_mbit * m_secondsPerMbit.col(LOCAL_S);
    m_uploadS = m_ratio * m_mbit * m_secondsPerMbit.col(UPLINK_S);
    m_arrivalS = GetCarriedColumn(traits, RADIO_S) + m_uploadS;
    m_serviceS = m_ratio * m_mbit * m_secondsPerMbit.col(MEC_S);
    m_energyJ = GetColumn(traits, LOCAL_J) * (1 - m_ratio) * m_mbit + m_powerW * m_uploadS;
    m_serverBacklogS = GetCarriedColumn(traits, SERVER_S).mean(); // is the same for all
    ServeShares();
    ValueAnswers();
}

void
OffloadCarriedSlot::ServeShares()
{
    m_serverEndS = m_arrivalS + m_serviceS;
    if (m_limits.serverOrder != ServerOrder::FIRST_COME_FIRST_SERVED)
    {
        return;
    }
    m_order.resize(m_arrivalS.size());
    std::iota(m_order.begin(), m_order.end(), 0);
    std::stable_sort(m_order.begin(), m_order.end(), [this](Eigen::Index a, Eigen::Index b) {
        return m_arrivalS[a] < m_arrivalS[b];
    });
    m_serverFreeS = m_serverBacklogS;
    for (const Eigen::Index k : m_order)
    {
        m_serverFreeS = std::max(m_arrivalS[k], m_serverFreeS) + m_serviceS[k];
        m_serverEndS[k] = m_serverFreeS;
    }
}

void
OffloadCarriedSlot::ValueAnswers()
{
    const Eigen::Index n = m_mbit.size();
    m_latencyS = m_localEndS.max(m_serverEndS).max(LEAST_LATENCY_S);
    m_answered = (GetCarriedColumn(m_traits, CAPACITY_J) > 0)
                     .select((m_batteryJ / m_energyJ.max(LEAST_ENERGY_J)).max(0.0).min(1.0), 1.0);
    m_accuracy.resize(n);
    m_hallucination.resize(n);
    for (Eigen::Index k = 0; k < n; ++k)
    {
        m_accuracy[k] =
            EffectiveQuality(m_ratio[k], m_traits(k, MEC_ACCURACY), m_traits(k, LOCAL_ACCURACY));
        m_hallucination[k] = EffectiveQuality(m_ratio[k],
                                              m_traits(k, MEC_HALLUCINATION),
                                              m_traits(k, LOCAL_HALLUCINATION));
    }
    m_countedS = 1 / (m_answered / m_latencyS + (1 - m_answered) / m_limits.unservedLatencyS);
    OffloadSlotSums sums;
    sums.count = static_cast<double>(n);
    sums.budgetJ = GetColumn(m_traits, BUDGET_J).sum();
    sums.accuracy = (m_answered * m_accuracy).sum();
    sums.hallucination = (m_answered * m_hallucination + 1 - m_answered).sum();
    sums.latencyS = m_countedS.sum();
    sums.energyJ = m_energyJ.sum();
    m_cost.emplace(m_limits, sums);
}

double
OffloadCarriedSlot::GetWorth() const
{
    return static_cast<double>(m_mbit.size()) / m_cost->total;
}

void
OffloadCarriedSlot::CarryOn(Eigen::Ref<Rows> next) const
{
    next.col(SLOTS_LEFT) =
        (GetCarriedColumn(m_traits, SLOTS_LEFT) - 1).max(0.0).cast<float>().matrix();
    next.col(CAPACITY_J) = m_traits.col(OffloadEntities::TRAITS + CAPACITY_J);
    next.col(BATTERY_J) = (m_batteryJ - m_energyJ).max(0.0).cast<float>().matrix();
    next.rightCols(3).setZero();
    if (m_limits.slotBarrier)
    {
        return;
    }
    const double slotS = m_limits.slotDurationS;
    next.col(CPU_S) = (m_localEndS - slotS).max(0.0).cast<float>().matrix();
    next.col(RADIO_S) = (m_arrivalS - slotS).max(0.0).cast<float>().matrix();
    next.col(SERVER_S).setConstant(static_cast<float>(std::max(m_serverFreeS - slotS, 0.0)));
}

void
OffloadCarriedSlot::DifferentiateWorth(double byWorth, Derivatives& by) const
{
    // A total at its floor does not change.
    const double byTotal =
        m_cost->total > SHORTEST_TOTAL_LATENCY_S
            ? -byWorth * static_cast<double>(m_mbit.size()) / (m_cost->total * m_cost->total)
            : 0;
    const double byAccuracy = byTotal * m_cost->byAccuracy;
    const double byHallucination = byTotal * m_cost->byHallucination;
    by.accuracy = byAccuracy * m_answered;
    by.hallucination = byHallucination * m_answered;
    by.energy += byTotal * m_cost->byEnergy;

    const Eigen::ArrayXd byRate = -byTotal * m_countedS.square(); // of answers, 1/s
    const Eigen::ArrayXd byAnswered = byRate * (1 / m_latencyS - 1 / m_limits.unservedLatencyS) +
                                      byAccuracy * m_accuracy +
                                      byHallucination * (m_hallucination - 1);
    const Eigen::ArrayXd isShort =
        Where(GetCarriedColumn(m_traits, CAPACITY_J) > 0 && m_batteryJ < m_energyJ);
    const Eigen::ArrayXd energyJ = m_energyJ.max(LEAST_ENERGY_J);
    by.battery += isShort * byAnswered / energyJ;
    by.energy -= isShort * byAnswered * m_batteryJ / energyJ.square();

    const Eigen::ArrayXd byLatency = -byRate * m_answered / m_latencyS.square();
    const Eigen::ArrayXd isLocal = Where(m_localEndS > m_serverEndS);
    by.localEnd += isLocal * byLatency;
    by.serverEnd += (1 - isLocal) * byLatency;
}

void
OffloadCarriedSlot::DifferentiateNext(const Eigen::Ref<const Rows>& byNext, Derivatives& by) const
{
    const Eigen::ArrayXd byBattery = Where(m_batteryJ > m_energyJ) * GetColumn(byNext, BATTERY_J);
    by.battery += byBattery;
    by.energy -= byBattery;
    if (m_limits.slotBarrier)
    {
        return;
    }
    const double slotS = m_limits.slotDurationS;
    by.localEnd += Where(m_localEndS > slotS) * GetColumn(byNext, CPU_S);
    by.arrival += Where(m_arrivalS > slotS) * GetColumn(byNext, RADIO_S);
    if (!m_order.empty() && m_serverFreeS > slotS)
    {
        by.serverEnd[m_order.back()] += GetColumn(byNext, SERVER_S).sum();
    }
}

void
OffloadCarriedSlot::DifferentiateServer(Derivatives& by) const
{
    if (m_order.empty())
    {
        by.arrival += by.serverEnd;
        by.service = by.serverEnd;
        return;
    }
    by.service.resize(by.serverEnd.size());
    double byFree = 0; // by when the server is free after this share
    for (auto at = m_order.rbegin(); at != m_order.rend(); ++at)
    {
        const Eigen::Index k = *at;
        byFree += by.serverEnd[k];
        by.service[k] = byFree;
        const double freeS =
            std::next(at) == m_order.rend() ? m_serverBacklogS : m_serverEndS[*std::next(at)];
        if (m_arrivalS[k] >= freeS)
        {
            by.arrival[k] += byFree;
            byFree = 0;
        }
    }
    by.server = byFree;
}

void
OffloadCarriedSlot::Differentiate(double byWorth,
                                  const Eigen::Ref<const Rows>& byNext,
                                  Eigen::Ref<Rows> byCarried,
                                  Eigen::Ref<Rows> byActions,
                                  Eigen::Ref<Rows> byComponents) const
{
    const Eigen::Index n = m_mbit.size();
    Derivatives by;
    for (auto* each : {&by.localEnd, &by.arrival, &by.serverEnd, &by.energy, &by.battery})
    {
        each->setZero(n);
    }
    DifferentiateWorth(byWorth, by);
    DifferentiateNext(byNext, by);
    DifferentiateServer(by);

    const auto put = [](Eigen::Ref<Rows> to, Eigen::Index column, const Eigen::ArrayXd& values) {
        to.col(column) = values.cast<float>().matrix();
    };
    byCarried.setZero();
    put(byCarried, BATTERY_J, by.battery);
    put(byCarried, CPU_S, by.localEnd);
    put(byCarried, RADIO_S, by.arrival);
    put(byCarried, SERVER_S, Eigen::ArrayXd::Constant(n, by.server / static_cast<double>(n)));

    const Eigen::ArrayXd byUpload = by.arrival + by.energy * m_powerW;
    put(byComponents, UPLINK_S, byUpload * m_uploadS);
    put(byComponents,
        LOCAL_S,
        by.localEnd * (1 - m_ratio) * m_mbit * m_secondsPerMbit.col(LOCAL_S));
    put(byComponents, MEC_S, by.service * m_serviceS);

    const Eigen::ArrayXd byOffloaded =
        byUpload * m_secondsPerMbit.col(UPLINK_S) + by.service * m_secondsPerMbit.col(MEC_S) -
        by.localEnd * m_secondsPerMbit.col(LOCAL_S) - by.energy * GetColumn(m_traits, LOCAL_J);
    put(byActions,
        RATIO_ACTION,
        byOffloaded * m_mbit +
            by.accuracy *
                (GetColumn(m_traits, MEC_ACCURACY) - GetColumn(m_traits, LOCAL_ACCURACY)) +
            by.hallucination * (GetColumn(m_traits, MEC_HALLUCINATION) -
                                GetColumn(m_traits, LOCAL_HALLUCINATION)));
    put(byActions, POWER_ACTION, by.energy * m_uploadS * m_range * m_powerW);
}

} // namespace llmmec
} // namespace ns3
