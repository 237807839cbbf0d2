/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_OUTCOME_TASK_H
#define AGENTS_OUTCOME_TASK_H

#include "rows.h"

#include <Eigen/Core>
#include <string>
#include <vector>

namespace agents
{

class CarriedSteps;

/**
 * @ingroup agents
 * @brief A part of an entity's outcome that a model learns, such as the time of an upload.
 */
struct OutcomeComponent
{
    std::string name;            ///< for errors
    Eigen::Index inputs{0};      ///< traits that it is predicted from, next to what follows
    bool dependsOnLevel{false};  ///< whether it depends on the own level over the others' sum
    bool dependsOnAction{false}; ///< whether it depends on the own action in other ways
};

/**
 * @ingroup agents
 * @brief A task whose reward follows by known equations from outcomes of each entity, which are
 * learned: what an OutcomeModel is told of it.
 *
 * A set of N entities is a matrix with a row each. A row of an observation ends with the traits:
 * what an entity is, without regard to the others, so that entities of different steps can be put
 * together to a set that was never seen.
 */
class OutcomeTask
{
  public:
    virtual ~OutcomeTask() = default;

    /// @return entries of an entity's traits: the last ones of its observation
    virtual Eigen::Index GetTraits() const = 0;

    /// @return the components, in the order of the columns of all matrices of components
    virtual std::vector<OutcomeComponent> GetComponents() const = 0;

    /**
     * Make an entity of the kind of another: give it all of its traits but those that are an
     * entity's own in each step, such as a gain.
     * @param like traits of the other
     * @param[in,out] traits of the entity
     */
    virtual void MakeAlike(const Eigen::Ref<const Eigen::RowVectorXf>& like,
                           Eigen::Ref<Eigen::RowVectorXf> traits) const = 0;

    /**
     * Observe a set.
     * @param traits N x traits
     * @param[out] observations N x entries of an observation
     */
    virtual void Observe(const Eigen::Ref<const Rows>& traits,
                         Eigen::Ref<Rows> observations) const = 0;

    /**
     * What components are predicted from, but for levels and actions.
     * @param traits N x traits
     * @param[out] inputs N x sum of OutcomeComponent::inputs, of order one
     */
    virtual void DescribeInputs(const Eigen::Ref<const Rows>& traits,
                                Eigen::Ref<Rows> inputs) const = 0;

    /**
     * The logarithm of what each entity contributes to the sum in which all meet, such as its
     * received power. It is the sum of two parts.
     * @param traits N x traits
     * @param actions N x actions, each in [0, 1]
     * @param[out] given N values, the part that no action changes, such as a gain
     * @param[out] chosen N values, the part that the own action changes, such as a power
     * @param[out] derivatives N x actions, derivatives of the chosen part by the own action
     */
    virtual void GetLevels(const Eigen::Ref<const Rows>& traits,
                           const Eigen::Ref<const Rows>& actions,
                           Eigen::Ref<Eigen::VectorXd> given,
                           Eigen::Ref<Eigen::VectorXd> chosen,
                           Eigen::Ref<Rows> derivatives) const = 0;

    /**
     * What a model shall predict.
     * @param traits N x traits
     * @param actions N x actions, each in [0, 1]
     * @param outcomes N x entries of an outcome, as the agent was told
     * @param[out] components N x components, logarithms; NaN where nothing is known
     */
    virtual void GetTargets(const Eigen::Ref<const Rows>& traits,
                            const Eigen::Ref<const Rows>& actions,
                            const Eigen::Ref<const Rows>& outcomes,
                            Eigen::Ref<Rows> components) const = 0;

    /**
     * What components are worth, by equations.
     * @param traits N x traits
     * @param actions N x actions, each in [0, 1]
     * @param components N x components, logarithms
     * @param[out] byActions N x actions, derivatives of the value
     * @param[out] byComponents N x components, derivatives of the value
     * @return the value to be maximised, which does not grow with N
     */
    virtual double GetValue(const Eigen::Ref<const Rows>& traits,
                            const Eigen::Ref<const Rows>& actions,
                            const Eigen::Ref<const Rows>& components,
                            Eigen::Ref<Rows> byActions,
                            Eigen::Ref<Rows> byComponents) const = 0;

    /// @return how steps hang together; null where they have nothing to do with each other
    virtual const CarriedSteps* GetSteps() const
    {
        return nullptr;
    }
};

} // namespace agents

#endif // AGENTS_OUTCOME_TASK_H
