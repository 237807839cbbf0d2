/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "offload-entities.h"

#include "offload-entity-columns.h"
#include "offload-slot-cost.h"

#include "ns3/log.h"
#include "ns3/offload-equations.h"
#include "ns3/offload-problem.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("OffloadEntities");

namespace
{

using agents::Rows;
using namespace entity;

constexpr double BITS_A_MBIT = 1e6;
constexpr double LEAST_GAIN = 1e-30;    //!< a gain below that is as good as none
constexpr double LEAST_ENERGY_J = 1e-4; //!< where a logarithm is taken
constexpr double EDGE = 0.03;           //!< of the range of powers, which reference powers keep

// Centres and scales make features of order one in the paper's cell and about it.
constexpr double SPREAD_DB = 5;           //!< of gains in a cell
constexpr double CENTRE_SNR_DB = 75;      //!< of the signal alone over noise, at full power
constexpr double SPREAD_SNR_DB = 20;      //!< of it
constexpr double CENTRE_LOG_LOCAL = -0.8; //!< ln of 0.45 s a Mbit
constexpr double CENTRE_LOG_MEC = -2.4;   //!< ln of 0.09 s a Mbit
constexpr double LOG_SCALE = 2;           //!< of logarithms of times and sizes
constexpr double QUALITY_SCALE = 6;       //!< of one MLU's quality about its limit
constexpr double MEAN_QUALITY_SCALE = 12; //!< of the mean quality about its limit
constexpr double RANK_SCALE = 3;          //!< of ranks between -1/2 and 1/2

/// @param gainDb K gains @return their ranks, the largest first, in (-1/2, 1/2)
Eigen::ArrayXd
GetRanks(const Eigen::ArrayXd& gainDb)
{
    const Eigen::Index n = gainDb.size();
    std::vector<Eigen::Index> order(n);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&gainDb](Eigen::Index a, Eigen::Index b) {
        return gainDb[a] > gainDb[b];
    });
    Eigen::ArrayXd ranks(n);
    for (Eigen::Index place = 0; place < n; ++place)
    {
        ranks[order[place]] = (static_cast<double>(place) + 0.5) / static_cast<double>(n) - 0.5;
    }
    return ranks;
}

/// @param traits of a slot @param actions in it @return its sums, as far as traits and ratios tell
OffloadSlotSums
GetQuality(const Eigen::Ref<const Rows>& traits, const Eigen::Ref<const Rows>& actions)
{
    OffloadSlotSums sums;
    sums.count = static_cast<double>(traits.rows());
    sums.budgetJ = GetColumn(traits, BUDGET_J).sum();
    for (Eigen::Index k = 0; k < traits.rows(); ++k)
    {
        const double ratio = actions(k, RATIO_ACTION);
        sums.accuracy +=
            EffectiveQuality(ratio, traits(k, MEC_ACCURACY), traits(k, LOCAL_ACCURACY));
        sums.hallucination +=
            EffectiveQuality(ratio, traits(k, MEC_HALLUCINATION), traits(k, LOCAL_HALLUCINATION));
    }
    return sums;
}

/// @param traits of a slot @param cost of it @return derivatives of the total by ratios, as far as
/// they change quality
Eigen::ArrayXd
GetQualityCost(const Eigen::Ref<const Rows>& traits, const OffloadSlotCost& cost)
{
    return cost.byAccuracy * (GetColumn(traits, MEC_ACCURACY) - GetColumn(traits, LOCAL_ACCURACY)) +
           cost.byHallucination *
               (GetColumn(traits, MEC_HALLUCINATION) - GetColumn(traits, LOCAL_HALLUCINATION));
}

} // namespace

OffloadEntities::OffloadEntities(const OffloadLimits& limits,
                                 double powerRangeDb,
                                 OffloadReference::Kind reference,
                                 Learned learned)
    : m_limits(limits),
      m_powerRangeDb(powerRangeDb),
      m_reference(reference),
      m_learned(learned)
{
}

