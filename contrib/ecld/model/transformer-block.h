/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_TRANSFORMER_BLOCK_H
#define ECLD_TRANSFORMER_BLOCK_H

#include "activation-observer.h"
#include "format/model-config.h"

#include <cstdint>
#include <functional>
#include <string>
#include <torch/types.h>
#include <vector>

namespace ecld
{

/// Keys and values of the positions seen so far, one pair per layer
struct KeyValueCache
{
    std::vector<at::Tensor> keys;   ///< [samples, keyValueHeads, positions, headDim]
    std::vector<at::Tensor> values; ///< as keys
    int64_t positions{0};           ///< filled positions
};

/// The weights of one block, float32 or what SetWeight was given
struct BlockWeights
{
    at::Tensor attentionNorm;   ///< [hidden]
    at::Tensor query;           ///< [heads * headDim, hidden]
    at::Tensor key;             ///< [keyValueHeads * headDim, hidden]
    at::Tensor value;           ///< as key
    at::Tensor queryNorm;       ///< [headDim], Qwen3 only
    at::Tensor keyNorm;         ///< as queryNorm
    at::Tensor output;          ///< [hidden, heads * headDim]
    at::Tensor feedForwardNorm; ///< [hidden]
    at::Tensor gate;            ///< [intermediate, hidden]
    at::Tensor up;              ///< as gate
    at::Tensor down;            ///< [hidden, intermediate]

    /**
     * @param architecture says which weights there are
     * @param get given the name of a part such as "self_attn.q_proj", returns its weight
     * @return all weights of the block
     */
    static BlockWeights Collect(Architecture architecture,
                                const std::function<at::Tensor(const std::string&)>& get);
};

/// Where the positions of a batch stand, and which of them see each other
struct BlockPositions
{
    at::Tensor cosine; ///< [positions, headDim / 2] of the rotary angles
    at::Tensor sine;   ///< as cosine
    at::Tensor mask;   ///< added to scores, broadcast to [.., queries, keys]; undefined for none
};

/**
 * @param config the model
 * @param device where the tensors go
 * @param first position
 * @param count of positions
 * @return their angles, without a mask
 */
BlockPositions MakePositions(const ModelConfig& config,
                             const torch::Device& device,
                             int64_t first,
                             int64_t count);

/**
 * @param documents [samples, positions] int64: positions attend only to equal numbers, and to none
 * after them; undefined where each sample is one document
 * @param positions of a sample
 * @param device where the mask goes
 * @return 0 where a position is seen and minus infinity elsewhere, [positions, positions] or
 * [samples, 1, 1, positions, positions]
 */
at::Tensor MakeCausalMask(const at::Tensor& documents,
                          int64_t positions,
                          const torch::Device& device);

/// @param x [..., channels] @param weight [channels] @param epsilon added to the mean square
/// @return x / rms(x) * weight
at::Tensor NormaliseRms(const at::Tensor& x, const at::Tensor& weight, double epsilon);

/// @param x [..., in] @param weight [out, in] @param type of the product @return x W^T, float32
at::Tensor ProjectRows(const at::Tensor& x, const at::Tensor& weight, torch::ScalarType type);

/**
 * @brief One block of a Transformer: attention, then the feed-forward network, step by step.
 *
 * The steps are public so that a pass that quantises one matrix after the other can run what comes
 * between. Only torch parts of ecld include this header.
 */
class TransformerBlock
{
  public:
    /**
     * @param config the model; must outlive this
     * @param weights of the block
     * @param type of matrix products
     */
    TransformerBlock(const ModelConfig& config,
                     BlockWeights weights,
                     torch::ScalarType type = torch::kFloat);

    /// @return its weights, to be changed between steps
    BlockWeights& GetWeights();

    /// @param x [samples, positions, hidden] @return input of q_proj, k_proj and v_proj
    at::Tensor NormaliseForAttention(const at::Tensor& x) const;

    /**
     * @param input what NormaliseForAttention returned
     * @param positions of the batch
     * @param cache of earlier positions, extended here; null without
     * @param index of the block in the cache
     * @return input of o_proj, [samples, positions, heads * headDim]
     */
    at::Tensor Attend(const at::Tensor& input,
                      const BlockPositions& positions,
                      KeyValueCache* cache = nullptr,
                      int64_t index = 0) const;

    /// @param x the residual stream @param attended input of o_proj @return the stream after it
    at::Tensor AddAttention(const at::Tensor& x, const at::Tensor& attended) const;

    /// @param x what AddAttention returned @return input of gate_proj and up_proj
    at::Tensor NormaliseForFeedForward(const at::Tensor& x) const;

    /// @param input what NormaliseForFeedForward returned @return input of down_proj, silu(gate) up
    at::Tensor ComputeNeurons(const at::Tensor& input) const;

    /// @param x what AddAttention returned @param neurons input of down_proj @return output of the
    /// block
    at::Tensor AddFeedForward(const at::Tensor& x, const at::Tensor& neurons) const;

    /**
     * All steps.
     * @param x [samples, positions, hidden], float32
     * @param positions of the batch
     * @param cache as in Attend
     * @param observer sees activations, may be null
     * @param index of the block, for cache and observer
     * @return output of the block, as x
     */
    at::Tensor Run(const at::Tensor& x,
                   const BlockPositions& positions,
                   KeyValueCache* cache,
                   ActivationObserver* observer,
                   int64_t index) const;

  private:
    /// @param projected [samples, positions, heads * headDim] @param norm of each head, undefined
    /// for none @return [samples, heads, positions, headDim]
    at::Tensor SplitHeads(const at::Tensor& projected, const at::Tensor& norm) const;

    const ModelConfig* m_config; //!< shape and constants
    BlockWeights m_weights;      //!< its weights
    torch::ScalarType m_type;    //!< of products
};

} // namespace ecld

#endif // ECLD_TRANSFORMER_BLOCK_H
