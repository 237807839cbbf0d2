/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_PROFILE_COMPUTE_MODEL_H
#define LLM_PROFILE_COMPUTE_MODEL_H

#include "llm-compute-model.h"

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Compute cost by what was measured for each prompt and generated token of a profile.
 *
 * A share of b bits is b / BitsPerToken tokens of a prompt, for which as many tokens are generated
 * as the profile's queries had for each of theirs. Cycles do not count. A controller that knows
 * only (14) and (15) gets the clock and coefficient that give the same latency and energy for tasks
 * of a given phi.
 */
class ProfileComputeModel : public ComputeModel
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /**
     * @copydoc ComputeModel::SetProfile
     * The profile has to have both latencies, and the energies of both kinds of tokens or
     * promptTokensPerQuery, which energyPerQueryJ is then divided by. On an error the profile from
     * before stays.
     */
    void SetProfile(const LlmProfile& profile) override;

    /// @copydoc ComputeModel::GetCost @throws std::runtime_error before SetProfile
    ComputeCost GetCost(double bits, double cyclesPerBit) const override;

    /// @copydoc ComputeModel::GetFrequencyHz @throws std::runtime_error before SetProfile
    double GetFrequencyHz(double cyclesPerBit) const override;

    /// @copydoc ComputeModel::GetEnergyCoefficient @throws std::runtime_error before SetProfile
    double GetEnergyCoefficient(double cyclesPerBit) const override;

  private:
    /// @return latency and energy of a prompt token with what is generated for it
    ComputeCost GetTokenCost() const;

    double m_bitsPerToken;            //!< bits of a prompt token
    double m_generatedPerPromptToken; //!< tokens, where the profile does not say
    LlmProfile m_profile;             //!< the model
    bool m_hasProfile{false};         //!< SetProfile was called
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_PROFILE_COMPUTE_MODEL_H
