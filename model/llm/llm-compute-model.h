/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_COMPUTE_MODEL_H
#define LLM_COMPUTE_MODEL_H

#include "llm-profile.h"

#include "ns3/llm-task.h"
#include "ns3/object.h"

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What it takes to compute a share of a task on a device that has nothing else to do.
 */
struct ComputeCost
{
    double latencyS{0}; ///< time, s
    double energyJ{0};  ///< energy, J
};

/**
 * @ingroup llm-mec
 * @brief How long a device computes on a share of a task and what energy that takes.
 *
 * Both an MLU and the MEC server have one. A subclass reads of the work what it counts in: CPU
 * cycles, or tokens.
 */
class ComputeModel : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Take the model that runs on the device. The base class does not look at it.
     * @param profile of the model
     * @throws std::runtime_error one line that names the profile, where a subclass misses something
     */
    virtual void SetProfile(const LlmProfile& profile);

    /**
     * @param work what there is to compute
     * @return latency and energy
     */
    virtual ComputeCost GetCost(const LlmWork& work) const = 0;
};

/**
 * @ingroup llm-mec
 * @brief Compute cost by CPU cycles: b bits take b phi / f seconds, (14) and (22), and
 * kappa_comp f^2 b phi joules, (15).
 */
class CycleComputeModel : public ComputeModel
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    ComputeCost GetCost(const LlmWork& work) const override;

  private:
    double m_frequencyHz;       //!< f or F, cycles/s
    double m_energyCoefficient; //!< kappa_comp, J per cycle per Hz^2
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_COMPUTE_MODEL_H
