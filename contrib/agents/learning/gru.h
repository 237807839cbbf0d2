/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_GRU_H
#define AGENTS_GRU_H

#include "../random-stream.h"

#include <ATen/ATen.h>
#include <cmath>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief A gated recurrent unit: h' = f(h, x).
 */
class Gru
{
  public:
    /// @param inputs features of x @param units of h @param random where the first weights come
    /// from
    Gru(int64_t inputs, int64_t units, RandomStream& random)
    {
        const double bound = 1 / std::sqrt(static_cast<double>(units));
        for (const std::vector<int64_t>& sizes :
             {std::vector<int64_t>{3 * units, inputs}, std::vector<int64_t>{3 * units, units}})
        {
            at::Tensor weight = at::empty(sizes);
            for (int64_t i = 0; i < weight.numel(); ++i)
            {
                weight.data_ptr<float>()[i] =
                    static_cast<float>(bound * (2 * random.Uniform() - 1));
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

    /**
     * @param x B x inputs @param h B x units @param isFrozen whether no gradient goes into weights
     * @return next h, B x units
     */
    at::Tensor Forward(const at::Tensor& x, const at::Tensor& h, bool isFrozen = false) const
    {
        const auto get = [&](std::size_t i) {
            return isFrozen ? m_parameters[i].detach() : m_parameters[i];
        };
        return at::gru_cell(x, h, get(0), get(1), get(2), get(3));
    }

    /// @return weights and biases
    std::vector<at::Tensor>& GetParameters()
    {
        return m_parameters;
    }

  private:
    std::vector<at::Tensor> m_parameters; //!< of inputs, of h, and their biases
};

} // namespace agents

#endif // AGENTS_GRU_H
