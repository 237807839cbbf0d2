/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_LANGUAGE_MODEL_H
#define ECLD_LANGUAGE_MODEL_H

#include "format/data-type.h"
#include "format/model-config.h"

#include <cstdint>
#include <memory>
#include <string>

namespace ecld
{

class Transformer;

/**
 * @brief A model in memory, for code that knows nothing of torch.
 *
 * Moves, does not copy; Clone says so where two are wanted. Create and Load say how many threads
 * compute from then on, in all models (SetTorchThreads).
 */
class LanguageModel
{
  public:
    /// @param device "cpu", "cuda" or "cuda:N"
    /// @throws std::invalid_argument naming the device that is not there
    static void CheckDevice(const std::string& device);

    /**
     * @param config shape
     * @param seed of the random weights
     * @param device as in CheckDevice
     * @return a model with fresh weights, float32
     * @throws std::invalid_argument naming the device that is not there
     */
    static LanguageModel Create(const ModelConfig& config,
                                uint64_t seed,
                                const std::string& device = "cpu");

    /**
     * Read a Hugging Face checkpoint: config.json and safetensors, in one file or in shards.
     * @param folder of the checkpoint
     * @param device as in CheckDevice
     * @param threads that compute, > 0
     * @return the model, float32
     * @throws std::runtime_error one line naming file and field or tensor
     */
    static LanguageModel Load(const std::string& folder,
                              const std::string& device = "cpu",
                              int threads = 1);

    /// @param network the transformer to hold
    explicit LanguageModel(std::unique_ptr<Transformer> network);
    LanguageModel(LanguageModel&&) noexcept;
    LanguageModel& operator=(LanguageModel&&) noexcept;
    ~LanguageModel();

    /**
     * Write config.json and model.safetensors; the tokenizer is the caller's.
     * @param folder made if need be
     * @param type how weights are stored: F32, F16 or BF16
     * @throws std::runtime_error naming the file that cannot be written, or the tensor with a value
     * that the type cannot hold
     */
    void Save(const std::string& folder, DataType type) const;

    /// @return another model with the same weights
    LanguageModel Clone() const;

    /// @return shape and constants
    const ModelConfig& GetConfig() const;

    /// @return the transformer, for the parts that know torch
    Transformer& GetNetwork() const;

  private:
    std::unique_ptr<Transformer> m_network; //!< the weights
};

} // namespace ecld

#endif // ECLD_LANGUAGE_MODEL_H
