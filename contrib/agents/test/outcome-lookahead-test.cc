/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "agents/carried-steps.h"
#include "agents/make-agent.h"
#include "agents/outcome-task.h"
#include "expect-refusal.h"
#include "toy-sets.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

using namespace agents;
using nlohmann::json;

namespace
{

/**
 * Savings: entity k has b_k left for T steps, spends a_k of it, and gets the square root of
 * c min(a_k, b_k); c is what is learned, exp(-1). A set is worth the mean. The best is to spend the
 * same in each step, b / T; at once, all is spent in the first ones.
 */
class Savings : public OutcomeTask, public CarriedSteps
{
  public:
    static constexpr int STEPS = 8;              ///< T
    static constexpr double CAPITAL = 2;         ///< b at the first step
    static constexpr double EFFICIENCY = 0.3679; ///< c
    static constexpr Eigen::Index TRAITS = 3;    ///< nothing of its own, what is left, steps left
    static constexpr Eigen::Index OBSERVATIONS = 2 + 1 + TRAITS; ///< features, an offset, traits

    Eigen::Index GetTraits() const override
    {
        return TRAITS;
    }

    std::vector<OutcomeComponent> GetComponents() const override
    {
        return {{"efficiency", 1, false, false}};
    }

    const CarriedSteps* GetSteps() const override
    {
        return this;
    }

    Eigen::Index GetCarriedTraits() const override
    {
        return 2;
    }

    int64_t GetStepsLeft(const Eigen::Ref<const Eigen::RowVectorXf>& traits) const override
    {
        return std::llround(traits[2]);
    }

    bool TakesPart(const Eigen::Ref<const Eigen::RowVectorXf>&) const override
    {
        return true;
    }

    void MakeAlike(const Eigen::Ref<const Eigen::RowVectorXf>&,
                   Eigen::Ref<Eigen::RowVectorXf>) const override
    {
    }

    void Observe(const Eigen::Ref<const Rows>& traits, Eigen::Ref<Rows> observations) const override
    {
        observations.col(0) = (traits.col(1).array() / traits.col(2).array()).matrix() * 4;
        observations.col(1) = traits.col(2) / STEPS;
        observations.col(2).setZero();
        observations.rightCols(TRAITS) = traits;
    }

    void DescribeInputs(const Eigen::Ref<const Rows>&, Eigen::Ref<Rows> inputs) const override
    {
        inputs.setZero();
    }

    void GetLevels(const Eigen::Ref<const Rows>&,
                   const Eigen::Ref<const Rows>&,
                   Eigen::Ref<Eigen::VectorXd> given,
                   Eigen::Ref<Eigen::VectorXd> chosen,
                   Eigen::Ref<Rows> derivatives) const override
    {
        given.setZero();
        chosen.setZero();
        derivatives.setZero();
    }

    void GetTargets(const Eigen::Ref<const Rows>&,
                    const Eigen::Ref<const Rows>&,
                    const Eigen::Ref<const Rows>& outcomes,
                    Eigen::Ref<Rows> components) const override
    {
        components = outcomes.array().log().matrix();
    }

    double GetValue(const Eigen::Ref<const Rows>& traits,
                    const Eigen::Ref<const Rows>& actions,
                    const Eigen::Ref<const Rows>& components,
                    Eigen::Ref<Rows> byActions,
                    Eigen::Ref<Rows> byComponents) const override
    {
        Rows byCarried(traits.rows(), 2);
        const Rows byNext = Rows::Zero(traits.rows(), 2);
        return Differentiate(traits,
                             actions,
                             components,
                             1,
                             byNext,
                             byCarried,
                             byActions,
                             byComponents);
    }

    double Advance(const Eigen::Ref<const Rows>& traits,
                   const Eigen::Ref<const Rows>& actions,
                   const Eigen::Ref<const Rows>& components,
                   Eigen::Ref<Rows> next) const override
    {
        const Eigen::ArrayXf spent = actions.col(0).array().min(traits.col(1).array());
        next.col(0) = (traits.col(1).array() - spent).matrix();
        next.col(1) = (traits.col(2).array() - 1).matrix();
        return (components.col(0).array().exp() * spent).sqrt().mean();
    }

