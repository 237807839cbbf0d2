/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_TOY_TASK_H
#define AGENTS_TOY_TASK_H

#include "agents/algorithms/ppo-settings.h"
#include "agents/algorithms/sac-settings.h"
#include "agents/algorithms/td3-settings.h"
#include "agents/algorithms/world-model-ppo-settings.h"
#include "agents/make-agent.h"
#include "agents/settings-json.h"
#include "base/random-stream.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief A small environment of one stream whose best policy is known.
 */
class ToyTask
{
  public:
    virtual ~ToyTask() = default;
    /// @return its sizes
    virtual AgentShape GetShape() const = 0;
    /// Begin an episode. @param random source
    virtual void Begin(base::RandomStream& random) = 0;
    /// @return what is seen now
    virtual Eigen::VectorXf Observe() const = 0;
    /// Take an action. @param action in [0, 1] @param random source @return the reward
    virtual double Act(const Eigen::VectorXf& action, base::RandomStream& random) = 0;
    /// @return the best action now, as close as a formula can say
    virtual Eigen::VectorXf GetBest() const = 0;
};

/**
 * @ingroup agents
 * @brief A contextual bandit: r = -|a - a*(c)|^2, a* = 1/2 + 0.3 c, c uniform in [-1, 1]^2.
 */
class Bandit : public ToyTask
{
  public:
    AgentShape GetShape() const override
    {
        return {2, 2, 2};
    }

    void Begin(base::RandomStream& random) override
    {
        for (float& each : m_context)
        {
            each = static_cast<float>(2 * random.Uniform() - 1);
        }
    }

    Eigen::VectorXf Observe() const override
    {
        return m_context;
    }

    double Act(const Eigen::VectorXf& action, base::RandomStream& random) override
    {
        const double reward = -(action - GetBest()).squaredNorm();
        Begin(random);
        return reward;
    }

    Eigen::VectorXf GetBest() const override
    {
        return (0.5f + 0.3f * m_context.array()).matrix();
    }

  private:
    Eigen::Vector2f m_context{0, 0}; //!< c
};

/**
 * @ingroup agents
 * @brief A bandit whose best action is at the edge of its range: r = a_1 + a_2, whatever the
 * context.
 */
class Edge : public Bandit
{
  public:
    double Act(const Eigen::VectorXf& action, base::RandomStream& random) override
    {
        Begin(random);
        return action.sum();
    }

    Eigen::VectorXf GetBest() const override
    {
        return Eigen::Vector2f::Ones();
    }
};

/**
 * @ingroup agents
 * @brief Follow a target that drifts: x' = x + (a - 1/2), between walls at -2 and 2,
 * y' = 0.9 y + noise, r = -(x - y)^2.
 *
 * The reward is of where x is already, so that an action only pays in the next slot: a learner
 * that does not look ahead learns nothing. The best is to go to 0.9 y, as far as a step reaches.
 */
class Tracking : public ToyTask
{
  public:
    AgentShape GetShape() const override
    {
        return {2, 1, 1};
    }

    void Begin(base::RandomStream& random) override
    {
        m_x = static_cast<float>(2 * random.Uniform() - 1);
        m_y = 0.5f * random.Normal();
    }

    Eigen::VectorXf Observe() const override
    {
        return Eigen::Vector2f(m_x, m_y);
    }

    double Act(const Eigen::VectorXf& action, base::RandomStream& random) override
    {
        const double reward = -(m_x - m_y) * (m_x - m_y);
        constexpr float noise = 0.2f;
        constexpr float wall = 2;
        m_x = std::min(wall, std::max(-wall, m_x + action[0] - 0.5f));
        m_y = 0.9f * m_y + noise * random.Normal();
        return reward;
    }

    Eigen::VectorXf GetBest() const override
    {
        const float step = 0.5f + 0.9f * m_y - m_x;
        return Eigen::VectorXf::Constant(1, std::min(1.0f, std::max(0.0f, step)));
    }

  private:
    float m_x{0}; //!< place
    float m_y{0}; //!< target
};

/// Let an agent learn for an episode. @param agent learns @param tasks one a stream
/// @param slots of the episode @param seed of the tasks
inline void
LearnEpisode(Agent& agent,
             const std::vector<std::unique_ptr<ToyTask>>& tasks,
             int slots,
             uint64_t seed)
{
    base::RandomStream random(seed);
    for (const auto& task : tasks)
    {
        task->Begin(random);
    }
    Eigen::VectorXf action(tasks.front()->GetShape().actions);
    for (int slot = 0; slot < slots; ++slot)
    {
        for (std::size_t i = 0; i < tasks.size(); ++i)
        {
            const uint64_t step =
                agent.Explore(static_cast<uint32_t>(i), tasks[i]->Observe(), action);
            agent.Reward(step, tasks[i]->Act(action, random));
        }
    }
    agent.EndEpisode();
}

/// @param task some task @param choose the policy @return mean reward over many episodes
inline double
Evaluate(ToyTask& task, const std::function<Eigen::VectorXf(const ToyTask&)>& choose)
{
    constexpr uint64_t seed = 1000000;
    constexpr int episodes = 50;
    constexpr int slots = 50;
    base::RandomStream random(seed);
    double sum = 0;
    for (int episode = 0; episode < episodes; ++episode)
    {
        task.Begin(random);
        for (int slot = 0; slot < slots; ++slot)
        {
            sum += task.Act(choose(task), random);
        }
    }
    return sum / (episodes * slots);
}

/// @param task some task @param policy a policy @return its share of the way from always acting
/// by one half to the best
inline double
GetShareOfBest(ToyTask& task, const Policy& policy)
{
    const Eigen::Index actions = task.GetShape().actions;
    const double none =
        Evaluate(task, [&](const ToyTask&) { return Eigen::VectorXf::Constant(actions, 0.5f); });
    const double best = Evaluate(task, [](const ToyTask& now) { return now.GetBest(); });
    const double learned = Evaluate(task, [&](const ToyTask& now) {
        Eigen::VectorXf action(actions);
        policy.Act(now.Observe(), action);
        return action;
    });
    return (learned - none) / (best - none);
}

/// Settings of small networks that learn fast and do not look ahead. Not those of a preset, which
/// may be tuned without a test being touched.
/// @param algorithm its name @param changes settings other than these
/// @return settings
inline nlohmann::json
MakeSmallSettings(const std::string& algorithm,
                  const nlohmann::json& changes = nlohmann::json::object())
{
    nlohmann::json settings;
    if (algorithm == "world-model-ppo")
    {
        settings = WriteSettings(WorldModelPpoSettings());
        settings["modelUnits"] = 32;
        settings["memoryUnits"] = 8;
        settings["latentUnits"] = 8;
        settings["modelLearningRate"] = 3e-3;
        settings["modelUpdates"] = 32;
        settings["modelSequenceSlots"] = 4;
        settings["imaginationBatch"] = 64;
        settings["imaginationWeight"] = 1;
        settings["startSkill"] = 0.3;
    }
    else if (algorithm == "ppo")
    {
        settings = WriteSettings(PpoSettings());
    }
    else if (algorithm == "sac")
    {
        settings = WriteSettings(SacSettings());
    }
    else
    {
        settings = WriteSettings(Td3Settings());
    }
    if (settings.contains("lambda"))
    {
        settings["lambda"] = 0;
    }
    settings["hidden"] = {32, 32};
    settings["activation"] = "silu";
    settings["learningRate"] = 1e-3;
    settings["gamma"] = 0;
    settings.update(changes);
    return settings;
}

} // namespace agents

#endif // AGENTS_TOY_TASK_H