Rows
OffloadEntities::GetSlotTraits(const OffloadProblem& problem, const SlotObservation& observation)
{
    const Eigen::Index n = problem.GetN();
    const SlotTasks& tasks = observation.tasks;
    Rows traits(n, TRAITS);
    for (Eigen::Index k = 0; k < n; ++k)
    {
        const double mbit = tasks.bits[k] / BITS_A_MBIT;
        const bool hasTask = mbit > LEAST_MBIT;
        const auto perMbit = [&](double value) { return hasTask ? value / mbit : 1.0; };
        auto row = traits.row(k);
        const auto set = [&row](Trait trait, double value) {
            row[trait] = static_cast<float>(value);
        };
        set(GAIN_DB, 10 * std::log10(std::max(observation.gain[k], LEAST_GAIN)));
        set(MBIT, mbit);
        set(LOG_LOCAL_S, std::log(std::max(perMbit(tasks.localLatencyS[k]), LEAST_SHARE)));
        set(LOG_MEC_S, std::log(std::max(perMbit(tasks.mecLatencyS(k, 0)), LEAST_SHARE)));
        set(LOCAL_J, perMbit(tasks.localEnergyJ[k]));
        set(LOCAL_ACCURACY, tasks.localAccuracy[k]);
        set(LOCAL_HALLUCINATION, tasks.localHallucination[k]);
        set(MEC_ACCURACY, tasks.mecAccuracy[k]);
        set(MEC_HALLUCINATION, tasks.mecHallucination[k]);
        set(LOG_MAX_POWER_W, std::log(problem.maxPowerW[k]));
        set(BUDGET_J, problem.energyBudgetJ[k]);
    }
    return traits;
}

Rows
OffloadEntities::GetSlotOutcomes(const SlotOutcome& outcome)
{
    Rows rows(outcome.latencyS.size(), OUTCOMES);
    rows.col(LOCAL_OUTCOME_S) = outcome.localLatencyS.cast<float>();
    rows.col(UPLINK_OUTCOME_S) = outcome.uplinkLatencyS.cast<float>();
    rows.col(MEC_OUTCOME_S) = (outcome.mecLatencyS + outcome.downlinkLatencyS).cast<float>();
    rows.col(LOCAL_OUTCOME_J) = outcome.localEnergyJ.cast<float>();
    rows.col(UPLINK_OUTCOME_J) = outcome.uplinkEnergyJ.cast<float>();
    rows.col(CAPPED) = outcome.uplinkCapped.cast<float>();
    for (Eigen::Index k = 0; k < rows.rows(); ++k)
    {
        if (outcome.unserved[k])
        {
            rows.row(k).setConstant(std::numeric_limits<float>::quiet_NaN());
        }
    }
    return rows;
}

Eigen::Index
OffloadEntities::GetTraits() const
{
    return TRAITS;
}

std::vector<agents::OutcomeComponent>
OffloadEntities::GetComponents() const
{
    constexpr Eigen::Index inputs = 2; // size, and an announced time
    if (m_learned == LATENCY)
    {
        return {{"latency", inputs + 1, true, true}, {"energy", inputs + 1, true, true}};
    }
    return {{"upload", 0, true, false},
            {"device", inputs, false, false},
            {"server", inputs, false, false}};
}

Eigen::ArrayXd
OffloadEntities::GetReferenceUplinkS(const Eigen::Ref<const Rows>& traits) const
{
    const auto others = static_cast<double>(traits.rows() - 1);
    Eigen::ArrayXd secondsPerMbit(traits.rows());
    for (Eigen::Index k = 0; k < traits.rows(); ++k)
    {
        const double noise =
            m_limits.noiseW *
            std::exp(-FromDb(traits(k, GAIN_DB)) - static_cast<double>(traits(k, LOG_MAX_POWER_W)));
        const double mbps =
            m_limits.bandwidthHz / BITS_A_MBIT * std::log2(1 + 1 / (others + noise));
        secondsPerMbit[k] = 1 / mbps;
    }
    return secondsPerMbit;
}

