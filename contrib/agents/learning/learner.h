/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_LEARNER_H
#define AGENTS_LEARNER_H

#include "../agent.h"
#include "../algorithms/learner-settings.h"
#include "../experience.h"
#include "../policy-network.h"
#include "adam.h"
#include "base/random-stream.h"
#include "experience-normaliser.h"
#include "learner-checkpoint.h"
#include "network.h"

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
 * @brief What all learners share: experience, normalised inputs, the policy that acts, metrics and
 * checkpoints.
 *
 * An algorithm adds its networks and two functions: how to explore from the policy's outputs, and
 * what to do when the clock strikes. It acts through the same torch-free PolicyNetwork that is
 * deployed later, renewed by RenewPolicy after each change of the networks.
 */
class Learner : public Agent
{
  public:
    /**
     * @param algorithm its name, for errors and checkpoints
     * @param shape what it sees and does
     * @param settings common settings
     * @param seed of all randomness
     */
    Learner(std::string algorithm,
            const AgentShape& shape,
            const LearnerSettings& settings,
            uint64_t seed);

    uint64_t Explore(uint32_t stream,
                     const Eigen::Ref<const Eigen::VectorXf>& observation,
                     Eigen::Ref<Eigen::VectorXf> action) override;
    void Reward(uint64_t step, double reward) override;
    void EndEpisode() override;
    const PolicyNetwork& GetPolicy() const override;
    std::map<std::string, double> GetMetrics() const override;
    void Save(Archive& archive) const override;
    void Load(const Archive& archive) override;

  protected:
    /**
     * Explore.
     * @param outputs of the policy's network
     * @return what is done, before squashing
     */
    virtual Eigen::VectorXf ChooseRaw(const Eigen::VectorXf& outputs) = 0;

    /// Called before each step is opened: learn if it is time.
    virtual void BeforeStep() = 0;
    /// Called when the episode has ended in all streams: learn if it is time.
    virtual void AfterEpisode() = 0;

    /// Keep parameters and optimiser in checkpoints. @param name of them @param adam them
    void Register(const std::string& name, Adam& adam);

    /// Act from now on as a network says. @param actor outputs the actions first
    void RenewPolicy(const Network& actor);

    /**
     * Draw from a squashed Gaussian.
     * @param outputs of the policy's network: means, then what is added to the log standard
     * deviation
     * @param initialLogStd log of the deviation where the network gives zero
     * @return a draw before squashing
     */
    Eigen::VectorXf DrawRaw(const Eigen::VectorXf& outputs, double initialLogStd);

    /// @param rows of draws @param columns of draws @return standard normal draws
    at::Tensor DrawNormal(int64_t rows, int64_t columns);

    /// @param outputs numbers a network gives @param gain of its last layer
    /// @return an actor or a critic on observations and as many inputs more
    /// @param more inputs next to the observation
    Network::Settings Shape(int64_t outputs, double gain, int64_t more = 0) const;

    /// @param name of a metric @param value its value, NaN for none
    void SetMetric(const std::string& name, double value);

    const std::string m_algorithm;  //!< its name
    const AgentShape m_shape;       //!< what it sees and does
    const LearnerSettings m_common; //!< common settings
    /// All randomness. LibTorch's own generator is one for the process and its numbers differ among
    /// its versions.
    base::RandomStream m_random;
    Experience m_experience;           //!< what was seen, done and got
    ExperienceNormaliser m_normaliser; //!< the same as networks see it

  private:
    PolicyNetwork m_policy;                  //!< acts
    LearnerCheckpoint m_checkpoint;          //!< what checkpoints of all learners hold
    std::map<std::string, double> m_metrics; //!< of the last episode
};

} // namespace agents

#endif // AGENTS_LEARNER_H
