/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "offload-optimum.h"

#include "offload-equations.h"
#include "offload-problem.h"

#include "ns3/log.h"
#include "ns3/mec-uplink-rate.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlopt.h>
#include <vector>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("OffloadOptimum");

namespace
{

constexpr double LN10 = 2.302585092994045684018; //!< one unit of a power variable is 10 dB

/**
 * Problem (30) with the penalty (48) as a smooth program.
 *
 * Variables, n = K: offloading ratios (n), powers in units of 10 dB relative to P_max (n),
 * latencies (n), one slack for each term of (48) (3).
 * Constraints, all <= 0: local share done by the latency (n), offloaded share done by the latency
 * (n), each term of (48) at most its slack (3).
 */
class SmoothProgram
{
  public:
    /// @param problem limits @param tasks tasks @param gain linear gains
    SmoothProgram(const OffloadProblem& problem,
                  const SlotTasks& tasks,
                  const Eigen::Ref<const Eigen::ArrayXd>& gain)
        : m_problem(problem),
          m_tasks(tasks),
          m_gain(gain),
          m_n(problem.GetN())
    {
    }

    /// @return number of variables
    Eigen::Index GetVariables() const
    {
        return 3 * m_n + 3;
    }

    /// @return number of constraints
    Eigen::Index GetConstraints() const
    {
        return 2 * m_n + 3;
    }

    /// @param decision a decision @param powerRangeDb powers below P_max that are searched, dB
    /// @return it as a point whose latencies and slacks are feasible
    Eigen::VectorXd ToPoint(const SlotDecision& decision, double powerRangeDb) const
    {
        const SlotOutcome outcome = EvaluateSlot(m_problem, m_tasks, m_gain, decision);
        Eigen::VectorXd point(GetVariables());
        point.segment(0, m_n) = decision.offloadRatio;
        point.segment(m_n, m_n) =
            (decision.powerW / m_problem.maxPowerW).max(std::pow(10, -powerRangeDb / 10)).log10();
        point.segment(2 * m_n, m_n) = outcome.latencyS;
        const auto n = static_cast<double>(m_n);
        point[3 * m_n] = std::max(n * m_problem.minAccuracy - outcome.accuracy.sum(), 0.0);
        point[3 * m_n + 1] =
            std::max(outcome.hallucination.sum() - n * m_problem.maxHallucination, 0.0);
        point[3 * m_n + 2] = std::max(outcome.localEnergyJ.sum() + outcome.uplinkEnergyJ.sum() -
                                          m_problem.energyBudgetJ.sum(),
                                      0.0);
        return point;
    }

    /// @param x a point @return its decision
    SlotDecision ToDecision(const double* x) const
    {
        const Eigen::Map<const Eigen::ArrayXd> ratio(x, m_n);
        const Eigen::Map<const Eigen::ArrayXd> logPower(x + m_n, m_n);
        return {ratio.max(0.0).min(1.0), m_problem.maxPowerW * (LN10 * logPower.min(0.0)).exp()};
    }

    /// @param decision a decision @return its reward by the exact equations, 1/s
    double GetReward(const SlotDecision& decision) const
    {
        return EvaluateSlot(m_problem, m_tasks, m_gain, decision).reward;
    }

    /// Cost: sum of latencies + omega times the slacks. @param x point @param gradient or null
    /// @return cost, s
    double GetCost(const double* x, double* gradient) const
    {
        if (gradient)
        {
            std::fill(gradient, gradient + 2 * m_n, 0.0);
            std::fill(gradient + 2 * m_n, gradient + 3 * m_n, 1.0);
            std::fill(gradient + 3 * m_n, gradient + 3 * m_n + 3, m_problem.penaltyWeight);
        }
        double cost = 0;
        for (Eigen::Index k = 0; k < m_n; ++k)
        {
            cost += x[2 * m_n + k];
        }
        return cost + m_problem.penaltyWeight * (x[3 * m_n] + x[3 * m_n + 1] + x[3 * m_n + 2]);
    }

