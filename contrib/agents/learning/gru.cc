/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "gru.h"

#include "differentiable.h"

#include <ATen/core/grad_mode.h>
#include <cmath>

namespace agents
{

namespace
{

/// What a step leaves for its chain rule.
struct Gates
{
    at::Tensor both;   ///< r, then z, B x 2 units
    at::Tensor fresh;  ///< n, B x units
    at::Tensor memory; ///< h, B x units
};

/// @param ofInput W_i x + b_i, B x 3 units @param ofMemory W_h h + b_h, B x 3 units
/// @param[in,out] gates all but the memory are written @return next h
at::Tensor
Step(const at::Tensor& ofInput, const at::Tensor& ofMemory, Gates& gates)
{
    const int64_t units = gates.memory.size(1);
    const at::Tensor recalled = ofMemory.narrow(1, 2 * units, units);
    gates.both = (ofInput.narrow(1, 0, 2 * units) + ofMemory.narrow(1, 0, 2 * units)).sigmoid_();
    gates.fresh =
        at::addcmul(ofInput.narrow(1, 2 * units, units), gates.both.narrow(1, 0, units), recalled)
            .tanh_();
    return at::lerp(gates.fresh, gates.memory, gates.both.narrow(1, units, units));
}

/// The chain rule of Step. @param slope by next h @param ofMemory as Step had it
/// @param gates what Step left @param[out] byInput slope by W_i x + b_i @param[out] byMemory slope
/// by W_h h + b_h
void
StepBack(const at::Tensor& slope,
         const at::Tensor& ofMemory,
         const Gates& gates,
         at::Tensor& byInput,
         at::Tensor& byMemory)
{
    const int64_t batch = gates.memory.size(0);
    const int64_t units = gates.memory.size(1);
    byInput = at::empty({batch, 3 * units});
    byMemory = at::empty({batch, 3 * units});
    for (int64_t row = 0; row < batch; ++row)
    {
        const float* s = slope.data_ptr<float>() + units * row;
        const float* h = gates.memory.data_ptr<float>() + units * row;
        const float* r = gates.both.data_ptr<float>() + 2 * units * row;
        const float* z = r + units;
        const float* n = gates.fresh.data_ptr<float>() + units * row;
        const float* recalled = ofMemory.data_ptr<float>() + units * (3 * row + 2);
        float* i = byInput.data_ptr<float>() + 3 * units * row;
        float* m = byMemory.data_ptr<float>() + 3 * units * row;
        for (int64_t u = 0; u < units; ++u)
        {
            const float byFresh = s[u] * (1 - z[u]) * (1 - n[u] * n[u]);
            i[u] = m[u] = byFresh * recalled[u] * r[u] * (1 - r[u]);
            i[units + u] = m[units + u] = s[u] * (h[u] - n[u]) * z[u] * (1 - z[u]);
            i[2 * units + u] = byFresh;
            m[2 * units + u] = byFresh * r[u];
        }
    }
}

} // namespace

Gru::Gru(int64_t inputs, int64_t units, RandomStream& random)
{
    const double bound = 1 / std::sqrt(static_cast<double>(units));
    for (const std::vector<int64_t>& sizes :
         {std::vector<int64_t>{3 * units, inputs}, std::vector<int64_t>{3 * units, units}})
    {
        at::Tensor weight = at::empty(sizes);
        for (int64_t i = 0; i < weight.numel(); ++i)
        {
            weight.data_ptr<float>()[i] = static_cast<float>(bound * (2 * random.Uniform() - 1));
        }
        m_parameters.push_back(weight);
    }
    // The update gate begins by keeping what is remembered.
    constexpr float keep = 1;
    at::Tensor bias = at::zeros({3 * units});
    bias.narrow(0, units, units).fill_(keep);
    m_parameters.push_back(bias);
    m_parameters.push_back(at::zeros({3 * units}));
    for (at::Tensor& parameter : m_parameters)
    {
        parameter.set_requires_grad(true);
    }
}

at::Tensor
Gru::Forward(const at::Tensor& x, const at::Tensor& h, bool isFrozen) const
{
    Gates gates;
    at::Tensor next;
    at::Tensor inputs;
    at::Tensor ofMemory;
    {
        const at::NoGradGuard noGradient;
        inputs = x.detach();
        gates.memory = h.detach().contiguous();
        ofMemory = at::addmm(m_parameters[3], gates.memory, m_parameters[1].t());
        next = Step(at::addmm(m_parameters[2], inputs, m_parameters[0].t()), ofMemory, gates);
    }
    const bool needsInput = x.requires_grad();
    const bool needsMemory = h.requires_grad();
    return Attach(
        next,
        {x, h},
        !isFrozen,
        [gates, inputs, ofMemory, parameters = m_parameters, isFrozen, needsInput, needsMemory](
            const at::Tensor& byNext) -> std::vector<at::Tensor> {
            const at::Tensor slope = byNext.contiguous();
            const int64_t units = slope.size(1);
            at::Tensor byInput;
            at::Tensor byMemory;
            StepBack(slope, ofMemory, gates, byInput, byMemory);
            if (!isFrozen)
            {
                GetGradient(parameters[0]).addmm_(byInput.t(), inputs);
                GetGradient(parameters[1]).addmm_(byMemory.t(), gates.memory);
                GetGradient(parameters[2]).add_(byInput.sum(0));
                GetGradient(parameters[3]).add_(byMemory.sum(0));
            }
            std::vector<at::Tensor> slopes(2);
            if (needsInput)
            {
                slopes[0] = at::mm(byInput, parameters[0]);
            }
            if (needsMemory)
            {
                const at::Tensor update = gates.both.narrow(1, units, units);
                slopes[1] = at::addmm(slope * update, byMemory, parameters[1]);
            }
            return slopes;
        });
}

} // namespace agents
