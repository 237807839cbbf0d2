/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_TRANSFORMER_H
#define ECLD_TRANSFORMER_H

#include "format/model-config.h"
#include "transformer-block.h"

#include <cstdint>
#include <string>
#include <torch/types.h>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ecld
{

/**
 * @brief Decoder-only transformer of the Llama, Qwen3 and Mistral families.
 *
 * Pre-norm blocks with RMSNorm, grouped-query attention with rotary positions (half-split as in
 * Hugging Face; query heads g * n ... g * n + n - 1 share key/value head g) and SwiGLU; Qwen3 adds
 * an RMSNorm on each query and key head. headDim need not be hidden / heads. Attention is written
 * as matmul and softmax, which every LibTorch from 1.13 on has.
 *
 * Only torch parts of ecld include this header; LanguageModel is the door for everybody else.
 */
class Transformer
{
  public:
    /**
     * All weights zero (norms one), float32.
     * @param config shape, checked by CheckModelConfig
     * @param device where it lives and computes
     */
    Transformer(const ModelConfig& config, const torch::Device& device);

    /**
     * Draw matrices from a normal distribution of standard deviation 0.02, the two that write to
     * the residual stream from one of 0.02 / sqrt(2 layers) (GPT-2).
     * @param seed of the draw
     */
    void Initialise(uint64_t seed);

    /// @return shape and constants
    const ModelConfig& GetConfig() const;
    /// @return where the weights are
    const torch::Device& GetDevice() const;

    /// @return names and weights in the order of GetExpectedTensors
    const std::vector<std::pair<std::string, at::Tensor>>& GetWeights() const;

    /// @param name of a weight @return the weight @throw std::out_of_range naming it
    const at::Tensor& GetWeight(const std::string& name) const;

    /**
     * @param name of a weight
     * @param value same shape; is moved to the device, keeps its type
     * @throw std::invalid_argument naming weight and shapes
     */
    void SetWeight(const std::string& name, const at::Tensor& value);

    /// @param type of matrix products, torch::kFloat (default) or torch::kBFloat16; the residual
    /// stream, norms, softmax and what comes out stay float32
    void SetComputeType(torch::ScalarType type);

    /**
     * @param tokens [samples, positions] int64
     * @param documents [samples, positions] int64: positions attend only to equal numbers;
     * undefined where each sample is one document
     * @param observer sees activations, may be null
     * @return last hidden states after the final norm, [samples, positions, hidden]
     */
    at::Tensor ComputeHidden(const at::Tensor& tokens,
                             const at::Tensor& documents = {},
                             ActivationObserver* observer = nullptr) const;

    /// @param hidden [..., hidden] after the final norm @return logits [..., vocabulary], float32
    at::Tensor ComputeLogits(const at::Tensor& hidden) const;

    /**
     * Continue texts of equal length.
     * @param tokens [samples, new positions] int64
     * @param cache what came before; empty at first, extended here
     * @return hidden states of the new positions after the final norm
     */
    at::Tensor Continue(const at::Tensor& tokens, KeyValueCache& cache) const;

  private:
    /// @param index of a block @return the block
    TransformerBlock GetBlock(int64_t index) const;
    /// All blocks and the final norm @param mask as in BlockPositions
    at::Tensor Run(const at::Tensor& tokens,
                   const at::Tensor& mask,
                   KeyValueCache* cache,
                   ActivationObserver* observer) const;

    ModelConfig m_config;                                      //!< shape
    torch::Device m_device;                                    //!< where it lives
    torch::ScalarType m_computeType{torch::kFloat};            //!< of products
    std::vector<std::pair<std::string, at::Tensor>> m_weights; //!< in forward order
    std::unordered_map<std::string, std::size_t> m_places;     //!< name to place in m_weights
};

} // namespace ecld

#endif // ECLD_TRANSFORMER_H