    /// Constraints. @param result values @param x point @param gradient rows of derivatives or null
    void GetConstraintValues(double* result, const double* x, double* gradient) const
    {
        using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
        const Eigen::Map<const Eigen::ArrayXd> ratio(x, m_n);
        const Eigen::Map<const Eigen::ArrayXd> logPower(x + m_n, m_n);
        const Eigen::ArrayXd powerW = m_problem.maxPowerW * (LN10 * logPower).exp();
        const Eigen::ArrayXd receivedW = powerW * m_gain;
        const Eigen::ArrayXd rateBps =
            UplinkRatesBps(receivedW, m_problem.bandwidthHz, m_problem.noiseW);
        const double totalW = receivedW.sum() + m_problem.noiseW;

        std::unique_ptr<Eigen::Map<RowMatrix>> rows;
        if (gradient)
        {
            rows =
                std::make_unique<Eigen::Map<RowMatrix>>(gradient, GetConstraints(), GetVariables());
            rows->setZero();
        }

        const Eigen::Index accuracyRow = 2 * m_n;
        const Eigen::Index hallucinationRow = 2 * m_n + 1;
        const Eigen::Index energyRow = 2 * m_n + 2;
        const auto n = static_cast<double>(m_n);
        result[accuracyRow] = n * m_problem.minAccuracy - x[3 * m_n];
        result[hallucinationRow] = -n * m_problem.maxHallucination - x[3 * m_n + 1];
        result[energyRow] = -m_problem.energyBudgetJ.sum() - x[3 * m_n + 2];

        for (Eigen::Index k = 0; k < m_n; ++k)
        {
            const double localS = m_tasks.localLatencyS[k];
            const double localJ = m_tasks.localEnergyJ[k];
            const double mecS = m_tasks.mecLatencyS(k, 0);
            const double uploadS = m_tasks.bits[k] / rateBps[k];

            result[k] = (1 - ratio[k]) * localS - x[2 * m_n + k];
            result[m_n + k] = ratio[k] * (uploadS + mecS) - x[2 * m_n + k];
            result[accuracyRow] -=
                EffectiveQuality(ratio[k], m_tasks.mecAccuracy[k], m_tasks.localAccuracy[k]);
            result[hallucinationRow] += EffectiveQuality(ratio[k],
                                                         m_tasks.mecHallucination[k],
                                                         m_tasks.localHallucination[k]);
            result[energyRow] += (1 - ratio[k]) * localJ + powerW[k] * ratio[k] * uploadS;

            if (!rows)
            {
                continue;
            }
            (*rows)(k, k) = -localS;
            (*rows)(k, 2 * m_n + k) = -1;
            (*rows)(m_n + k, k) = uploadS + mecS;
            (*rows)(m_n + k, 2 * m_n + k) = -1;
            (*rows)(accuracyRow, k) = m_tasks.localAccuracy[k] - m_tasks.mecAccuracy[k];
            (*rows)(hallucinationRow, k) =
                m_tasks.mecHallucination[k] - m_tasks.localHallucination[k];
            (*rows)(energyRow, k) = powerW[k] * uploadS - localJ;
            (*rows)(energyRow, m_n + k) += LN10 * powerW[k] * ratio[k] * uploadS;
            // d r_k / d x_l, with x_l in units of 10 dB: own power raises the rate by
            // B / ln 2 * S_k / (S_k + I_k + N), another's lowers it.
            const double slope = m_problem.bandwidthHz / std::log(2.0) * LN10;
            const double interferenceW = totalW - receivedW[k];
            for (Eigen::Index l = 0; l < m_n; ++l)
            {
                const double rateSlope =
                    l == k ? slope * receivedW[k] / totalW
                           : -slope * receivedW[k] / totalW * receivedW[l] / interferenceW;
                const double uploadSlope = -uploadS / rateBps[k] * rateSlope;
                (*rows)(m_n + k, m_n + l) = ratio[k] * uploadSlope;
                (*rows)(energyRow, m_n + l) += powerW[k] * ratio[k] * uploadSlope;
            }
        }
        if (rows)
        {
            for (Eigen::Index i = 0; i < 3; ++i)
            {
                (*rows)(2 * m_n + i, 3 * m_n + i) = -1;
            }
        }
    }

