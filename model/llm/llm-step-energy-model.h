/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_STEP_ENERGY_MODEL_H
#define LLM_STEP_ENERGY_MODEL_H

#include "llm-serving.h"

#include "ns3/object.h"

#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Energy of an engine's step: static power for its duration, and energies of a byte that is
 * read from memory and of a floating-point operation.
 *
 * A step reads the weights once and the KV cache of each sequence once; a token takes the matrix
 * products of the model and attention over its context. Activations are not counted.
 */
class StepEnergyModel : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @param serving sizes of the model, of one GPU of several
     * @param durationS duration of a step, s
     * @return energy that its sequences have in common, J: static, and of reading the weights
     */
    double GetCommonEnergyJ(const LlmServing& serving, double durationS) const;

    /**
     * @param serving sizes of the model, of one GPU of several
     * @param query a sequence's part in a step
     * @return energy of what it reads and computes for itself, without the weights, J
     */
    double GetOwnEnergyJ(const LlmServing& serving, const LlmStepQuery& query) const;

    /// @param serving sizes of the model @return power of devices that compute nothing, W
    double GetIdlePowerW(const LlmServing& serving) const;

  private:
    double m_idlePowerW{0};    //!< of one device that computes nothing, W
    double m_joulesPerByte{0}; //!< of reading memory, J a byte
    double m_joulesPerFlop{0}; //!< of computing, J a FLOP
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_STEP_ENERGY_MODEL_H