Eigen::ArrayXd
OffloadEntities::GetReferenceRatios(const Eigen::Ref<const Rows>& traits) const
{
    return GetColumn(traits, LOG_LOCAL_S) -
           (GetReferenceUplinkS(traits) + GetColumn(traits, LOG_MEC_S).exp()).log();
}

Eigen::ArrayXd
OffloadEntities::GetReferencePowers(const Eigen::Ref<const Rows>& traits) const
{
    // As much power above the middle of the range as the gain is below the middle of all.
    const double toDb = 10 / std::log(10.0);
    const Eigen::ArrayXd receivedDb =
        GetColumn(traits, GAIN_DB) + toDb * GetColumn(traits, LOG_MAX_POWER_W);
    const double middle = (receivedDb.maxCoeff() + receivedDb.minCoeff()) / 2;
    const Eigen::ArrayXd share =
        (0.5 + (middle - receivedDb) / m_powerRangeDb).max(EDGE).min(1 - EDGE);
    return (share / (1 - share)).log();
}

void
OffloadEntities::MakeAlike(const Eigen::Ref<const Eigen::RowVectorXf>& like,
                           Eigen::Ref<Eigen::RowVectorXf> traits) const
{
    const float gainDb = traits[GAIN_DB];
    traits = like;
    traits[GAIN_DB] = gainDb;
}

void
OffloadEntities::Observe(const Eigen::Ref<const Rows>& traits, Eigen::Ref<Rows> observations) const
{
    NS_LOG_FUNCTION(traits.rows());
    DescribeFeatures(traits, observations.leftCols(FEATURES));
    DescribeOffsets(traits, observations.middleCols(FEATURES, ACTIONS));
    observations.rightCols(TRAITS) = traits;
}

void
OffloadEntities::DescribeFeatures(const Eigen::Ref<const Rows>& traits,
                                  Eigen::Ref<Rows> features) const
{
    const Eigen::ArrayXd gainDb = GetColumn(traits, GAIN_DB);
    const Eigen::ArrayXd mbit = GetColumn(traits, MBIT).max(LEAST_MBIT);
    const Eigen::ArrayXd logLocal = GetColumn(traits, LOG_LOCAL_S);
    const Eigen::ArrayXd accuracy = GetColumn(traits, LOCAL_ACCURACY) - m_limits.minAccuracy;
    const Eigen::ArrayXd hallucination =
        GetColumn(traits, LOCAL_HALLUCINATION) - m_limits.maxHallucination;
    const Eigen::ArrayXd references = GetReferenceRatios(traits);
    const double noiseDb = 10 * std::log10(m_limits.noiseW);
    Eigen::Index at = 0;
    const auto add = [&](const Eigen::ArrayXd& column) {
        features.col(at++) = column.cast<float>().matrix();
    };
    const auto addSame = [&](double value) {
        features.col(at++).setConstant(static_cast<float>(value));
    };
    add((gainDb + 10 / std::log(10.0) * GetColumn(traits, LOG_MAX_POWER_W) - noiseDb -
         CENTRE_SNR_DB) /
        SPREAD_SNR_DB);
    add((gainDb - gainDb.mean()) / SPREAD_DB);
    add((gainDb - gainDb.maxCoeff()) / SPREAD_DB);
    add((gainDb - gainDb.minCoeff()) / SPREAD_DB);
    add(GetRanks(gainDb) * RANK_SCALE);
    add(mbit.log() * LOG_SCALE);
    add((mbit / mbit.mean()).log() * LOG_SCALE);
    add((logLocal - CENTRE_LOG_LOCAL) * LOG_SCALE);
    add((logLocal - logLocal.mean()) * LOG_SCALE);
    add(accuracy * QUALITY_SCALE);
    add(hallucination * QUALITY_SCALE);
    add((GetColumn(traits, MEC_ACCURACY) - m_limits.minAccuracy) * QUALITY_SCALE);
    add((GetColumn(traits, MEC_HALLUCINATION) - m_limits.maxHallucination) * QUALITY_SCALE);
    addSame(accuracy.mean() * MEAN_QUALITY_SCALE);
    addSame(hallucination.mean() * MEAN_QUALITY_SCALE);
    add(references);
    addSame(references.mean());
    add(GetColumn(traits, LOCAL_J) * mbit / GetColumn(traits, BUDGET_J) - 0.5);
}