    double Differentiate(const Eigen::Ref<const Rows>& traits,
                         const Eigen::Ref<const Rows>& actions,
                         const Eigen::Ref<const Rows>& components,
                         double byValue,
                         const Eigen::Ref<const Rows>& byNext,
                         Eigen::Ref<Rows> byCarried,
                         Eigen::Ref<Rows> byActions,
                         Eigen::Ref<Rows> byComponents) const override
    {
        Rows next(traits.rows(), 2);
        const double worth = Advance(traits, actions, components, next);
        const Eigen::ArrayXf spent = actions.col(0).array().min(traits.col(1).array()).max(1e-6f);
        const Eigen::ArrayXf each = static_cast<float>(byValue / traits.rows()) *
                                    (components.col(0).array().exp() * spent).sqrt() / 2;
        const Eigen::ArrayXf bySpent = each / spent - byNext.col(0).array();
        const Eigen::ArrayXf isShort =
            (traits.col(1).array() < actions.col(0).array()).cast<float>();
        byActions = ((1 - isShort) * bySpent).matrix();
        byCarried.setZero();
        byCarried.col(0) = (byNext.col(0).array() + isShort * bySpent).matrix();
        byComponents = each.matrix();
        return worth;
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
        shape.findTask = [](const std::string&) { return std::make_shared<Savings>(); };
        return shape;
    }

    /**
     * Live an episode.
     * @param n entities
     * @param act fills in the actions of observations
     * @return its worth
     */
    template <typename Act>
    static double Live(Eigen::Index n, const Act& act)
    {
        const Savings savings;
        Rows traits(n, TRAITS);
        traits.col(0).setZero();
        traits.col(1).setConstant(CAPITAL);
        traits.col(2).setConstant(STEPS);
        const Rows components = Rows::Constant(n, 1, static_cast<float>(std::log(EFFICIENCY)));
        double sum = 0;
        for (int step = 0; step < STEPS; ++step)
        {
            Rows seen(n, OBSERVATIONS);
            savings.Observe(traits, seen);
            Eigen::VectorXf actions(n);
            act(Eigen::Map<const Eigen::VectorXf>(seen.data(), seen.size()), actions);
            Rows next(n, 2);
            sum += savings.Advance(traits, actions, components, next);
            traits.rightCols(2) = next;
        }
        return sum;
    }
};

/// Let an agent live some episodes. @param agent it @param episodes how many
void
LearnToSave(Agent& agent, int episodes)
{
    for (int episode = 0; episode < episodes; ++episode)
    {
        const Eigen::Index n = 1 + episode % 3;
        Savings::Live(n, [&](const auto& seen, Eigen::VectorXf& actions) {
            const uint64_t step = agent.Explore(0, seen, actions);
            const Eigen::VectorXf outcomes =
                Eigen::VectorXf::Constant(n, static_cast<float>(Savings::EFFICIENCY));
            agent.Reward(step, 1, outcomes);
        });
        agent.EndEpisode();
    }
}

/// @param changes to the settings @return an agent of Savings
std::unique_ptr<Agent>
Make(const json& changes)
{
    json settings = GetSettings("outcome-model", "lookahead");
    settings.update(
        {{"hidden", {16, 16}}, {"policyUpdatesPerSlot", 2}, {"halvingSteps", 500}, {"batch", 8}});
    settings.update(changes);
    return MakeAgent("outcome-model", settings, Savings::GetShape(), 1);
}

/// @param agent it @return its share of the best that can be had
double
GetShare(const Agent& agent)
{
    const double best =
        Savings::STEPS * std::sqrt(Savings::EFFICIENCY * Savings::CAPITAL / Savings::STEPS);
    return Savings::Live(2,
                         [&](const auto& seen, Eigen::VectorXf& actions) {
                             agent.GetPolicy().Act(seen, actions);
                         }) /
           best;
}

} // namespace

TEST(OutcomeLookahead, SparesWhatIsCarried)
{
    const auto agent = Make(json::object());
    LearnToSave(*agent, 30);
    EXPECT_GT(GetShare(*agent), 0.95);
}

TEST(OutcomeLookahead, SpendsAtOnceWithoutIt)
{
    const auto agent = Make({{"horizonSlots", 1}});
    LearnToSave(*agent, 30);
    EXPECT_LT(GetShare(*agent), 0.7);
}

TEST(OutcomeLookahead, GoesOnFromACheckpoint)
{
    const auto whole = Make(json::object());
    LearnToSave(*whole, 12);
    const auto first = Make(json::object());
    LearnToSave(*first, 6);
    Archive archive;
    first->Save(archive);
    const auto second = Make(json::object());
    second->Load(archive);
    LearnToSave(*second, 6);
    const auto store = [](const Agent& agent) {
        Archive all;
        agent.Save(all);
        std::string bytes;
        for (const char* section : {"agent/random", "agent/experience", "agent/actor"})
        {
            bytes += all.Get(section);
        }
        return bytes;
    };
    EXPECT_EQ(store(*second), store(*whole));
}

TEST(OutcomeLookahead, NeedsStepsThatHangTogether)
{
    ExpectRefusal<std::invalid_argument>(
        [] {
            MakeAgent("outcome-model",
                      GetSettings("outcome-model", "lookahead"),
                      ToySets::GetShape(),
                      1);
        },
        "horizonSlots: 100, expected 1");
    ExpectRefusal<std::invalid_argument>([] { GetSettings("outcome-model", "paper"); },
                                         "preset of outcome-model");
}
