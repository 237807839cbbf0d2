/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "outcome-model.h"

#include <ATen/core/grad_mode.h>

namespace agents
{

namespace
{

constexpr int64_t LEVEL_UNITS = 32;     //!< of a network that sees a ratio of levels
constexpr int64_t UNITS = 16;           //!< of one that does not
constexpr double LEVEL_GAIN = 0.5;      //!< of its last layer
constexpr double GAIN = 0.1;            //!< of its last layer
constexpr double FIRST_WEIGHT = 0.5;    //!< by the ratio; which way it goes is learned
constexpr double FIRST_MIX = 0.5;       //!< of both parts of a level: both count at first
constexpr double FLOOR_BELOW_MEAN = 10; //!< where the floor begins, below the mean level
constexpr int64_t VIEWS = 3;            //!< of an entry of an action
constexpr double MOST = 20;             //!< size of a predicted logarithm

enum Scalar
{
    FLOOR,   //!< logarithm of the floor
    MIX,     //!< two weights
    SCALARS, //!< of all components; then weight of the ratio and centre of each
};

/// What an outcome does near the edges of an action goes with its logarithm: an upload of nothing
/// takes no time. @param actions in [0, 1], B x N x actions @return B x N x VIEWS actions
at::Tensor
ViewActions(const at::Tensor& actions)
{
    constexpr double edge = 3e-3; // nearer to it, all is alike
    constexpr double half = 0.5;
    return at::cat({(actions - half) * 4,
                    half * (at::log(actions.clamp_min(edge)) + 1),
                    half * (at::log((1 - actions).clamp_min(edge)) + 1)},
                   2);
}

/// @param values numbers @return them as a parameter
at::Tensor
MakeParameter(const std::vector<double>& values)
{
    at::Tensor parameter = at::empty({static_cast<int64_t>(values.size())});
    for (std::size_t i = 0; i < values.size(); ++i)
    {
        parameter.data_ptr<float>()[i] = static_cast<float>(values[i]);
    }
    return parameter.set_requires_grad(true);
}

} // namespace

OutcomeModel::OutcomeModel(std::vector<OutcomeComponent> components,
                           int64_t actions,
                           bool learnsLevels,
                           base::RandomStream& random)
    : m_components(std::move(components)),
      m_learnsLevels(learnsLevels),
      m_scalars{MakeParameter({0}), MakeParameter({FIRST_MIX, FIRST_MIX})}
{
    for (const OutcomeComponent& each : m_components)
    {
        const int64_t inputs = each.inputs + (each.dependsOnLevel ? 1 : 0) +
                               (each.dependsOnAction ? VIEWS * actions : 0);
        m_networks.emplace_back(
            Network::Settings{inputs,
                              std::vector<int64_t>(each.dependsOnAction ? 2 : 1,
                                                   each.dependsOnLevel ? LEVEL_UNITS : UNITS),
                              1,
                              Activation::SILU,
                              each.dependsOnLevel ? LEVEL_GAIN : GAIN,
                              1},
            random);
        m_scalars.push_back(MakeParameter({FIRST_WEIGHT}));
        m_scalars.push_back(MakeParameter({0}));
    }
}

void
OutcomeModel::SetCentre(double levels, const std::vector<double>& components)
{
    const at::NoGradGuard noGradient;
    m_scalars[FLOOR].fill_(levels - FLOOR_BELOW_MEAN);
    for (std::size_t i = 0; i < components.size(); ++i)
    {
        m_scalars[SCALARS + 2 * i + 1].fill_(components[i]);
    }
}

at::Tensor
OutcomeModel::GetRatios(const OutcomeInputs& inputs, bool isFrozen) const
{
    const auto scalar = [&](int which) {
        return (isFrozen ? m_scalars[which].detach() : m_scalars[which]).to(at::kDouble);
    };
    at::Tensor levels;
    if (m_learnsLevels)
    {
        const at::Tensor mix = scalar(MIX);
        levels = inputs.given * mix[0] + inputs.chosen * mix[1];
    }
    else
    {
        levels = inputs.given + inputs.chosen;
    }
    // In single precision, the others next to one that is 40 dB louder would be lost.
    const at::Tensor most = levels.detach().amax(1, true);
    const at::Tensor powers = at::exp(levels - most);
    const at::Tensor others = (powers.sum(1, true) - powers).clamp_min(0);
    const at::Tensor floor = at::exp(scalar(FLOOR) - most);
    return (levels - most - at::log(others + floor)).to(at::kFloat).unsqueeze(2);
}

at::Tensor
OutcomeModel::Predict(const OutcomeInputs& inputs, bool isFrozen) const
{
    const int64_t sets = inputs.given.size(0);
    const int64_t n = inputs.given.size(1);
    const at::Tensor ratios = GetRatios(inputs, isFrozen);
    const auto scalar = [&](std::size_t which) {
        return isFrozen ? m_scalars[which].detach() : m_scalars[which];
    };
    std::vector<at::Tensor> predicted;
    int64_t first = 0;
    for (std::size_t i = 0; i < m_components.size(); ++i)
    {
        const OutcomeComponent& each = m_components[i];
        at::Tensor seen = inputs.traits.narrow(2, first, each.inputs);
        first += each.inputs;
        if (each.dependsOnAction)
        {
            seen = at::cat({seen, ViewActions(inputs.actions)}, 2);
        }
        at::Tensor value = scalar(SCALARS + 2 * i + 1);
        if (each.dependsOnLevel)
        {
            seen = at::cat({ratios, seen}, 2);
            value = value + scalar(SCALARS + 2 * i) * ratios;
        }
        value = value + m_networks[i]
                            .Forward(seen.reshape({sets * n, seen.size(2)}), isFrozen)
                            .view({sets, n, 1});
        predicted.push_back(value);
    }
    return at::cat(predicted, 2).clamp(-MOST, MOST);
}

std::vector<std::vector<at::Tensor>*>
OutcomeModel::GetParameters()
{
    std::vector<std::vector<at::Tensor>*> all{&m_scalars};
    for (Network& each : m_networks)
    {
        all.push_back(&each.GetParameters());
    }
    return all;
}

} // namespace agents
