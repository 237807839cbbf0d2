/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_ACTIVATION_SUMS_H
#define ECLD_ACTIVATION_SUMS_H

#include "importance.h"
#include "model/activation-observer.h"
#include "model/token-corpus.h"

#include <cstdint>
#include <torch/types.h>
#include <vector>

namespace ecld
{

/// Sums of one layer over samples, float64: of (mean over positions |x_j|)^2 for each channel j
struct LayerSums
{
    at::Tensor attentionNorm;   ///< [hidden], output of the norm before attention
    at::Tensor heads;           ///< [heads * headDim], input of o_proj
    at::Tensor feedForwardNorm; ///< [hidden], output of the norm before the feed-forward network
    at::Tensor neurons;         ///< [intermediate], input of down_proj
    double turns{0};            ///< sum over positions of 1 - cos(h_in, h_out)
    double positions{0};        ///< positions that were seen
};

/**
 * @brief Sums up what the scores (1) by activations are made of, layer by layer.
 *
 * Layers may be seen in one pass or one after the other: each has its own sums. Only torch parts of
 * ecld include this header.
 */
class ActivationSums : public ActivationObserver
{
  public:
    /// @param config of the model that is observed
    explicit ActivationSums(const ModelConfig& config);

    /// @param mask [rows, length, 1] float32, one where a document is, of the batch that follows
    void BeginBatch(const at::Tensor& mask);

    void SeeNorm(int64_t norm, const at::Tensor& output) override;
    void SeeAttention(int64_t layer, const at::Tensor& input) override;
    void SeeFeedForward(int64_t layer, const at::Tensor& input) override;
    void SeeLayer(int64_t layer, const at::Tensor& input, const at::Tensor& output) override;

    /// @param layer index @return its sums
    const LayerSums& GetLayer(int64_t layer) const;

    /// @param layer index @param sums of it that an earlier run made
    void SetLayer(int64_t layer, LayerSums sums);

    /// @return scores, once all layers were seen; see Calibrate
    ImportanceScores GetScores() const;

  private:
    /// Add (mean over positions |x_j|)^2 @param sum [channels] @param activation of the batch
    void Add(at::Tensor& sum, const at::Tensor& activation) const;

    ModelConfig m_config;            //!< of the model
    std::vector<LayerSums> m_layers; //!< [layer]
    at::Tensor m_mask;               //!< of this batch
    at::Tensor m_used;               //!< [rows, 1] positions of this batch
};

/// @param batch rows of texts @param device where the mask goes @return [rows, length, 1] float32,
/// one where a document is
at::Tensor MakeUsedMask(const TokenBatch& batch, const torch::Device& device);

} // namespace ecld

#endif // ECLD_ACTIVATION_SUMS_H
