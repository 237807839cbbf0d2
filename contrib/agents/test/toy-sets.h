/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_TOY_SETS_H
#define AGENTS_TOY_SETS_H

#include "agents/agent.h"
#include "agents/outcome-task.h"
#include "base/random-stream.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief Entities that speak at once: how long one takes depends on how loud it is over the others.
 *
 * Entity k has a trait x_k in [-1, 1] and chooses a_k in [0, 1]. Its level is u_k = 2 x_k + 4 a_k,
 * its time t_k = (sum over others of exp(u_j) + exp(-3)) / exp(u_k) to the power 0.7, and the
 * reward is 1 / sum of t_k: the best is that all are about as loud.
 */
class ToySets : public OutcomeTask
{
  public:
    static constexpr Eigen::Index OBSERVATIONS = 4; ///< x, x over the mean, an offset, the trait

    Eigen::Index GetTraits() const override
    {
        return 1;
    }

    std::vector<OutcomeComponent> GetComponents() const override
    {
        return {{"time", 0, true, false}};
    }

    void MakeAlike(const Eigen::Ref<const Eigen::RowVectorXf>&,
                   Eigen::Ref<Eigen::RowVectorXf>) const override
    {
    }

    void Observe(const Eigen::Ref<const Rows>& traits, Eigen::Ref<Rows> observations) const override
    {
        observations.col(0) = traits;
        observations.col(1) = (traits.array() - traits.mean()).matrix();
        observations.col(2).setZero();
        observations.col(3) = traits;
    }

    void DescribeInputs(const Eigen::Ref<const Rows>&, Eigen::Ref<Rows>) const override
    {
    }

    void GetLevels(const Eigen::Ref<const Rows>& traits,
                   const Eigen::Ref<const Rows>& actions,
                   Eigen::Ref<Eigen::VectorXd> given,
                   Eigen::Ref<Eigen::VectorXd> chosen,
                   Eigen::Ref<Rows> derivatives) const override
    {
        given = 2 * traits.cast<double>();
        chosen = 4 * actions.cast<double>();
        derivatives.setConstant(4);
    }

    void GetTargets(const Eigen::Ref<const Rows>&,
                    const Eigen::Ref<const Rows>&,
                    const Eigen::Ref<const Rows>& outcomes,
                    Eigen::Ref<Rows> components) const override
    {
        components = outcomes.array().log().matrix();
    }

    double GetValue(const Eigen::Ref<const Rows>&,
                    const Eigen::Ref<const Rows>&,
                    const Eigen::Ref<const Rows>& components,
                    Eigen::Ref<Rows> byActions,
                    Eigen::Ref<Rows> byComponents) const override
    {
        const Eigen::ArrayXf times = components.array().exp();
        byActions.setZero();
        byComponents = (-times / times.sum()).matrix();
        return -std::log(times.mean());
    }

    /// @return what an agent sees and does
    static AgentShape GetShape()
    {
        AgentShape shape;
        shape.observations = OBSERVATIONS;
        shape.actions = 1;
        shape.isSet = true;
        shape.features = 2;
        shape.hasOffsets = true;
        shape.outcomes = 1;
        shape.findTask = [](const std::string& learned) {
            return learned == "components" ? std::make_shared<ToySets>() : nullptr;
        };
        return shape;
    }

    /// @param traits of a set @param actions of it @return how long each takes
    static Eigen::ArrayXd GetTimes(const Rows& traits, const Rows& actions)
    {
        const Eigen::ArrayXd loud =
            (2 * traits.cast<double>() + 4 * actions.cast<double>()).array().exp();
        return ((loud.sum() - loud + std::exp(-3.0)) / loud).pow(0.7);
    }

    /// @param n entities @param random source @return traits of a set
    static Rows Draw(Eigen::Index n, base::RandomStream& random)
    {
        return Rows::NullaryExpr(n, 1, [&random] {
            return static_cast<float>(2 * random.Uniform() - 1);
        });
    }
};

/// Let an agent learn. @param agent learns @param slots of the episode @param sizes of the sets, in
/// turn @param seed of the sets
inline void
LearnSets(Agent& agent, int slots, const std::vector<Eigen::Index>& sizes, uint64_t seed)
{
    base::RandomStream random(seed);
    for (int slot = 0; slot < slots; ++slot)
    {
        const Eigen::Index n = sizes[slot % sizes.size()];
        const Rows traits = ToySets::Draw(n, random);
        Rows seen(n, ToySets::OBSERVATIONS);
        ToySets().Observe(traits, seen);
        Eigen::VectorXf action(n);
        const uint64_t step =
            agent.Explore(0, Eigen::Map<const Eigen::VectorXf>(seen.data(), seen.size()), action);
        const Eigen::ArrayXd times = ToySets::GetTimes(traits, action);
        const Eigen::VectorXf outcomes = times.cast<float>().matrix();
        agent.Reward(step, 1 / times.sum(), outcomes);
    }
    agent.EndEpisode();
}

/// @param policy a policy @param n entities @return its share of the way from always acting by one
/// half to the best that a search finds, in the logarithm of the reward
inline double
GetShareOfBestSets(const Policy& policy, Eigen::Index n)
{
    constexpr int sets = 30;
    constexpr int sweeps = 4;
    constexpr int grid = 20;
    base::RandomStream random(1000);
    double gained = 0;
    double possible = 0;
    const auto value = [](const Rows& traits, const Rows& actions) {
        return -std::log(ToySets::GetTimes(traits, actions).sum());
    };
    for (int i = 0; i < sets; ++i)
    {
        const Rows traits = ToySets::Draw(n, random);
        Rows seen(n, ToySets::OBSERVATIONS);
        ToySets().Observe(traits, seen);
        Eigen::VectorXf action(n);
        policy.Act(Eigen::Map<const Eigen::VectorXf>(seen.data(), seen.size()), action);
        Rows best = Rows::Constant(n, 1, 0.5f);
        const double none = value(traits, best);
        for (int sweep = 0; sweep < sweeps; ++sweep)
        {
            for (Eigen::Index k = 0; k < n; ++k)
            {
                for (int place = 0; place <= grid; ++place)
                {
                    Rows other = best;
                    other(k, 0) = static_cast<float>(place) / grid;
                    best = value(traits, other) > value(traits, best) ? other : best;
                }
            }
        }
        gained += value(traits, action) - none;
        possible += value(traits, best) - none;
    }
    return gained / possible;
}

} // namespace agents

#endif // AGENTS_TOY_SETS_H
