/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_STEP_TIME_COMPUTE_MODEL_H
#define LLM_STEP_TIME_COMPUTE_MODEL_H

#include "llm-compute-model.h"
#include "llm-step-energy-model.h"
#include "llm-step-time-model.h"

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Compute cost of one sequence that has a device for itself, by the law that engines of
 * servers go by too: one step for the prompt, which yields the first token of the answer, and one
 * for each further token. Weights that do not fit into the device's memory are refused in one line
 * (std::runtime_error).
 */
class StepTimeComputeModel : public ComputeModel
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    ComputeCost GetCost(const LlmWork& work) const override;

  protected:
    void DoDispose() override;

  private:
    Ptr<StepTimeModel> m_stepTime;     //!< step times
    Ptr<StepEnergyModel> m_stepEnergy; //!< energy of steps
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_STEP_TIME_COMPUTE_MODEL_H
