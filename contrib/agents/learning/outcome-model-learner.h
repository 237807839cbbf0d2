/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_OUTCOME_MODEL_LEARNER_H
#define AGENTS_OUTCOME_MODEL_LEARNER_H

#include "../algorithms/outcome-model-settings.h"
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
 * from entities that were seen, also of other sizes. Slots have nothing to do with each other.
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
    /// Sets of the same size, one after the other.
    struct Sets
    {
        int64_t count{0}; ///< B
        int64_t n{0};     ///< N
        Rows traits;      ///< B N x traits
        Rows actions;     ///< B N x actions, in [0, 1]; none in imagination
        Rows outcomes;    ///< B N x outcomes; none in imagination
    };

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
    /// @return a closed step of a number of entities @param n the number
    const EntityStep& ChooseStep(Eigen::Index n);
    /// @return steps that were seen
    Sets DrawSets();
    /// @return sets of entities that were seen, of any size
    Sets ImagineSets();
    /// Give the entities of some sets the traits of few kinds. @param sets imagined sets
    void MakeKinds(Sets& sets);
    /// @param sets sets @param actions B x N x actions, with gradients @return what a model sees
    OutcomeInputs Describe(const Sets& sets, const at::Tensor& actions) const;
    /// @param sets sets @param actions B x N x actions @param components B x N x components
    /// @return their mean value, whose gradient is that of the equations
    at::Tensor GetValue(const Sets& sets,
                        const at::Tensor& actions,
                        const at::Tensor& components) const;

    const OutcomeModelSettings m_settings;            //!< its settings
    const std::shared_ptr<const OutcomeTask> m_task;  //!< the equations
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