  private:
    const OffloadProblem& m_problem;                //!< what holds for all slots
    const SlotTasks& m_tasks;                       //!< tasks
    const Eigen::Ref<const Eigen::ArrayXd>& m_gain; //!< linear gains
    Eigen::Index m_n;                               //!< number of MLUs
};

/// The best decision at any of the points that NLopt has asked about.
struct BestOfAll
{
    const SmoothProgram& program; //!< the program
    SlotDecision decision;        //!< the decision
    double reward{0};             //!< its reward
};

/// NLopt's view of GetCost. @param x point @param gradient or null @param best the program and the
/// best decision so far @return cost
double
CostOf(unsigned, const double* x, double* gradient, void* best)
{
    auto& [program, decision, reward] = *static_cast<BestOfAll*>(best);
    const SlotDecision here = program.ToDecision(x);
    const double rewardHere = program.GetReward(here);
    if (rewardHere > reward)
    {
        decision = here;
        reward = rewardHere;
    }
    return program.GetCost(x, gradient);
}

/// NLopt's view of GetConstraintValues. @param result values @param x point @param gradient or
/// null @param program the program
void
ConstraintsOf(unsigned, double* result, unsigned, const double* x, double* gradient, void* program)
{
    static_cast<const SmoothProgram*>(program)->GetConstraintValues(result, x, gradient);
}

/// Powers that all arrive equally strong, the weakest link at P_max.
/// @param problem limits @param gain linear gains @return powers, W
Eigen::ArrayXd
EqualisedPowersW(const OffloadProblem& problem, const Eigen::Ref<const Eigen::ArrayXd>& gain)
{
    const double receivedW = (problem.maxPowerW * gain).minCoeff();
    return (receivedW / gain).min(problem.maxPowerW);
}

/// Ratios that end both shares of each task together. @param problem limits @param tasks tasks
/// @param gain linear gains @param powerW powers, W @return offloading ratios
Eigen::ArrayXd
BalancedRatios(const OffloadProblem& problem,
               const SlotTasks& tasks,
               const Eigen::Ref<const Eigen::ArrayXd>& gain,
               const Eigen::ArrayXd& powerW)
{
    const Eigen::ArrayXd rateBps =
        UplinkRatesBps(powerW * gain, problem.bandwidthHz, problem.noiseW);
    const Eigen::ArrayXd remote = tasks.bits / rateBps + tasks.mecLatencyS.col(0);
    // A rate of zero makes remote infinite and the ratio zero. Without a task nothing is offloaded.
    return (tasks.bits > 0).select(tasks.localLatencyS / (tasks.localLatencyS + remote), 0.0);
}

/// Where the search starts. Equal received powers with ratios that end both shares together are the
/// optimum of equal MLUs with slack limits; one MLU louder than the rest may be better where MLUs
/// differ. Where that breaks a limit of the penalty, the optimum often has some MLUs offload all
/// and the rest as before, so every number of them is a start.
/// @param problem limits @param tasks tasks @param gain linear gains @return decisions
std::vector<SlotDecision>
GetStarts(const OffloadProblem& problem,
          const SlotTasks& tasks,
          const Eigen::Ref<const Eigen::ArrayXd>& gain)
{
    const Eigen::Index n = problem.GetN();
    const Eigen::ArrayXd equalised = EqualisedPowersW(problem, gain);
    const SlotDecision balanced{BalancedRatios(problem, tasks, gain, equalised), equalised};
    std::vector<SlotDecision> starts{balanced};
    // More than a few starts of a kind cost more than they find.
    constexpr Eigen::Index loudStarts = 3;
    for (Eigen::Index k = 0; k < std::min(n, loudStarts); ++k)
    {
        constexpr double quieter = 0.05; // 13 dB
        Eigen::ArrayXd powerW = quieter * equalised;
        powerW[k] = equalised[k];
        starts.push_back({BalancedRatios(problem, tasks, gain, powerW), powerW});
    }
    if (EvaluateSlot(problem, tasks, gain, balanced).penalty > 0)
    {
        constexpr Eigen::Index wholeStarts = 10;
        const Eigen::Index step = (n + wholeStarts - 1) / wholeStarts;
        for (Eigen::Index whole = n; whole > 0; whole -= step)
        {
            // Not quite all of it, and not quite the same: equal MLUs need not end up alike, and
            // from an equal start they would.
            constexpr double unlike = 0.2;
            SlotDecision start = balanced;
            for (Eigen::Index k = 0; k < whole; ++k)
            {
                start.offloadRatio[k] =
                    1 - unlike * static_cast<double>(k) / static_cast<double>(whole);
            }
            starts.push_back(start);
        }
    }
    return starts;
}

/// Keep the better decision. @param problem limits @param tasks tasks @param gain linear gains
/// @param candidate decision to try @param best decision to replace @param bestReward its reward
void
KeepBetter(const OffloadProblem& problem,
           const SlotTasks& tasks,
           const Eigen::Ref<const Eigen::ArrayXd>& gain,
           SlotDecision candidate,
           SlotDecision& best,
           double& bestReward)
{
    // Who offloads next to nothing had better be silent; the search ends a little above zero.
    constexpr double silent = 1e-6;
    for (Eigen::Index k = 0; k < candidate.offloadRatio.size(); ++k)
    {
        if (!(candidate.offloadRatio[k] > silent))
        {
            candidate.offloadRatio[k] = 0;
            candidate.powerW[k] = 0;
        }
    }
    const double reward = EvaluateSlot(problem, tasks, gain, candidate).reward;
    if (reward > bestReward)
    {
        bestReward = reward;
        best = std::move(candidate);
    }
}

} // namespace

