/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_OUTCOME_MODEL_LEARNER_H
#define AGENTS_OUTCOME_MODEL_LEARNER_H

#include "../algorithms/outcome-model-settings.h"
#include "entity-draws.h"
#include "outcome-equations.h"
#include "outcome-model.h"
#include "set-learner.h"

#include <ATen/ATen.h>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief Learns a model of each entity's outcome from real slots, and a policy from imagined ones.
 *
 * The model (OutcomeModel) predicts components of an entity's outcome; the reward follows from them
 * by the equations of an OutcomeTask. The policy climbs the gradient of the reward through both
 * (a pathwise gradient of one step, as SVG(1) of Heess et al., 2015), in sets that are put together
 * from entities that were seen, also of other sizes.
 *
 * With a horizon of more than one slot it follows imagined paths, by the equations of CarriedSteps:
 * what comes from outside is that of sequences that were seen (as Madeka et al., 2022, train
 * policies for inventories), and the gradient goes back through what each slot leaves to the next,
 * but not through what the policy sees of it.
 */
class OutcomeModelLearner : public SetLearner
{
  public:
    /// @param algorithm its name @param shape what it sees and does @param settings its settings
    /// @param seed of all randomness @throw std::invalid_argument in one line
    OutcomeModelLearner(const std::string& algorithm,
                        const AgentShape& shape,
                        const OutcomeModelSettings& settings,
                        uint64_t seed);

    using SetLearner::Reward;
    void Reward(uint64_t step,
                double reward,
                const Eigen::Ref<const Eigen::VectorXf>& outcomes) override;

  protected:
    Eigen::MatrixXf ChooseRaw(const Eigen::MatrixXf& outputs) override;
    void BeforeStep() override;
    void AfterEpisode() override;
    const SetNetwork& GetActor() const override;
    const SetNetwork& GetDeployed() const override;

  private:
    /// Learn if as many slots as an iteration has are new.
    void LearnIfDue();
    /// @param slots that are new
    void LearnFrom(uint64_t slots);
    /// Begin the model where the data are.
    void CentreModel();
    /// Take a gradient step of the model.
    void UpdateModel();
    /// Take a gradient step of the policy.
    void UpdatePolicy();

    /// @return deviation of exploration now, before squashing
    double GetDeviation() const;
    /// Fill in what is carried from step to step. @param[in,out] paths imagined paths
    /// @param noise of actions before squashing, undefined for none
    void FollowPaths(EntitySets& paths, const at::Tensor& noise) const;
    /// @param sets imagined sets @return noise of actions before squashing, undefined for none
    at::Tensor DrawNoise(const EntitySets& sets);

    const OutcomeModelSettings m_settings;            //!< its settings
    const OutcomeEquations m_equations;               //!< of the reward
    EntityDraws m_draws;                              //!< from experience
    const std::vector<OutcomeComponent> m_components; //!< what is learned
    SetNetwork m_actor;                               //!< that learns
    SetNetwork m_averaged;                            //!< follows it
    OutcomeModel m_model;                             //!< of outcomes
    Adam m_actorAdam;                                 //!< of the actor
    Adam m_averages;                                  //!< holds the averaged weights in checkpoints
    Adam m_modelAdam;                                 //!< of the model
    uint64_t m_iterations{0};                         //!< that have been learned
    uint64_t m_learned{0};                            //!< steps that were there at the last one
    double m_modelLoss{0};                            //!< of the last gradient step
    double m_value{0};                                //!< imagined, of the last gradient step
};

} // namespace agents

#endif // AGENTS_OUTCOME_MODEL_LEARNER_H
