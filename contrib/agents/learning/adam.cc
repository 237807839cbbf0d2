/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "adam.h"

#include "base/vector-clones.h"

#include <ATen/core/grad_mode.h>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace agents
{

namespace
{

constexpr float BETA_1 = 0.9f;         //!< decay of the first moment
constexpr float BETA_2 = 0.999f;       //!< decay of the second moment
constexpr float LEAST_MOMENT = 1e-30f; //!< smaller ones are zero: none moves a parameter
constexpr float EPSILON = 1e-5f;       //!< as the details of PPO have it, instead of 1e-8

/// The update, for the processor at hand. @param n parameters
/// @param[in,out] gradient of each, which becomes zero
/// @param scale shortens the gradient @param first moment @param second moment
/// @param rate step size with the correction of the first moment @param correction square root of
/// that of the second @param[in,out] value of each parameter
VECTOR_CLONES void
Update(std::size_t n,
       float* __restrict gradient,
       float scale,
       float* __restrict first,
       float* __restrict second,
       float rate,
       float correction,
       float* __restrict value)
{
    for (std::size_t i = 0; i < n; ++i)
    {
        const float g = gradient[i] * scale;
        gradient[i] = 0;
        const float mean = BETA_1 * first[i] + (1 - BETA_1) * g;
        // The moment of a unit that died falls to subnormal numbers, with which processors are
        // slow.
        first[i] = __builtin_fabsf(mean) < LEAST_MOMENT ? 0 : mean;
        const float square = BETA_2 * second[i] + (1 - BETA_2) * g * g;
        second[i] = square < LEAST_MOMENT ? 0 : square;
        value[i] -= rate * first[i] / (__builtin_sqrtf(second[i]) * correction + EPSILON);
    }
}

} // namespace

double
GetSlowdown(int64_t steps, int64_t halvingSteps)
{
    return halvingSteps > 0 ? 1 + static_cast<double>(steps) / static_cast<double>(halvingSteps)
                            : 1.0;
}

Adam::Adam(const std::vector<std::vector<at::Tensor>*>& parameters,
           double learningRate,
           double maxNorm,
           int64_t halvingSteps)
    : m_learningRate(learningRate),
      m_maxNorm(maxNorm),
      m_halvingSteps(halvingSteps)
{
    const at::NoGradGuard noGradient;
    int64_t size = 0;
    for (const auto* group : parameters)
    {
        for (const at::Tensor& parameter : *group)
        {
            size += parameter.numel();
        }
    }
    m_parameters = at::empty({size});
    m_gradients = at::zeros({size});
    m_first.resize(size);
    m_second.resize(size);
    int64_t at = 0;
    for (auto* group : parameters)
    {
        for (at::Tensor& parameter : *group)
        {
            const int64_t n = parameter.numel();
            const at::Tensor place = m_parameters.narrow(0, at, n).view(parameter.sizes());
            place.copy_(parameter);
            parameter.set_data(place);
            // Backward adds into a gradient that is there.
            parameter.mutable_grad() = m_gradients.narrow(0, at, n).view(parameter.sizes());
            at += n;
        }
    }
}

double
Adam::Step(const std::string& what)
{
    const at::NoGradGuard noGradient;
    const double norm = m_gradients.norm().item<double>();
    if (!std::isfinite(norm))
    {
        throw std::runtime_error(what + ": the gradient of step " + std::to_string(m_steps) +
                                 " is not finite: a smaller learningRate may help");
    }
    const double rate = m_learningRate / GetSlowdown(m_steps, m_halvingSteps);
    ++m_steps;
    const double first = 1 - std::pow(static_cast<double>(BETA_1), m_steps);
    const double second = 1 - std::pow(static_cast<double>(BETA_2), m_steps);
    Update(m_first.size(),
           m_gradients.data_ptr<float>(),
           static_cast<float>(norm > m_maxNorm ? m_maxNorm / norm : 1.0),
           m_first.data(),
           m_second.data(),
           static_cast<float>(rate / first),
           static_cast<float>(1 / std::sqrt(second)),
           m_parameters.data_ptr<float>());
    return norm;
}

int64_t
Adam::GetSteps() const
{
    return m_steps;
}

std::string
Adam::Save() const
{
    const std::size_t size = m_first.size() * sizeof(float);
    std::string bytes(reinterpret_cast<const char*>(&m_steps), sizeof m_steps);
    bytes.append(reinterpret_cast<const char*>(m_parameters.data_ptr<float>()), size);
    bytes.append(reinterpret_cast<const char*>(m_first.data()), size);
    bytes.append(reinterpret_cast<const char*>(m_second.data()), size);
    return bytes;
}

void
Adam::Load(const std::string& bytes)
{
    const std::size_t size = m_first.size() * sizeof(float);
    if (bytes.size() != sizeof m_steps + 3 * size)
    {
        throw std::runtime_error("weights are of another size");
    }
    const char* from = bytes.data() + sizeof m_steps;
    std::memcpy(&m_steps, bytes.data(), sizeof m_steps);
    std::memcpy(m_parameters.data_ptr<float>(), from, size);
    std::memcpy(m_first.data(), from + size, size);
    std::memcpy(m_second.data(), from + 2 * size, size);
}

} // namespace agents
