/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_LAYERWISE_QUANTIZATION_H
#define ECLD_LAYERWISE_QUANTIZATION_H

#include "calibration-set.h"
#include "deployment.h"
#include "format/tokenizer.h"
#include "layerwise-folder.h"
#include "matrix-refinement.h"
#include "pruning.h"
#include "streaming.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace ecld
{

/// How a model is compressed one layer at a time
struct LayerwiseSettings
{
    StreamSettings stream; ///< types, names, threads; its metrics are not used
    /// Of a matrix of so many columns; the threads are those of stream.
    std::function<MatrixRefinementSettings(int64_t)> refinement{ChooseRefinement};
    double damping{InputMetric::DAMPING}; ///< of what errors cost, > 0
    /// Of the refit of down_proj, as in RefitSettings; 0: weights are quantised as they are.
    double ridge{0.01};
    /// Else nothing is quantised or written but hidden states, to try a shape.
    bool isStored{true};
};

/**
 * @brief The second pass over a model that does not fit into memory: prune, refit and quantise one
 * matrix after the other, each by what its inputs are in the model that is compressed so far.
 *
 * Needs the files of ScoreLayerByLayer. For each kept layer, the inputs of a matrix are computed
 * through the quantised ones before it. down_proj is first refitted (RefitRows) so that the hidden
 * states after the layer come close to those of the full model, without the layers that are gone:
 * that makes up for neurons that are gone and for the errors so far. A layer's blocks are written
 * at once, and a layer that is done is not done again: a run that was killed goes on to the same
 * bytes. Only torch parts of ecld include this header.
 */
class LayerwiseQuantization
{
  public:
    /**
     * @param checkpoint tensors of the full model; must outlive this
     * @param plan what stays
     * @param texts those of the first pass, or the first ones of them; must outlive this
     * @param full folder of the first pass
     * @param work folder of the files of this pass, may be the same
     * @param settings how
     */
    LayerwiseQuantization(const SafetensorsCheckpoint& checkpoint,
                          const PruningPlan& plan,
                          const CalibrationSet& texts,
                          const LayerwiseFolder& full,
                          const LayerwiseFolder& work,
                          const LayerwiseSettings& settings);
    ~LayerwiseQuantization();

    LayerwiseQuantization(const LayerwiseQuantization&) = delete;
    LayerwiseQuantization& operator=(const LayerwiseQuantization&) = delete;

    /**
     * Compress what is not done yet.
     * @param progress told layers that are done and layers in all, may be empty; may throw to stop
     * @throws std::runtime_error naming file and tensor, or the file that cannot be written
     */
    void Run(const std::function<void(int64_t, int64_t)>& progress = {});

    /**
     * Put the blocks of all parts together.
     * @param tokenizer of the model
     * @param path of the GGUF file, put in its place when all is written
     * @throws std::runtime_error naming the file
     */
    void Assemble(const Tokenizer& tokenizer, const std::string& path) const;

    /// @return mean loss of the next token on the texts, nats, once Run is done; infinite where it
    /// is no number
    double MeasureLoss() const;

  private:
    struct Impl;                  //!< the state
    std::unique_ptr<Impl> m_impl; //!< of this compression
};

} // namespace ecld

#endif // ECLD_LAYERWISE_QUANTIZATION_H
