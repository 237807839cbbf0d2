/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_ADAM_H
#define AGENTS_ADAM_H

#include <ATen/ATen.h>
#include <cstdint>
#include <string>
#include <vector>

namespace agents
{

/**
 * What a rate that falls with learning is divided by.
 * @param steps taken
 * @param halvingSteps steps after which the rate is half; 0: it stays
 * @return 1 + steps / halvingSteps, so that nobody must know when learning ends
 */
double GetSlowdown(int64_t steps, int64_t halvingSteps);

/**
 * @ingroup agents
 * @brief Adam (Kingma and Ba, 2015) over all parameters of a learner at once.
 *
 * LibTorch's own takes some 200 us a step for two small networks, tensor by tensor; here
 * parameters and gradients lie one behind the other and one loop does it. Gradients are shortened
 * to a largest norm first.
 */
class Adam
{
  public:
    /**
     * @param parameters what to learn; their values move to memory of this object
     * @param learningRate step size
     * @param maxNorm a longer gradient is shortened to this
     * @param halvingSteps of GetSlowdown, by which the step size is divided; 0: it stays
     */
    Adam(const std::vector<std::vector<at::Tensor>*>& parameters,
         double learningRate,
         double maxNorm,
         int64_t halvingSteps = 0);

    /**
     * Take a step along the gradients, and forget them.
     * @param what names the learner in errors
     * @return norm of the gradient, before it was shortened
     * @throw std::runtime_error in one line when the gradient is not finite
     */
    double Step(const std::string& what);

    /// @return number of steps taken
    int64_t GetSteps() const;

    /// @return parameters, moments and number of steps, as bytes
    std::string Save() const;
    /// @param bytes what Save gave @throw std::runtime_error when they do not fit
    void Load(const std::string& bytes);

  private:
    double m_learningRate;       //!< step size
    double m_maxNorm;            //!< of the gradient
    int64_t m_halvingSteps;      //!< of the step size, 0 for none
    int64_t m_steps{0};          //!< taken
    at::Tensor m_parameters;     //!< all of them
    at::Tensor m_gradients;      //!< of the parameters
    std::vector<float> m_first;  //!< running mean of the gradient
    std::vector<float> m_second; //!< running mean of its square
};

} // namespace agents

#endif // AGENTS_ADAM_H
