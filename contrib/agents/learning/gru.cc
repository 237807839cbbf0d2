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
/// @param[in,out] gates all but the memory are written @param[out] next h after the step
void
Step(const at::Tensor& ofInput, const at::Tensor& ofMemory, Gates& gates, const at::Tensor& next)
{
    const int64_t batch = gates.memory.size(0);
    const int64_t units = gates.memory.size(1);
    gates.both = at::empty({batch, 2 * units});
    gates.fresh = at::empty({batch, units});
    const auto* inputs = ofInput.data_ptr<float>();
    const auto* memories = ofMemory.data_ptr<float>();
    auto* both = gates.both.data_ptr<float>();
    auto* fresh = gates.fresh.data_ptr<float>();
    for (int64_t row = 0; row < batch; ++row)
    {
        for (int64_t u = 0; u < 2 * units; ++u)
        {
            both[2 * units * row + u] = inputs[3 * units * row + u] + memories[3 * units * row + u];
        }
    }
    gates.both.sigmoid_();
    for (int64_t row = 0; row < batch; ++row)
    {
        const int64_t last = units * (3 * row + 2);
        for (int64_t u = 0; u < units; ++u)
        {
            fresh[units * row + u] =
                inputs[last + u] + both[2 * units * row + u] * memories[last + u];
        }
    }
    gates.fresh.tanh_();
    const auto* before = gates.memory.data_ptr<float>();
    auto* after = next.data_ptr<float>();
    for (int64_t row = 0; row < batch; ++row)
    {
        for (int64_t u = 0; u < units; ++u)
        {
            const float update = both[units * (2 * row + 1) + u];
            const float n = fresh[units * row + u];
            after[units * row + u] = n + update * (before[units * row + u] - n);
        }
    }
}

/// The chain rule of Step. @param gradient by next h @param ofMemory as Step had it
/// @param gates what Step left @param[out] byInput gradient by W_i x + b_i, B x 3 units
/// @param[out] byMemory gradient by W_h h + b_h, B x 3 units
void
StepBack(const at::Tensor& gradient,
         const at::Tensor& ofMemory,
         const Gates& gates,
         const at::Tensor& byInput,
         const at::Tensor& byMemory)
{
    const int64_t batch = gates.memory.size(0);
    const int64_t units = gates.memory.size(1);
    for (int64_t row = 0; row < batch; ++row)
    {
        const float* s = gradient.data_ptr<float>() + units * row;
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

/// Add to the gradients of a cell. @param parameters of it @param inputs x, one row a step
/// @param memories h, one row a step @param byInput gradient by W_i x + b_i
/// @param byMemory gradient by W_h h + b_h
void
AddGradients(const std::vector<at::Tensor>& parameters,
             const at::Tensor& inputs,
             const at::Tensor& memories,
             const at::Tensor& byInput,
             const at::Tensor& byMemory)
{
    GetGradient(parameters[0]).addmm_(byInput.t(), inputs);
    GetGradient(parameters[1]).addmm_(byMemory.t(), memories);
    GetGradient(parameters[2]).add_(byInput.sum(0));
    GetGradient(parameters[3]).add_(byMemory.sum(0));
}

} // namespace

Gru::Gru(int64_t inputs, int64_t units, base::RandomStream& random)
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
        next = at::empty_like(gates.memory);
        Step(at::addmm(m_parameters[2], inputs, m_parameters[0].t()), ofMemory, gates, next);
    }
    const bool needsInput = x.requires_grad();
    const bool needsMemory = h.requires_grad();
    return MakeGraphNode(
        next,
        {x, h},
        !isFrozen,
        [gates, inputs, ofMemory, parameters = m_parameters, isFrozen, needsInput, needsMemory](
            const at::Tensor& byNext) -> std::vector<at::Tensor> {
            const at::Tensor gradient = byNext.contiguous();
            const int64_t units = gradient.size(1);
            const at::Tensor byInput = at::empty_like(ofMemory);
            const at::Tensor byMemory = at::empty_like(ofMemory);
            StepBack(gradient, ofMemory, gates, byInput, byMemory);
            if (!isFrozen)
            {
                AddGradients(parameters, inputs, gates.memory, byInput, byMemory);
            }
            std::vector<at::Tensor> gradients(2);
            if (needsInput)
            {
                gradients[0] = at::mm(byInput, parameters[0]);
            }
            if (needsMemory)
            {
                const at::Tensor update = gates.both.narrow(1, units, units);
                gradients[1] = at::addmm(gradient * update, byMemory, parameters[1]);
            }
            return gradients;
        });
}

at::Tensor
Gru::Unroll(const at::Tensor& x) const
{
    const int64_t steps = x.size(0);
    const int64_t batch = x.size(1);
    const int64_t units = m_parameters[1].size(1);
    const at::Tensor memories = at::zeros({steps + 1, batch, units});
    if (steps == 0)
    {
        return memories;
    }
    at::Tensor inputs;
    std::vector<at::Tensor> ofMemory;
    std::vector<Gates> gates(steps);
    {
        const at::NoGradGuard noGradient;
        inputs = x.reshape({steps * batch, -1});
        const at::Tensor ofInput = at::addmm(m_parameters[2], inputs, m_parameters[0].t());
        const at::Tensor recurrent = m_parameters[1].t();
        for (int64_t t = 0; t < steps; ++t)
        {
            gates[t].memory = memories[t];
            ofMemory.push_back(at::addmm(m_parameters[3], gates[t].memory, recurrent));
            Step(ofInput.narrow(0, t * batch, batch), ofMemory[t], gates[t], memories[t + 1]);
        }
    }
    return MakeGraphNode(
        memories,
        {},
        true,
        [inputs, memories = memories.detach(), ofMemory, gates, parameters = m_parameters](
            const at::Tensor& byMemories) -> std::vector<at::Tensor> {
            const auto last = static_cast<int64_t>(gates.size());
            const int64_t rows = memories.size(1);
            const int64_t size = memories.size(2);
            const at::Tensor gradients = byMemories.contiguous();
            const at::Tensor byInput = at::empty({last * rows, 3 * size});
            const at::Tensor byMemory = at::empty({last * rows, 3 * size});
            at::Tensor gradient = gradients[last];
            for (int64_t t = last; t-- > 0;)
            {
                const at::Tensor ofStep = byMemory.narrow(0, t * rows, rows);
                StepBack(gradient,
                         ofMemory[t],
                         gates[t],
                         byInput.narrow(0, t * rows, rows),
                         ofStep);
                const at::Tensor update = gates[t].both.narrow(1, size, size);
                gradient =
                    at::addmm(at::addcmul(gradients[t], gradient, update), ofStep, parameters[1]);
            }
            AddGradients(parameters,
                         inputs,
                         memories.narrow(0, 0, last).reshape({last * rows, size}),
                         byInput,
                         byMemory);
            return {};
        });
}

} // namespace agents
