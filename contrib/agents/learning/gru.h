/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_GRU_H
#define AGENTS_GRU_H

#include "base/random-stream.h"

#include <ATen/ATen.h>
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
    Gru(int64_t inputs, int64_t units, base::RandomStream& random);

    /**
     * @param x B x inputs @param h B x units @param isFrozen whether no gradient goes into weights
     * @return next h, B x units
     */
    at::Tensor Forward(const at::Tensor& x, const at::Tensor& h, bool isFrozen = false) const;

    /**
     * Go through a sequence of slots, from a blank memory.
     * @param x inputs of each step, steps x B x inputs; no gradient flows to them
     * @return the memory before each step and after the last, steps + 1 x B x units
     */
    at::Tensor Unroll(const at::Tensor& x) const;

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