SlotDecision
OptimalDecision(const OffloadProblem& problem,
                const SlotTasks& tasks,
                const Eigen::Ref<const Eigen::ArrayXd>& gain,
                const OptimumSettings& settings)
{
    NS_LOG_FUNCTION(problem.GetN());
    const Eigen::Index n = problem.GetN();
    SmoothProgram program(problem, tasks, gain);
    const auto variables = static_cast<unsigned>(program.GetVariables());
    const auto constraints = static_cast<unsigned>(program.GetConstraints());

    Eigen::VectorXd lower = Eigen::VectorXd::Zero(program.GetVariables());
    lower.segment(n, n).setConstant(-settings.powerRangeDb / 10);
    Eigen::VectorXd upper = Eigen::VectorXd::Constant(program.GetVariables(), HUGE_VAL);
    upper.segment(0, n).setOnes();
    upper.segment(n, n).setZero();

    const std::unique_ptr<nlopt_opt_s, decltype(&nlopt_destroy)> search(
        nlopt_create(NLOPT_LD_SLSQP, variables),
        &nlopt_destroy);
    nlopt_set_lower_bounds(search.get(), lower.data());
    nlopt_set_upper_bounds(search.get(), upper.data());
    BestOfAll bestOfAll{program, {}, 0};
    nlopt_set_min_objective(search.get(), CostOf, &bestOfAll);
    const std::vector<double> constraintTolerance(constraints, 1e-9);
    nlopt_add_inequality_mconstraint(search.get(),
                                     constraints,
                                     ConstraintsOf,
                                     &program,
                                     constraintTolerance.data());
    nlopt_set_ftol_rel(search.get(), settings.relativeTolerance);
    nlopt_set_maxeval(search.get(), static_cast<int>(settings.maxEvaluations));

    // Nobody offloads: always possible, and the best when the uplink is worthless.
    SlotDecision best{Eigen::ArrayXd::Zero(n), Eigen::ArrayXd::Zero(n)};
    double bestReward = EvaluateSlot(problem, tasks, gain, best).reward;
    for (SlotDecision start : GetStarts(problem, tasks, gain))
    {
        start.powerW =
            start.powerW.max(problem.maxPowerW * std::pow(10, -settings.powerRangeDb / 10));
        KeepBetter(problem, tasks, gain, start, best, bestReward);
        Eigen::VectorXd point = program.ToPoint(start, settings.powerRangeDb);
        double cost = 0;
        // Every exit but a refused argument leaves a usable point, which is judged by its reward.
        nlopt_optimize(search.get(), point.data(), &cost);
        if (!point.allFinite())
        {
            continue;
        }
        const SlotDecision found = program.ToDecision(point.data());
        KeepBetter(problem, tasks, gain, found, best, bestReward);
        KeepBetter(problem,
                   tasks,
                   gain,
                   {BalancedRatios(problem, tasks, gain, found.powerW), found.powerW},
                   best,
                   bestReward);
    }
    // NLopt gives back a point that keeps to the constraints. Where limits bind, all points near
    // the optimum can miss them by a rounding error, which means nothing to the exact equations.
    constexpr double rounding = 1e-6;
    if (bestOfAll.reward > bestReward * (1 + rounding))
    {
        KeepBetter(problem, tasks, gain, bestOfAll.decision, best, bestReward);
    }
    return best;
}

} // namespace llmmec
} // namespace ns3
