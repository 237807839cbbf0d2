/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "layerwise-scores.h"

#include "activation-sums.h"
#include "base/format-error.h"
#include "base/output-file.h"
#include "hidden-states.h"
#include "layer-reader.h"
#include "model/tensor-names.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <filesystem>
#include <fstream>

namespace ecld
{

namespace
{

/// Layer sums as one vector: both norms, heads, neurons, turns, positions.
at::Tensor
Join(const LayerSums& sums)
{
    const at::Tensor scalars = at::tensor({sums.turns, sums.positions}, at::kDouble);
    return at::cat({sums.attentionNorm, sums.feedForwardNorm, sums.heads, sums.neurons, scalars});
}

LayerSums
Split(const at::Tensor& values, const ModelConfig& config)
{
    const int64_t heads = config.heads * config.headDim;
    const std::vector<at::Tensor> parts = at::split_with_sizes(
        values,
        {config.hiddenSize, config.hiddenSize, heads, config.intermediateSize, 1, 1});
    LayerSums sums;
    sums.attentionNorm = parts[0];
    sums.feedForwardNorm = parts[1];
    sums.heads = parts[2];
    sums.neurons = parts[3];
    sums.turns = parts[4].item<double>();
    sums.positions = parts[5].item<double>();
    return sums;
}

void
WriteSums(const std::string& path, const LayerSums& sums)
{
    const at::Tensor values = Join(sums);
    base::OutputFile file(path);
    file.Write(values.data_ptr<double>(), values.numel() * sizeof(double));
    file.Commit();
}

LayerSums
ReadSums(const std::string& path, const ModelConfig& config)
{
    const at::Tensor values = at::empty(
        {2 * config.hiddenSize + config.heads * config.headDim + config.intermediateSize + 2},
        at::kDouble);
    std::ifstream file(path, std::ios::binary);
    file.read(reinterpret_cast<char*>(values.data_ptr<double>()),
              static_cast<std::streamsize>(values.numel() * sizeof(double)));
    if (!file || file.peek() != std::ifstream::traits_type::eof())
    {
        base::ThrowFormatError(path, "", "is not of this model; remove its folder");
    }
    return Split(values, config);
}

/// The full model, one layer at a time.
class FullPass
{
  public:
    FullPass(TensorRows& model, const CalibrationSet& texts, const LayerwiseFolder& folder)
        : m_reader(model),
          m_texts(texts),
          m_folder(folder),
          m_sums(model.GetConfig())
    {
    }

    /// Look up the tokens' embeddings, unless that is done.
    void Embed()
    {
        const std::string path = m_folder.GetFullStates(0);
        if (std::filesystem::exists(path))
        {
            return;
        }
        HiddenStates states = Create(path);
        for (const CalibrationBatch& batch : m_texts.GetBatches())
        {
            const at::Tensor& tokens = batch.tensors.tokens;
            states.GetRows(batch.firstRow, tokens.size(0))
                .copy_(m_reader.ReadRows(embeddingName, tokens));
        }
        states.Commit();
    }

    /// Run a layer, unless that is done. @param layer index
    void Run(int64_t layer)
    {
        const std::string path = m_folder.GetFullStates(layer + 1);
        const std::string sumsPath = m_folder.GetLayerSums(layer);
        if (std::filesystem::exists(path)) // written last
        {
            m_sums.SetLayer(layer, ReadSums(sumsPath, m_reader.GetConfig()));
            return;
        }
        const TransformerBlock block(m_reader.GetConfig(), m_reader.ReadBlock(layer));
        const HiddenStates before = HiddenStates::Open(m_folder.GetFullStates(layer),
                                                       m_texts.GetLength(),
                                                       m_reader.GetConfig().hiddenSize);
        HiddenStates states = Create(path);
        for (const CalibrationBatch& batch : m_texts.GetBatches())
        {
            const int64_t rows = batch.tensors.tokens.size(0);
            m_sums.BeginBatch(batch.used);
            states.GetRows(batch.firstRow, rows)
                .copy_(block.Run(before.GetRows(batch.firstRow, rows),
                                 batch.positions,
                                 nullptr,
                                 &m_sums,
                                 layer));
        }
        WriteSums(sumsPath, m_sums.GetLayer(layer));
        states.Commit();
    }

    /// @return scores of all layers
    ImportanceScores GetScores() const
    {
        return m_sums.GetScores();
    }

  private:
    HiddenStates Create(const std::string& path) const
    {
        return HiddenStates::Create(path,
                                    m_texts.CountRows(),
                                    m_texts.GetLength(),
                                    m_reader.GetConfig().hiddenSize);
    }

    LayerReader m_reader;            //!< of the full model
    const CalibrationSet& m_texts;   //!< calibration texts
    const LayerwiseFolder& m_folder; //!< of the files
    ActivationSums m_sums;           //!< of all layers
};

} // namespace

ImportanceScores
ScoreLayerByLayer(TensorRows& model,
                  const CalibrationSet& texts,
                  const LayerwiseFolder& folder,
                  const std::function<void(int64_t, int64_t)>& progress)
{
    const at::NoGradGuard noGrad;
    FullPass pass(model, texts, folder);
    pass.Embed();
    const int64_t layers = model.GetConfig().layers;
    for (int64_t layer = 0; layer < layers; ++layer)
    {
        pass.Run(layer);
        if (progress)
        {
            progress(layer + 1, layers);
        }
    }
    ImportanceScores scores = pass.GetScores();
    RequireFinite(scores);
    return scores;
}

} // namespace ecld
