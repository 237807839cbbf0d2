/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "outcome-equations.h"

#include <cstring>
#include <utility>

namespace agents
{

at::Tensor
ToTensor(const Rows& rows, int64_t n)
{
    const at::Tensor tensor = at::empty({rows.rows() / n, n, rows.cols()});
    std::memcpy(tensor.data_ptr<float>(), rows.data(), rows.size() * sizeof(float));
    return tensor;
}

Rows
ToRows(const at::Tensor& tensor)
{
    const at::Tensor all = tensor.detach().contiguous();
    return Eigen::Map<const Rows>(all.data_ptr<float>(), all.size(0) * all.size(1), all.size(2));
}

OutcomeEquations::OutcomeEquations(std::shared_ptr<const OutcomeTask> task)
    : m_task(std::move(task))
{
    for (const OutcomeComponent& each : m_task->GetComponents())
    {
        m_inputs += each.inputs;
    }
}

const OutcomeTask&
OutcomeEquations::GetTask() const
{
    return *m_task;
}

Rows
OutcomeEquations::Observe(const EntitySets& sets, Eigen::Index entries) const
{
    Rows observations(sets.traits.rows(), entries);
    for (int64_t i = 0; i < sets.count; ++i)
    {
        m_task->Observe(sets.traits.middleRows(i * sets.n, sets.n),
                        observations.middleRows(i * sets.n, sets.n));
    }
    return observations;
}

OutcomeInputs
OutcomeEquations::Describe(const EntitySets& sets, const at::Tensor& actions) const
{
    const Rows acts = ToRows(actions);
    const Eigen::Index rows = acts.rows();
    OutcomeInputs inputs;
    inputs.given = at::empty({sets.count, sets.n}, at::kDouble);
    inputs.chosen = at::empty({sets.count, sets.n}, at::kDouble);
    Rows derivatives(rows, acts.cols());
    m_task->GetLevels(sets.traits,
                      acts,
                      Eigen::Map<Eigen::VectorXd>(inputs.given.data_ptr<double>(), rows),
                      Eigen::Map<Eigen::VectorXd>(inputs.chosen.data_ptr<double>(), rows),
                      derivatives);
    if (actions.requires_grad())
    {
        // Adds zero, with the derivatives as gradient.
        inputs.chosen =
            inputs.chosen +
            ((actions - actions.detach()) * ToTensor(derivatives, sets.n)).sum(2).to(at::kDouble);
    }
    Rows traits(rows, m_inputs);
    m_task->DescribeInputs(sets.traits, traits);
    inputs.traits = ToTensor(traits, sets.n);
    inputs.actions = actions;
    return inputs;
}

at::Tensor
OutcomeEquations::GetValue(const EntitySets& sets,
                           const at::Tensor& actions,
                           const at::Tensor& components) const
{
    const Rows acts = ToRows(actions);
    const Rows parts = ToRows(components);
    Gradient gradient;
    gradient.byActions.resize(acts.rows(), acts.cols());
    gradient.byComponents.resize(parts.rows(), parts.cols());
    if (sets.steps > 1)
    {
        AddPaths(sets, acts, parts, gradient);
    }
    else
    {
        AddSets(sets, acts, parts, gradient);
    }
    // A function of the same value and gradient.
    const at::Tensor linear =
        ((actions - actions.detach()) * ToTensor(gradient.byActions, sets.n)).sum() +
        ((components - components.detach()) * ToTensor(gradient.byComponents, sets.n)).sum();
    return (linear + gradient.sum) / static_cast<double>(sets.count);
}

void
OutcomeEquations::AddSets(const EntitySets& sets,
                          const Rows& actions,
                          const Rows& components,
                          Gradient& gradient) const
{
    for (int64_t i = 0; i < sets.count; ++i)
    {
        const Eigen::Index at = i * sets.n;
        gradient.sum += m_task->GetValue(sets.traits.middleRows(at, sets.n),
                                         actions.middleRows(at, sets.n),
                                         components.middleRows(at, sets.n),
                                         gradient.byActions.middleRows(at, sets.n),
                                         gradient.byComponents.middleRows(at, sets.n));
    }
}

void
OutcomeEquations::AddPaths(const EntitySets& paths,
                           const Rows& actions,
                           const Rows& components,
                           Gradient& gradient) const
{
    const CarriedSteps& steps = *m_task->GetSteps();
    const Eigen::Index carried = steps.GetCarriedTraits();
    for (int64_t path = 0; path < paths.GetPaths(); ++path)
    {
        Rows byNext = Rows::Zero(paths.n, carried);
        Rows byCarried(paths.n, carried);
        for (int64_t step = paths.steps - 1; step >= 0; --step)
        {
            const Eigen::Index at = paths.GetRow(step) + path * paths.n;
            gradient.sum += steps.Differentiate(paths.traits.middleRows(at, paths.n),
                                                actions.middleRows(at, paths.n),
                                                components.middleRows(at, paths.n),
                                                1,
                                                byNext,
                                                byCarried,
                                                gradient.byActions.middleRows(at, paths.n),
                                                gradient.byComponents.middleRows(at, paths.n));
            byNext.swap(byCarried);
        }
    }
}

void
OutcomeEquations::Advance(EntitySets& paths,
                          int64_t step,
                          const at::Tensor& actions,
                          const at::Tensor& components) const
{
    const CarriedSteps& steps = *m_task->GetSteps();
    const Rows acts = ToRows(actions);
    const Rows parts = ToRows(components);
    for (int64_t path = 0; path < paths.GetPaths(); ++path)
    {
        const Eigen::Index own = path * paths.n;
        Rows next(paths.n, steps.GetCarriedTraits());
        steps.Advance(paths.traits.middleRows(paths.GetRow(step) + own, paths.n),
                      acts.middleRows(own, paths.n),
                      parts.middleRows(own, paths.n),
                      next);
        paths.traits.middleRows(paths.GetRow(step + 1) + own, paths.n).rightCols(next.cols()) =
            next;
    }
}

} // namespace agents
