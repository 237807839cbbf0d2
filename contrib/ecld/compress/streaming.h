/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_STREAMING_H
#define ECLD_STREAMING_H

#include "deployment.h"
#include "format/safetensors-checkpoint.h"
#include "input-products.h"
#include "pruning.h"
#include "quantization.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace ecld
{

/**
 * @brief The tensors of a checkpoint, whole or pruned, a few rows at a time.
 *
 * Nothing is held but the rows that are asked for; pages of a tensor that is done go back to the
 * operating system. That is what lets two cores and 8 GB compress a model of 8e9 parameters.
 */
class TensorRows
{
  public:
    /**
     * The whole model.
     * @param checkpoint its tensors; must outlive this
     * @param config its shape
     */
    TensorRows(const SafetensorsCheckpoint& checkpoint, const ModelConfig& config);

    /**
     * A pruned model.
     * @param checkpoint tensors of the full model; must outlive this
     * @param full shape of the full model
     * @param plan what stays
     */
    TensorRows(const SafetensorsCheckpoint& checkpoint,
               const ModelConfig& full,
               const PruningPlan& plan);

    /// @return shape of the model whose rows are read
    const ModelConfig& GetConfig() const;

    /**
     * Choose the tensor that Read reads, and release the one from before.
     * @param name Hugging Face's name in the model, whole or pruned
     * @throws std::runtime_error naming file and tensor
     */
    void Open(const std::string& name);

    /**
     * Several threads may read at once.
     * @param rows numbers of rows of the open tensor (elements of a vector)
     * @param count how many
     * @param target where count x columns floats go
     * @throws std::runtime_error naming file and tensor, where a value is no finite number
     */
    void Read(const int64_t* rows, std::size_t count, float* target) const;

  private:
    const SafetensorsCheckpoint* m_checkpoint;                   //!< where the tensors are
    ModelConfig m_config;                                        //!< of the model that is read
    std::map<std::string, std::vector<int64_t>> m_sourceShapes;  //!< of the full model
    std::function<TensorSelection(const std::string&)> m_select; //!< where a tensor comes from
    TensorSelection m_selection;                                 //!< of the open tensor
    const TensorView* m_view{nullptr};                           //!< the open tensor
};

/// What a pass over a model writes, and how it says how far it is.
struct StreamSettings
{
    DeploymentTypes types;                                  ///< how weights are stored
    QuantizationMethod method{QuantizationMethod::REFINED}; ///< how they are quantised
    std::string name{"model"};                              ///< general.name
    GgufMetadata metadata;                                  ///< further keys of the file
    std::size_t threads{1}; ///< that quantise, > 0; the file has the same bytes
    /// Of the matrices of the model that is read; one that is not there counts its own errors.
    InputMetrics metrics;
    /// Told weights that are done and weights in all; may throw to stop.
    std::function<void(int64_t, int64_t)> progress;
};

/// Takes blocks of a tensor, and their bytes, part after part
using BlockSink = std::function<void(const std::byte*, std::size_t)>;

/// Gives all blocks of a tensor to a sink
using TensorSource = std::function<void(const DeployedTensor&, const BlockSink&)>;

/**
 * @brief Quantise a tensor, a few rows at a time.
 * @param rows the model
 * @param tensor one of it
 * @param settings method, threads, metrics
 * @param sink takes the blocks
 * @throws std::runtime_error naming file and tensor
 */
void StreamBlocks(TensorRows& rows,
                  const DeployedTensor& tensor,
                  const StreamSettings& settings,
                  const BlockSink& sink);

/**
 * @brief Write a GGUF file from blocks that come from elsewhere.
 * @param config of the model
 * @param tokenizer its vocabulary
 * @param settings types, name and metadata
 * @param path the file, put in its place when all is written
 * @param source asked for one tensor after the other, in the order of the file
 * @throws std::runtime_error naming the file
 */
void WriteGguf(const ModelConfig& config,
               const Tokenizer& tokenizer,
               const StreamSettings& settings,
               const std::string& path,
               const TensorSource& source);

/**
 * @brief Quantise a model into a GGUF file, a few rows at a time.
 * @param rows the model
 * @param tokenizer its vocabulary
 * @param settings types and method
 * @param path the file, put in its place when all is written
 * @throws std::runtime_error naming file and tensor
 */
void StreamGguf(TensorRows& rows,
                const Tokenizer& tokenizer,
                const StreamSettings& settings,
                const std::string& path);

/**
 * @brief Write a model, usually a pruned one, as a Hugging Face checkpoint: config.json,
 * tokenizer.json, safetensors.
 * @param rows the model
 * @param tokenizer its vocabulary
 * @param type BF16, F16 or F32
 * @param folder where
 * @param progress as in StreamSettings, may be empty
 * @throws std::runtime_error naming file and tensor
 */
void StreamCheckpoint(TensorRows& rows,
                      const Tokenizer& tokenizer,
                      DataType type,
                      const std::string& folder,
                      const std::function<void(int64_t, int64_t)>& progress);

/**
 * @brief Scores of a model that is too large to run: from its weights alone.
 *
 * A neuron's score is the product of the norms of its rows of gate_proj and up_proj and of its
 * column of down_proj; a head's the norm of its columns of o_proj times that of its rows of v_proj
 * (of the shared key/value head); a channel's the norm of what all matrices write into it. Layers
 * rank by depth: the second half's inner ones are least (after Gromov et al., arXiv:2403.17887).
 * Data-driven scores (Calibrate) are far better where the model can be run: LLM-Pruner's table has
 * a perplexity of 12.7 against 49 at 18 % pruned.
 *
 * @param rows the full model
 * @param progress as in StreamSettings, may be empty
 * @param threads that read, > 0; the scores are the same
 * @return the scores
 */
ImportanceScores ScoreByWeights(TensorRows& rows,
                                const std::function<void(int64_t, int64_t)>& progress,
                                std::size_t threads = 1);

} // namespace ecld

#endif // ECLD_STREAMING_H