void
OffloadEntities::DescribeOffsets(const Eigen::Ref<const Rows>& traits,
                                 Eigen::Ref<Rows> offsets) const
{
    offsets.setZero();
    if (m_reference != OffloadReference::NONE)
    {
        offsets.col(RATIO_ACTION) = GetReferenceRatios(traits).cast<float>().matrix();
    }
    if (m_reference == OffloadReference::RATIO_POWER)
    {
        offsets.col(POWER_ACTION) = GetReferencePowers(traits).cast<float>().matrix();
    }
}

void
OffloadEntities::DescribeInputs(const Eigen::Ref<const Rows>& traits, Eigen::Ref<Rows> inputs) const
{
    const Eigen::ArrayXd size = GetColumn(traits, MBIT).max(LEAST_MBIT).log() * LOG_SCALE;
    const Eigen::ArrayXd local = (GetColumn(traits, LOG_LOCAL_S) - CENTRE_LOG_LOCAL) * LOG_SCALE;
    const Eigen::ArrayXd mec = (GetColumn(traits, LOG_MEC_S) - CENTRE_LOG_MEC) * LOG_SCALE;
    Eigen::Index at = 0;
    const auto add = [&](const Eigen::ArrayXd& column) {
        inputs.col(at++) = column.cast<float>().matrix();
    };
    if (m_learned == LATENCY)
    {
        for (int whole = 0; whole < 2; ++whole)
        {
            add(size);
            add(local);
            add(mec);
        }
        return;
    }
    add(size);
    add(local);
    add(size);
    add(mec);
}

void
OffloadEntities::GetLevels(const Eigen::Ref<const Rows>& traits,
                           const Eigen::Ref<const Rows>& actions,
                           Eigen::Ref<Eigen::VectorXd> given,
                           Eigen::Ref<Eigen::VectorXd> chosen,
                           Eigen::Ref<Rows> derivatives) const
{
    const double range = FromDb(m_powerRangeDb);
    given = GetColumn(traits, GAIN_DB).unaryExpr(&FromDb).matrix();
    chosen = (GetColumn(traits, LOG_MAX_POWER_W) -
              range * (1 - actions.col(POWER_ACTION).cast<double>().array()))
                 .matrix();
    derivatives.col(RATIO_ACTION).setZero();
    derivatives.col(POWER_ACTION).setConstant(static_cast<float>(range));
}

void
OffloadEntities::GetTargets(const Eigen::Ref<const Rows>& traits,
                            const Eigen::Ref<const Rows>& actions,
                            const Eigen::Ref<const Rows>& outcomes,
                            Eigen::Ref<Rows> components) const
{
    components.setConstant(std::numeric_limits<float>::quiet_NaN());
    for (Eigen::Index k = 0; k < traits.rows(); ++k)
    {
        const double mbit = traits(k, MBIT);
        if (mbit <= LEAST_MBIT)
        {
            continue;
        }
        const auto set = [&](Eigen::Index component, double total, double amount) {
            if (amount > LEAST_SHARE && total > 0)
            {
                components(k, component) = static_cast<float>(std::log(total / amount));
            }
        };
        const double ratio = actions(k, RATIO_ACTION);
        const auto outcome = outcomes.row(k);
        if (m_learned == LATENCY)
        {
            set(LATENCY_S,
                TaskLatencyS(outcome[LOCAL_OUTCOME_S],
                             outcome[UPLINK_OUTCOME_S],
                             outcome[MEC_OUTCOME_S]),
                1);
            set(ENERGY_J,
                std::max<double>(outcome[LOCAL_OUTCOME_J] + outcome[UPLINK_OUTCOME_J],
                                 LEAST_ENERGY_J),
                1);
            continue;
        }
        if (outcome[CAPPED] == 0) // else the time says nothing of the rate
        {
            set(UPLINK_S, outcome[UPLINK_OUTCOME_S], ratio * mbit);
        }
        set(LOCAL_S, outcome[LOCAL_OUTCOME_S], (1 - ratio) * mbit);
        set(MEC_S, outcome[MEC_OUTCOME_S], ratio * mbit);
    }
}

