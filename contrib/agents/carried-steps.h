/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_CARRIED_STEPS_H
#define AGENTS_CARRIED_STEPS_H

#include "rows.h"

#include <Eigen/Core>
#include <cstdint>

namespace agents
{

/**
 * @ingroup agents
 * @brief How the steps of an OutcomeTask hang together, by known equations: an entity carries
 * something from each step to the next one, such as what is left of a battery.
 *
 * What is carried is the end of an entity's traits. No action changes the rest of them, so that
 * what was seen of it holds whatever is done, and a path of many steps can be followed again with
 * other actions. OutcomeTask::DescribeInputs and OutcomeTask::GetLevels look at nothing that a step
 * changes.
 */
class CarriedSteps
{
  public:
    virtual ~CarriedSteps() = default;

    /// @return how many of the last traits are carried, >= 1
    virtual Eigen::Index GetCarriedTraits() const = 0;

    /// @param traits of any entity of a set @return steps from this one to the last, >= 1; 0 when
    /// they have no end
    virtual int64_t GetStepsLeft(const Eigen::Ref<const Eigen::RowVectorXf>& traits) const = 0;

    /// @param traits of an entity @return whether it takes part in the step; else its traits say
    /// nothing of what would have come
    virtual bool TakesPart(const Eigen::Ref<const Eigen::RowVectorXf>& traits) const = 0;

    /**
     * Take a step, by equations.
     * @param traits N x traits
     * @param actions N x actions, each in [0, 1]
     * @param components N x components, logarithms
     * @param[out] next N x carried, what is left to the next step
     * @return N times the reward
     */
    virtual double Advance(const Eigen::Ref<const Rows>& traits,
                           const Eigen::Ref<const Rows>& actions,
                           const Eigen::Ref<const Rows>& components,
                           Eigen::Ref<Rows> next) const = 0;

    /**
     * The gradient of byValue * Advance + sum of byNext * next.
     * @param traits N x traits
     * @param actions N x actions, each in [0, 1]
     * @param components N x components, logarithms
     * @param byValue weight of what Advance returns
     * @param byNext N x carried, weights of what is left
     * @param[out] byCarried N x carried, derivatives by what was carried here
     * @param[out] byActions N x actions, derivatives
     * @param[out] byComponents N x components, derivatives
     * @return what Advance returns
     */
    virtual double Differentiate(const Eigen::Ref<const Rows>& traits,
                                 const Eigen::Ref<const Rows>& actions,
                                 const Eigen::Ref<const Rows>& components,
                                 double byValue,
                                 const Eigen::Ref<const Rows>& byNext,
                                 Eigen::Ref<Rows> byCarried,
                                 Eigen::Ref<Rows> byActions,
                                 Eigen::Ref<Rows> byComponents) const = 0;
};

} // namespace agents

#endif // AGENTS_CARRIED_STEPS_H
