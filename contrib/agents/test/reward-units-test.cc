/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "toy-task.h"

#include <gtest/gtest.h>

using namespace agents;

namespace
{

/// A bandit whose rewards are told in other units.
class OtherUnits : public Bandit
{
  public:
    /// @param scale of rewards @param shift of rewards
    OtherUnits(double scale, double shift)
        : m_scale(scale),
          m_shift(shift)
    {
    }

    double Act(const Eigen::VectorXf& action, base::RandomStream& random) override
    {
        return m_scale * Bandit::Act(action, random) + m_shift;
    }

  private:
    double m_scale; //!< of rewards
    double m_shift; //!< of rewards
};

/// @param algorithm who learns @param scale of rewards @param shift of rewards
/// @return what the policy does in some contexts after three episodes
Eigen::MatrixXf
Learn(const std::string& algorithm, double scale, double shift)
{
    const auto agent = MakeAgent(algorithm,
                                 MakeSmallSettings(algorithm, {{"normaliseRewards", true}}),
                                 Bandit().GetShape(),
                                 1);
    std::vector<std::unique_ptr<ToyTask>> tasks;
    tasks.push_back(std::make_unique<OtherUnits>(scale, shift));
    for (int episode = 0; episode < 3; ++episode)
    {
        LearnEpisode(*agent, tasks, 100, episode);
    }
    Eigen::MatrixXf actions(2, 9);
    for (int i = 0; i < actions.cols(); ++i)
    {
        const Eigen::Vector2f seen(i / 3 - 1, i % 3 - 1);
        Eigen::VectorXf action(2);
        agent->GetPolicy().Act(seen, action);
        actions.col(i) = action;
    }
    return actions;
}

class RewardUnits : public testing::TestWithParam<std::string>
{
};

} // namespace

TEST_P(RewardUnits, AreOfNoConsequenceFromTheFirstEpisodeOn)
{
    // A power of two and a small shift: what is left differs by rounding only.
    const Eigen::MatrixXf actions = Learn(GetParam(), 1, 0);
    EXPECT_LT((Learn(GetParam(), 16, 8) - actions).cwiseAbs().maxCoeff(), 0.01f);
    const Eigen::MatrixXf none = Eigen::MatrixXf::Constant(2, 9, 0.5f);
    EXPECT_GT((actions - none).cwiseAbs().maxCoeff(), 0.05f); // something was learned
}

INSTANTIATE_TEST_SUITE_P(Learners,
                         RewardUnits,
                         testing::Values("ppo", "world-model-ppo", "td3", "ddpg", "sac"),
                         [](const auto& info) {
                             std::string name = info.param;
                             name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
                             return name;
                         });