double
OffloadEntities::GetValue(const Eigen::Ref<const Rows>& traits,
                          const Eigen::Ref<const Rows>& actions,
                          const Eigen::Ref<const Rows>& components,
                          Eigen::Ref<Rows> byActions,
                          Eigen::Ref<Rows> byComponents) const
{
    const Eigen::ArrayXXd parts = components.cast<double>().array().exp();
    OffloadSlotSums sums = GetQuality(traits, actions);
    if (m_learned == LATENCY)
    {
        sums.latencyS = parts.col(LATENCY_S).sum();
        sums.energyJ = parts.col(ENERGY_J).sum();
        const OffloadSlotCost cost(m_limits, sums);
        byActions.col(RATIO_ACTION) = cost.GetValueDerivative(GetQualityCost(traits, cost));
        byActions.col(POWER_ACTION).setZero();
        byComponents.col(LATENCY_S) = cost.GetValueDerivative(parts.col(LATENCY_S));
        byComponents.col(ENERGY_J) = cost.GetValueDerivative(cost.byEnergy * parts.col(ENERGY_J));
        return cost.value;
    }
    const double range = FromDb(m_powerRangeDb);
    const Eigen::ArrayXd ratio = actions.col(RATIO_ACTION).cast<double>().array();
    const Eigen::ArrayXd mbit = GetColumn(traits, MBIT);
    const Eigen::ArrayXd localJ = GetColumn(traits, LOCAL_J);
    const Eigen::ArrayXd powerW = (GetColumn(traits, LOG_MAX_POWER_W) -
                                   range * (1 - actions.col(POWER_ACTION).cast<double>().array()))
                                      .exp();
    const Eigen::ArrayXd localS = (1 - ratio) * mbit * parts.col(LOCAL_S);
    const Eigen::ArrayXd uploadS = ratio * mbit * parts.col(UPLINK_S);
    const Eigen::ArrayXd mecS = ratio * mbit * parts.col(MEC_S);
    sums.latencyS = localS
                        .binaryExpr(uploadS + mecS,
                                    [](double local, double offloaded) {
                                        return TaskLatencyS(local, offloaded, 0);
                                    })
                        .sum();
    sums.energyJ = (localJ * (1 - ratio) * mbit + powerW * uploadS).sum();
    const OffloadSlotCost cost(m_limits, sums);
    // The share that ends last is the latency.
    const Eigen::ArrayXd isLocal = (localS > uploadS + mecS).cast<double>();
    const Eigen::ArrayXd isOffloaded = 1 - isLocal;
    byActions.col(RATIO_ACTION) =
        cost.GetValueDerivative(mbit * (isOffloaded * (parts.col(UPLINK_S) + parts.col(MEC_S)) -
                                        isLocal * parts.col(LOCAL_S)) +
                                GetQualityCost(traits, cost) +
                                cost.byEnergy * mbit * (powerW * parts.col(UPLINK_S) - localJ));
    byActions.col(POWER_ACTION) = cost.GetValueDerivative(cost.byEnergy * range * powerW * uploadS);
    byComponents.col(UPLINK_S) =
        cost.GetValueDerivative(isOffloaded * uploadS + cost.byEnergy * powerW * uploadS);
    byComponents.col(LOCAL_S) = cost.GetValueDerivative(isLocal * localS);
    byComponents.col(MEC_S) = cost.GetValueDerivative(isOffloaded * mecS);
    return cost.value;
}

} // namespace llmmec
} // namespace ns3
