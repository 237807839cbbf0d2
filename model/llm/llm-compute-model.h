/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_COMPUTE_MODEL_H
#define LLM_COMPUTE_MODEL_H

#include "llm-profile.h"

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
 * Both an MLU and the MEC server have one. Subclasses may look the cost up in a profile; the
 * effective frequency and energy coefficient then tell a controller what (14), (15) and (22) need
 * to give the same cost. Where they cannot, policies that count on these equations are refused
 * (OffloadPolicy::NeedsEquations); the others go by what GetCost says.
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
     * @param bits size of the share, bits, >= 0
     * @param cyclesPerBit phi, cycles/bit
     * @return latency and energy
     */
    virtual ComputeCost GetCost(double bits, double cyclesPerBit) const = 0;

    /// @param cyclesPerBit phi, cycles/bit @return effective f or F for such tasks, cycles/s, > 0
    virtual double GetFrequencyHz(double cyclesPerBit) const = 0;

    /// @param cyclesPerBit phi, cycles/bit @return effective kappa_comp for such tasks, J per cycle
    /// per Hz^2, >= 0
    virtual double GetEnergyCoefficient(double cyclesPerBit) const = 0;
};

/**
 * @ingroup llm-mec
 * @brief Compute cost by CPU cycles: (14), (15) and (22).
 */
class CycleComputeModel : public ComputeModel
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    ComputeCost GetCost(double bits, double cyclesPerBit) const override;
    double GetFrequencyHz(double cyclesPerBit) const override;
    double GetEnergyCoefficient(double cyclesPerBit) const override;

  private:
    double m_frequencyHz;       //!< f or F, cycles/s
    double m_energyCoefficient; //!< kappa_comp, J per cycle per Hz^2
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_COMPUTE_MODEL_H
