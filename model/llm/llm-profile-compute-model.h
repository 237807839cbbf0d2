/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_PROFILE_COMPUTE_MODEL_H
#define LLM_PROFILE_COMPUTE_MODEL_H

#include "llm-compute-model.h"
#include "llm-step-time-compute-model.h"

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Compute cost by what was measured for each prompt and generated token of a profile, or by
 * the step times of a profile that has `serving`, for one sequence that has the device for itself.
 *
 * Bits and cycles do not count.
 */
class ProfileComputeModel : public ComputeModel
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /**
     * @copydoc ComputeModel::SetProfile
     * The profile has to have `serving` or both latencies, and the energies of both kinds of tokens
     * or promptTokensPerQuery, which energyPerQueryJ is then divided by. On an error the profile
     * from before stays.
     */
    void SetProfile(const LlmProfile& profile) override;

    /// @copydoc ComputeModel::GetCost @throws std::runtime_error before SetProfile
    ComputeCost GetCost(const LlmWork& work) const override;

  private:
    LlmProfile m_profile;             //!< the model
    bool m_hasProfile{false};         //!< SetProfile was called
    Ptr<StepTimeComputeModel> m_lone; //!< by the step times of a profile that has them, or null
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_PROFILE_COMPUTE_MODEL_H
