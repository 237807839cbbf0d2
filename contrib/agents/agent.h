/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_AGENT_H
#define AGENTS_AGENT_H

#include "archive.h"
#include "outcome-task.h"
#include "policy.h"

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

/**
 * @defgroup agents Learning agents
 * @ingroup llm-mec
 *
 * Agents that learn continuous control, with nothing of a simulator in them. No header here needs
 * LibTorch: MakeAgent loads what does.
 */

namespace agents
{

/**
 * @ingroup agents
 * @brief What an agent sees and does.
 *
 * Observations, actions and outcomes hold the entries of one entity after the other. A fixed vector
 * is one entity. A set has any number of entities, which may change from step to step.
 */
struct AgentShape
{
    Eigen::Index observations{0}; ///< entries of an entity's observation, >= 1
    Eigen::Index actions{0};      ///< entries of an entity's action, >= 1, each in [0, 1]
    Eigen::Index exogenous{0};    ///< how many of the last entries no action can change
    bool isSet{false};            ///< whether there is any number of entities; else one
    Eigen::Index features{0};     ///< of a set: the first entries, which networks see
    bool hasOffsets{false};       ///< of a set: as SetShape::hasOffsets
    Eigen::Index outcomes{0};     ///< entries of an entity's outcome, 0 where none is told

    /// Of a set: gives the equations of the reward, by the name of what is learned (components,
    /// latency); empty where none are known
    std::function<std::shared_ptr<const OutcomeTask>(const std::string& learned)> findTask{};
};

/**
 * @ingroup agents
 * @brief An agent that learns from what it does.
 *
 * Several independent environments (streams) can share one agent. In each, Explore opens a step
 * and Reward closes it, in any order among steps; the observation of the stream's next step is the
 * step's next state. EndEpisode cuts all streams. The agent learns by its own clock, within
 * Explore or EndEpisode.
 *
 * All of an agent's randomness comes from its seed: the same calls give the same bytes.
 */
class Agent
{
  public:
    virtual ~Agent() = default;

    /**
     * Choose an action that also explores, and open a step.
     * @param stream number of the environment, from 0 on
     * @param observation what is seen, finite: entity by entity
     * @param[out] action the action, each entry in [0, 1]: entity by entity
     * @return number of the step, for Reward
     * @throw std::runtime_error in one line when an observation or a loss is not finite
     */
    virtual uint64_t Explore(uint32_t stream,
                             const Eigen::Ref<const Eigen::VectorXf>& observation,
                             Eigen::Ref<Eigen::VectorXf> action) = 0;

    /**
     * Close a step.
     * @param step its number
     * @param reward its reward, finite
     */
    virtual void Reward(uint64_t step, double reward) = 0;

    /**
     * Close a step whose outcomes are known by entity.
     * @param step its number
     * @param reward its reward, finite
     * @param outcomes entity by entity; agents that do not learn from them see the reward alone
     */
    virtual void Reward(uint64_t step,
                        double reward,
                        const Eigen::Ref<const Eigen::VectorXf>& outcomes)
    {
        static_cast<void>(outcomes);
        Reward(step, reward);
    }

    /**
     * End the episode in all streams, and learn from it. Steps without reward are forgotten.
     * @throw std::runtime_error in one line when a loss is not finite
     */
    virtual void EndEpisode() = 0;

    /// @return what has been learned so far, as a policy of its own without exploration
    virtual const Policy& GetPolicy() const = 0;

    /**
     * Metrics of the last completed episode: losses, skills of a world model, counts of gradient
     * steps. The names are the same after each episode; a metric that does not exist yet is NaN.
     * @return name and value
     */
    virtual std::map<std::string, double> GetMetrics() const = 0;

    /**
     * Store all that is needed to go on as if nothing had happened, between episodes.
     * @param archive gets sections whose names begin with "agent", and the policy for ReadPolicy
     */
    virtual void Save(Archive& archive) const = 0;

    /**
     * Go on where Save was called.
     * @param archive what Save stored
     * @throw std::runtime_error in one line when it is of another agent
     */
    virtual void Load(const Archive& archive) = 0;
};

} // namespace agents

#endif // AGENTS_AGENT_H
