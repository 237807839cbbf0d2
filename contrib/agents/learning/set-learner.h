/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_SET_LEARNER_H
#define AGENTS_SET_LEARNER_H

#include "../agent.h"
#include "../algorithms/set-learner-settings.h"
#include "../entity-experience.h"
#include "../set-policy-network.h"
#include "adam.h"
#include "base/random-stream.h"
#include "learner-checkpoint.h"
#include "set-network.h"

#include <ATen/ATen.h>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief What all learners of sets share: experience, the policy that acts, metrics, checkpoints.
 *
 * An algorithm adds its networks and two functions: how to explore from the policy's outputs, and
 * what to do when the clock strikes.
 */
class SetLearner : public Agent
{
  public:
    /**
     * @param algorithm its name, for errors and checkpoints
     * @param shape what it sees and does
     * @param settings common settings
     * @param seed of all randomness
     */
    SetLearner(std::string algorithm,
               const AgentShape& shape,
               const SetLearnerSettings& settings,
               uint64_t seed);

    uint64_t Explore(uint32_t stream,
                     const Eigen::Ref<const Eigen::VectorXf>& observation,
                     Eigen::Ref<Eigen::VectorXf> action) override;
    void Reward(uint64_t step, double reward) override;
    void Reward(uint64_t step,
                double reward,
                const Eigen::Ref<const Eigen::VectorXf>& outcomes) override;
    void EndEpisode() override;
    const SetPolicyNetwork& GetPolicy() const override;
    std::map<std::string, double> GetMetrics() const override;
    void Save(Archive& archive) const override;
    void Load(const Archive& archive) override;

  protected:
    /**
     * Explore.
     * @param outputs of the policy that acts, plus offsets, actions x N
     * @return what is done, before squashing, actions x N
     */
    virtual Eigen::MatrixXf ChooseRaw(const Eigen::MatrixXf& outputs) = 0;

    /// Called before each step is opened: learn if it is time.
    virtual void BeforeStep() = 0;
    /// Called when the episode has ended in all streams: learn if it is time.
    virtual void AfterEpisode() = 0;
    /// @return the network that explores
    virtual const SetNetwork& GetActor() const = 0;
    /// @return the network whose policy is deployed: the same unless overridden
    virtual const SetNetwork& GetDeployed() const;
    /// Keep a count in checkpoints, in the order of the calls. @param count it, by reference
    void Register(uint64_t& count);
    /// Keep parameters and optimiser in checkpoints. @param name of them @param adam them
    void Register(const std::string& name, Adam& adam);

    /// @param outputs numbers that come out, of each entity @param gain of the last layer
    /// @param more inputs next to the features @return a network of the common settings
    SetNetwork::Settings Shape(int64_t outputs, double gain, int64_t more = 0) const;

    /// Act from now on as GetActor and GetDeployed say.
    void RenewPolicies();

    /// @param observations B x N x entries @return what networks see, B x N x features
    at::Tensor GetFeatures(const at::Tensor& observations) const;
    /// @param observations B x N x entries @return what is added to outputs, B x N x actions
    at::Tensor GetOffsets(const at::Tensor& observations) const;

    /// @param steps numbers of steps of the same size @return observations, B x N x entries
    at::Tensor GatherObservations(const std::vector<uint64_t>& steps) const;
    /// @param steps numbers of steps of the same size @return actions before squashing,
    /// B x N x actions
    at::Tensor GatherActions(const std::vector<uint64_t>& steps) const;
    /// @param steps numbers of steps of the same size whose outcomes are known @return outcomes,
    /// B x N x entries
    at::Tensor GatherOutcomes(const std::vector<uint64_t>& steps) const;
    /// @param steps numbers of closed steps of the same size @return rewards as logReward has them,
    /// B
    at::Tensor GatherRewards(const std::vector<uint64_t>& steps) const;

    /// Explore by a normal distribution. @param outputs of the policy that acts, plus offsets,
    /// actions x N @param deviations of the entries of an action, before squashing
    /// @return a draw before squashing, actions x N
    Eigen::MatrixXf AddNoise(const Eigen::MatrixXf& outputs,
                             const Eigen::Ref<const Eigen::ArrayXf>& deviations);
    /// @return an entry of an action before squashing, which is even in [0, 1] after it
    float DrawUniformRaw();

    /// @param name of a metric @param value its value, NaN for none
    void SetMetric(const std::string& name, double value);

    const std::string m_algorithm;     //!< its name
    const AgentShape m_shape;          //!< what it sees and does
    const SetLearnerSettings m_common; //!< common settings
    base::RandomStream m_random;       //!< all randomness
    EntityExperience m_experience;     //!< what was seen, done and got

  private:
    /// @param actor a network @return the policy that acts as it says
    SetPolicyNetwork MakePolicy(const SetNetwork& actor) const;
    /// @param archive a checkpoint @return its policy
    /// @throw std::runtime_error in one line when it is of another shape
    SetPolicyNetwork LoadPolicy(const Archive& archive) const;

    SetPolicyNetwork m_acting;               //!< explores
    SetPolicyNetwork m_policy;               //!< is deployed
    std::vector<uint64_t*> m_counts;         //!< in checkpoints
    LearnerCheckpoint m_checkpoint;          //!< what checkpoints of all learners hold
    std::map<std::string, double> m_metrics; //!< of the last episode
};

} // namespace agents

#endif // AGENTS_SET_LEARNER_H
