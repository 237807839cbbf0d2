/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_OUTCOME_MODEL_H
#define AGENTS_OUTCOME_MODEL_H

#include "../outcome-task.h"
#include "base/random-stream.h"
#include "network.h"

#include <ATen/ATen.h>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace agents
{

/**
 * @ingroup agents
 * @brief Sets of the same size, as an outcome model sees them: B sets of N entities.
 */
struct OutcomeInputs
{
    at::Tensor given;   ///< part of the level that no action changes, B x N, double
    at::Tensor chosen;  ///< part of the level that actions change, B x N, double
    at::Tensor traits;  ///< inputs of the components, B x N x sum of them
    at::Tensor actions; ///< in [0, 1], B x N x actions
};

/**
 * @ingroup agents
 * @brief Predicts components of each entity's outcome, by a small network for each component that
 * all entities share.
 *
 * Where a component depends on the level, its network sees the logarithm of the own level's
 * exponential over the sum of the others' and of a learned floor, such as a signal over
 * interference and noise. Only this ratio is seen, so that a set of another size gives values that
 * smaller ones gave too.
 */
class OutcomeModel
{
  public:
    /**
     * @param components what is predicted
     * @param actions entries of an entity's action
     * @param learnsLevels whether the two parts of a level are mixed with learned weights; else
     * they are added
     * @param random where the first weights come from
     */
    OutcomeModel(std::vector<OutcomeComponent> components,
                 int64_t actions,
                 bool learnsLevels,
                 base::RandomStream& random);

    /**
     * @param inputs sets
     * @param isFrozen whether no gradient goes into the weights
     * @return logarithms of components, B x N x components
     */
    at::Tensor Predict(const OutcomeInputs& inputs, bool isFrozen) const;

    /// Begin where the data are, before the first gradient step. @param levels mean of all
    /// @param components mean of each that is known, components entries
    void SetCentre(double levels, const std::vector<double>& components);

    /// @return weights, part by part
    std::vector<std::vector<at::Tensor>*> GetParameters();

  private:
    /// @param inputs sets @param isFrozen as in Predict @return logarithm of the own level over the
    /// others', B x N x 1
    at::Tensor GetRatios(const OutcomeInputs& inputs, bool isFrozen) const;

    std::vector<OutcomeComponent> m_components; //!< what is predicted
    const bool m_learnsLevels;                  //!< whether m_mix counts
    std::vector<Network> m_networks;            //!< one a component
    std::vector<at::Tensor>
        m_scalars; //!< floor, mix of levels, then weight of the ratio and centre a component
};

} // namespace agents

#endif // AGENTS_OUTCOME_MODEL_H
