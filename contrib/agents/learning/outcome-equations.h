/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_OUTCOME_EQUATIONS_H
#define AGENTS_OUTCOME_EQUATIONS_H

#include "../outcome-task.h"
#include "entity-draws.h"
#include "outcome-model.h"

#include <ATen/ATen.h>
#include <cstdint>
#include <memory>

namespace agents
{

/// @param rows B N x entries @param n N @return B x N x entries, a copy
at::Tensor ToTensor(const Rows& rows, int64_t n);

/// @param tensor B x N x entries @return B N x entries, a copy
Rows ToRows(const at::Tensor& tensor);

/**
 * @ingroup agents
 * @brief The equations of an OutcomeTask as functions of tensors, with gradients.
 */
class OutcomeEquations
{
  public:
    /// @param task the equations
    explicit OutcomeEquations(std::shared_ptr<const OutcomeTask> task);

    /// @return the task
    const OutcomeTask& GetTask() const;

    /// @param sets sets @return what is seen of them, B N x entries @param entries of an
    /// observation
    Rows Observe(const EntitySets& sets, Eigen::Index entries) const;

    /// @param sets sets @param actions B x N x actions, with gradients @return what a model sees
    OutcomeInputs Describe(const EntitySets& sets, const at::Tensor& actions) const;

    /**
     * @param sets sets or paths
     * @param actions B x N x actions
     * @param components B x N x components
     * @return their mean value, whose gradient is that of the equations: of paths that of all steps
     * by what a step leaves to those after it, but for what a policy sees of it
     */
    at::Tensor GetValue(const EntitySets& sets,
                        const at::Tensor& actions,
                        const at::Tensor& components) const;

    /// Fill in what a step leaves to the next. @param[in,out] paths imagined paths
    /// @param step a step but the last @param actions of it @param components of it
    void Advance(EntitySets& paths,
                 int64_t step,
                 const at::Tensor& actions,
                 const at::Tensor& components) const;

  private:
    /// A value and its gradient.
    struct Gradient
    {
        double sum{0};     ///< of all sets
        Rows byActions;    ///< B N x actions
        Rows byComponents; ///< B N x components
    };

    /// @param sets sets that have nothing to do with each other @param actions of them
    /// @param components of them @param[in,out] gradient of the sum of all values
    void AddSets(const EntitySets& sets,
                 const Rows& actions,
                 const Rows& components,
                 Gradient& gradient) const;
    /// @param paths imagined paths @param actions of them @param components of them
    /// @param[in,out] gradient of the sum of all values
    void AddPaths(const EntitySets& paths,
                  const Rows& actions,
                  const Rows& components,
                  Gradient& gradient) const;

    std::shared_ptr<const OutcomeTask> m_task; //!< the equations
    Eigen::Index m_inputs{0};                  //!< of all components
};

} // namespace agents

#endif // AGENTS_OUTCOME_EQUATIONS_H
