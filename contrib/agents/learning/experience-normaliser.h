/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_EXPERIENCE_NORMALISER_H
#define AGENTS_EXPERIENCE_NORMALISER_H

#include "../agent.h"
#include "../algorithms/learner-settings.h"
#include "../archive.h"
#include "../experience.h"
#include "../running-moments.h"

#include <ATen/ATen.h>
#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief Experience as networks see it: observations and rewards are normalised by running
 * statistics, which are frozen from one renewal to the next.
 */
class ExperienceNormaliser
{
  public:
    static constexpr float OBSERVATION_LIMIT = 10.0f; //!< largest size of a normalised feature

    /**
     * @param shape sizes
     * @param settings whether observations and rewards are normalised
     * @param experience what was seen, done and got; kept by reference
     */
    ExperienceNormaliser(const AgentShape& shape,
                         const LearnerSettings& settings,
                         const Experience& experience);

    /// Take in a reward. @param reward its value
    void AddReward(double reward);

    /// Normalise observations by all that were seen, at the end of an iteration: within one, the
    /// ratio (31) needs the same inputs. @param first number of the first step that is new
    void RenewObservations(uint64_t first);

    /// Normalise rewards by all that were given, before something is learned from them: the first
    /// iteration learns in the units of all later ones.
    void RenewRewards();

    /// @param steps numbers @return normalised observations, a row each
    at::Tensor GatherObservations(const std::vector<uint64_t>& steps) const;
    /// @param steps numbers @return actions before squashing, a row each
    at::Tensor GatherActions(const std::vector<uint64_t>& steps) const;
    /// @param steps numbers of closed steps @return normalised rewards
    at::Tensor GatherRewards(const std::vector<uint64_t>& steps) const;

    /// @return what is subtracted from each feature
    const Eigen::VectorXf& GetMean() const;
    /// @return what multiplies each feature after that
    const Eigen::VectorXf& GetScale() const;

    /// Store the statistics. @param archive gets sections agent/observations, rewards and frozen
    void Save(Archive& archive) const;
    /// @param bytes section agent/observations @throw std::runtime_error when it does not fit
    void LoadObservations(const std::string& bytes);
    /// @param bytes section agent/rewards @throw std::runtime_error when it does not fit
    void LoadRewards(const std::string& bytes);
    /// @param bytes section agent/frozen @throw std::runtime_error when it does not fit
    void LoadFrozen(const std::string& bytes);

  private:
    const AgentShape m_shape;            //!< sizes
    const bool m_normalisesObservations; //!< else they stay as they are
    const bool m_normalisesRewards;      //!< else they stay as they are
    const Experience& m_experience;      //!< what was seen, done and got
    RunningMoments m_observationMoments; //!< of all observations
    RunningMoments m_rewardMoments;      //!< of all rewards
    Eigen::VectorXf m_mean;              //!< of observations, frozen
    Eigen::VectorXf m_scale;             //!< of observations, frozen
    double m_rewardMean{0};              //!< frozen
    double m_rewardScale{1};             //!< frozen
};

} // namespace agents

#endif // AGENTS_EXPERIENCE_NORMALISER_H
