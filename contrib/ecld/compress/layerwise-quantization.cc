/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "layerwise-quantization.h"

#include "base/format-error.h"
#include "base/output-file.h"
#include "format/mapped-file.h"
#include "gguf-blocks.h"
#include "hidden-states.h"
#include "layer-reader.h"
#include "mean-products.h"
#include "model/tensor-names.h"
#include "ridge-refit.h"
#include "staged-block.h"
#include "states-loss.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

namespace ecld
{

namespace
{

namespace fs = std::filesystem;

/// Parts of a model that have a file of blocks, beside its layers.
const std::string EMBEDDING_PART = "embedding";
const std::string OUTPUT_PART = "output";

/// Weights of the output that are quantised at once: 134 MB.
constexpr int64_t PART_WEIGHTS = 1 << 25;

/// @param layer of the compressed model @return its part
std::string
GetLayerPart(int64_t layer)
{
    return "layer-" + std::to_string(layer);
}

/// @param source Hugging Face's name of a tensor @return the part that it is in
std::string
FindPart(const std::string& source)
{
    if (source == embeddingName)
    {
        return EMBEDDING_PART;
    }
    const std::string prefix = "model.layers.";
    if (source.compare(0, prefix.size(), prefix) != 0)
    {
        return OUTPUT_PART;
    }
    return GetLayerPart(std::stoll(source.substr(prefix.size())));
}

/// @param numbers order of rows @return it as a tensor
at::Tensor
MakeIndex(const std::vector<int64_t>& numbers)
{
    return at::tensor(numbers, at::kLong);
}

/// Bytes of tensors, by Hugging Face's names.
using StoredBlocks = std::map<std::string, std::vector<std::byte>>;

std::size_t
CountBytes(const DeployedTensor& tensor)
{
    return GetGgufTensorBytes(tensor.type, tensor.shape, tensor.name);
}

} // namespace

/// The state of a compression.
struct LayerwiseQuantization::Impl
{
    Impl(const SafetensorsCheckpoint& checkpoint,
         PruningPlan thePlan,
         const CalibrationSet& theTexts,
         LayerwiseFolder theFull,
         LayerwiseFolder theWork,
         LayerwiseSettings theSettings)
        : plan(std::move(thePlan)),
          texts(theTexts),
          full(std::move(theFull)),
          work(std::move(theWork)),
          settings(std::move(theSettings)),
          fullRows(checkpoint, plan.source),
          fullReader(fullRows),
          rows(checkpoint, plan.source, plan),
          reader(rows),
          channels(MakeIndex(plan.channels))
    {
        for (DeployedTensor& tensor : MapTensors(plan.config, settings.stream.types))
        {
            const std::string source = tensor.source;
            tensors.emplace(source, std::move(tensor));
        }
    }

    /// @param layer of the full model, or their number @return its hidden states there
    HiddenStates OpenFull(int64_t layer) const
    {
        return HiddenStates::Open(full.GetFullStates(layer),
                                  texts.GetLength(),
                                  plan.source.hiddenSize);
    }

    HiddenStates OpenSmall(int64_t layer) const
    {
        return HiddenStates::Open(work.GetSmallStates(layer),
                                  texts.GetLength(),
                                  plan.config.hiddenSize);
    }

    HiddenStates CreateSmall(int64_t layer) const
    {
        return HiddenStates::Create(work.GetSmallStates(layer),
                                    texts.CountRows(),
                                    texts.GetLength(),
                                    plan.config.hiddenSize);
    }

    /// @return layer before which hidden states are there, the last such; none: nothing is done
    std::optional<int64_t> FindStart() const
    {
        for (int64_t layer = plan.config.layers; layer >= 0; --layer)
        {
            if (fs::exists(work.GetSmallStates(layer)))
            {
                return layer;
            }
        }
        return std::nullopt;
    }

    /// @param states of all texts @param kept channels of them, all in their order where not
    /// defined
    /// @return [positions that have a target, channels]
    at::Tensor Collect(const HiddenStates& states, const at::Tensor& kept) const
    {
        std::vector<at::Tensor> selected;
        for (const CalibrationBatch& batch : texts.GetBatches())
        {
            const at::Tensor rowsOfBatch =
                states.GetRows(batch.firstRow, batch.tensors.tokens.size(0));
            const at::Tensor places = SelectPlaces(rowsOfBatch, batch);
            selected.push_back(kept.defined() ? places.index_select(1, kept) : places);
        }
        return at::cat(selected);
    }

    /// @param states after the last layer @param kept as in Collect @return what errors cost in
    /// the output
    WideMetric MeasureOutput(const HiddenStates& states, const at::Tensor& kept)
    {
        const at::Tensor norm = reader.Read(finalNormName);
        return WideMetric(
            ComputeMeanProducts(
                NormaliseRms(Collect(states, kept), norm, plan.config.rmsNormEpsilon)),
            settings.damping);
    }

    /**
     * Quantise matrices of a layer that have the same inputs, unless nothing is.
     * @param layer kept one
     * @param inputs of the matrices, [positions, columns]
     * @param matrices names of parts of the layer, and weights, which become what is stored
     * @param blocks where bytes go, by name
     */
    void Store(int64_t layer,
               const at::Tensor& inputs,
               const std::vector<std::pair<std::string, at::Tensor*>>& matrices,
               StoredBlocks& blocks) const
    {
        if (!settings.isStored)
        {
            return;
        }
        const WideMetric metric(ComputeMeanProducts(inputs), settings.damping);
        for (const auto& [part, weight] : matrices)
        {
            *weight = Quantise(GetLayerTensorName(layer, part), *weight, metric, blocks);
        }
    }

    /// @param columns of a matrix @return how it is refined
    MatrixRefinementSettings GetRefinement(int64_t columns) const
    {
        MatrixRefinementSettings refinement = settings.refinement(columns);
        refinement.threads = settings.stream.threads;
        return refinement;
    }

    /// @param name Hugging Face's name @param weight as it is @param metric of its inputs @param
    /// blocks where its bytes go @return what is stored, as weight
    at::Tensor Quantise(const std::string& name,
                        const at::Tensor& weight,
                        const WideMetric& metric,
                        StoredBlocks& blocks) const
    {
        const DeployedTensor& tensor = tensors.at(name);
        std::optional<at::Tensor> order; // of the rows in the file
        if (tensor.permutedHeads > 0)
        {
            order = MakeIndex(
                GetPermutedRows(tensor.permutedHeads, tensor.shape.front() / tensor.permutedHeads));
        }
        std::vector<std::byte> stored =
            QuantizeMatrix(tensor.type,
                           order ? weight.index_select(0, *order) : weight,
                           metric,
                           GetRefinement(weight.size(1)));
        at::Tensor values = at::empty(weight.sizes(), at::kFloat);
        DequantizeBlocks(tensor.type,
                         stored.data(),
                         static_cast<std::size_t>(values.numel()),
                         values.data_ptr<float>());
        blocks[name] = std::move(stored);
        return order ? at::empty_like(values).index_copy_(0, *order, values) : values;
    }

    /// Write the blocks of a layer in the order of the file.
    void WriteLayer(int64_t layer, StoredBlocks blocks)
    {
        const std::string part = GetLayerPart(layer);
        base::OutputFile file(work.GetBlocks(part));
        for (const DeployedTensor& tensor : MapTensors(plan.config, settings.stream.types))
        {
            if (tensor.source.empty() || FindPart(tensor.source) != part)
            {
                continue;
            }
            std::vector<std::byte>& stored = blocks[tensor.source];
            if (stored.empty()) // a norm
            {
                const at::Tensor norm = reader.Read(tensor.source);
                stored.resize(CountBytes(tensor));
                std::copy_n(reinterpret_cast<const std::byte*>(norm.data_ptr<float>()),
                            stored.size(),
                            stored.data());
            }
            file.Write(stored.data(), stored.size());
        }
        file.Commit();
    }

    /// Write a matrix from hidden states to tokens. @param metric none: by the weights alone
    void WriteTokens(base::OutputFile& file,
                     const std::string& name,
                     const std::optional<WideMetric>& metric)
    {
        const DeployedTensor& tensor = tensors.at(name);
        if (!metric)
        {
            StreamBlocks(rows,
                         tensor,
                         settings.stream,
                         [&](const std::byte* blocks, std::size_t sizeBytes) {
                             file.Write(blocks, sizeBytes);
                         });
            return;
        }
        const int64_t count = tensor.shape.front();
        const int64_t part = std::max<int64_t>(1, PART_WEIGHTS / tensor.shape.back());
        for (int64_t first = 0; first < count; first += part)
        {
            const at::Tensor weights =
                reader.ReadRows(name, at::arange(first, std::min(count, first + part), at::kLong));
            const std::vector<std::byte> blocks =
                QuantizeMatrix(tensor.type, weights, *metric, GetRefinement(weights.size(1)));
            file.Write(blocks.data(), blocks.size());
        }
    }

    /// Quantise the embedding.
    void StoreEmbedding()
    {
        std::optional<WideMetric> metric;
        if (plan.config.tiedEmbeddings)
        {
            metric = MeasureOutput(OpenFull(plan.source.layers), channels);
        }
        base::OutputFile file(work.GetBlocks(EMBEDDING_PART));
        WriteTokens(file, embeddingName, metric);
        file.Commit();
    }

    /// @param part of the model @param name of its last matrix @param numbers of rows @return what
    /// is stored, [rows, columns]
    at::Tensor ReadStoredRows(const std::string& part,
                              const std::string& name,
                              const at::Tensor& numbers) const
    {
        const DeployedTensor& tensor = tensors.at(name);
        const MappedFile stored(work.GetBlocks(part));
        const std::size_t rowBytes =
            CountBytes(tensor) / static_cast<std::size_t>(tensor.shape.front());
        const std::byte* const first =
            stored.GetData() + stored.GetSizeBytes() - CountBytes(tensor);
        const at::Tensor order = numbers.contiguous();
        const at::Tensor values = at::empty({order.numel(), tensor.shape.back()}, at::kFloat);
        for (int64_t i = 0; i < order.numel(); ++i)
        {
            const auto row = static_cast<std::size_t>(order.data_ptr<int64_t>()[i]);
            DequantizeBlocks(tensor.type,
                             first + row * rowBytes,
                             static_cast<std::size_t>(tensor.shape.back()),
                             values.data_ptr<float>() + i * tensor.shape.back());
        }
        return values;
    }

    /// Look up the texts, in what is stored.
    void Embed()
    {
        if (settings.isStored)
        {
            StoreEmbedding();
        }
        HiddenStates states = CreateSmall(0);
        for (const CalibrationBatch& batch : texts.GetBatches())
        {
            const at::Tensor tokens = batch.tensors.tokens.reshape({-1});
            const at::Tensor found = settings.isStored
                                         ? ReadStoredRows(EMBEDDING_PART, embeddingName, tokens)
                                         : reader.ReadRows(embeddingName, tokens);
            const at::Tensor target = states.GetRows(batch.firstRow, batch.tensors.tokens.size(0));
            target.copy_(found.view_as(target));
        }
        states.Commit();
    }

    /// @return what makes logits of the last states
    OutputWeights ReadOutput()
    {
        const std::string name = plan.config.tiedEmbeddings ? embeddingName : outputName;
        const std::string part = plan.config.tiedEmbeddings ? EMBEDDING_PART : OUTPUT_PART;
        const at::Tensor all = at::arange(plan.config.vocabularySize, at::kLong);
        return {reader.Read(finalNormName),
                settings.isStored ? ReadStoredRows(part, name, all) : reader.Read(name),
                plan.config.rmsNormEpsilon};
    }

    /// @param layer kept one, or their number @return file of what its hidden states should be:
    /// those of the full model, or where a layer before it is gone, of the full model without such
    /// layers
    std::string GetWantedFile(int64_t layer) const
    {
        const auto before = static_cast<std::size_t>(layer);
        const bool isComplete = layer == 0 || plan.layers[before - 1] == layer - 1;
        return isComplete ? full.GetFullStates(layer) : work.GetWantedStates(layer);
    }

    HiddenStates OpenWanted(int64_t layer) const
    {
        return HiddenStates::Open(GetWantedFile(layer), texts.GetLength(), plan.source.hiddenSize);
    }

    /// Run a layer of the full model, unless its states are there. @param layer kept one
    void MakeWanted(int64_t layer)
    {
        const std::string path = GetWantedFile(layer + 1);
        if (settings.ridge <= 0 || fs::exists(path))
        {
            return;
        }
        const HiddenStates input = OpenWanted(layer);
        HiddenStates output = HiddenStates::Create(path,
                                                   texts.CountRows(),
                                                   texts.GetLength(),
                                                   plan.source.hiddenSize);
        const int64_t source = plan.layers[static_cast<std::size_t>(layer)];
        const TransformerBlock block(plan.source, fullReader.ReadBlock(source));
        for (const CalibrationBatch& batch : texts.GetBatches())
        {
            const int64_t count = batch.tensors.tokens.size(0);
            output.GetRows(batch.firstRow, count)
                .copy_(block.Run(input.GetRows(batch.firstRow, count),
                                 batch.positions,
                                 nullptr,
                                 nullptr,
                                 source));
        }
        output.Commit();
    }

    /// Refit down_proj, if that is wanted. @param layer kept one @param block before its last stage
    void Refit(int64_t layer, StagedBlock& block) const
    {
        if (settings.ridge > 0)
        {
            const at::Tensor wanted = Collect(OpenWanted(layer + 1), channels);
            at::Tensor& down = block.GetWeights().down;
            down = RefitRows(down,
                             block.CollectNeurons(),
                             wanted - block.CollectMiddle(),
                             settings.ridge);
        }
    }

    /// Compress a layer. @param layer kept one
    void RunLayer(int64_t layer)
    {
        MakeWanted(layer);
        const HiddenStates input = OpenSmall(layer);
        StagedBlock block(TransformerBlock(plan.config, reader.ReadBlock(layer)), texts, input);
        BlockWeights& weights = block.GetWeights();
        StoredBlocks blocks;
        Store(layer,
              block.CollectAttentionInputs(),
              {{"self_attn.q_proj", &weights.query},
               {"self_attn.k_proj", &weights.key},
               {"self_attn.v_proj", &weights.value}},
              blocks);
        block.Attend();
        Store(layer, block.CollectAttended(), {{"self_attn.o_proj", &weights.output}}, blocks);
        block.AddAttention();
        Store(layer,
              block.CollectFeedForwardInputs(),
              {{"mlp.gate_proj", &weights.gate}, {"mlp.up_proj", &weights.up}},
              blocks);
        block.ComputeNeurons();
        Refit(layer, block);
        Store(layer, block.CollectNeurons(), {{"mlp.down_proj", &weights.down}}, blocks);
        if (settings.isStored)
        {
            WriteLayer(layer, std::move(blocks));
        }

        HiddenStates output = CreateSmall(layer + 1);
        block.AddFeedForward(output);
        output.Commit();
        fs::remove(work.GetSmallStates(layer));
        fs::remove(work.GetWantedStates(layer));
    }

    /// Write the final norm and, where it is not tied, the output.
    void WriteOutput()
    {
        const std::string path = work.GetBlocks(OUTPUT_PART);
        if (fs::exists(path))
        {
            return;
        }
        base::OutputFile file(path);
        const at::Tensor norm = reader.Read(finalNormName);
        file.Write(norm.data_ptr<float>(), norm.numel() * sizeof(float));
        if (!plan.config.tiedEmbeddings)
        {
            WriteTokens(file, outputName, MeasureOutput(OpenSmall(plan.config.layers), {}));
        }
        file.Commit();
    }

    PruningPlan plan;                              //!< what stays
    const CalibrationSet& texts;                   //!< calibration texts
    LayerwiseFolder full;                          //!< files of the first pass
    LayerwiseFolder work;                          //!< files of this pass
    LayerwiseSettings settings;                    //!< how
    TensorRows fullRows;                           //!< of the full model
    LayerReader fullReader;                        //!< of the full model
    TensorRows rows;                               //!< of the pruned model
    LayerReader reader;                            //!< of the pruned model
    at::Tensor channels;                           //!< that stay
    std::map<std::string, DeployedTensor> tensors; //!< of the file, by Hugging Face's names
};

LayerwiseQuantization::LayerwiseQuantization(const SafetensorsCheckpoint& checkpoint,
                                             const PruningPlan& plan,
                                             const CalibrationSet& texts,
                                             const LayerwiseFolder& full,
                                             const LayerwiseFolder& work,
                                             const LayerwiseSettings& settings)
    : m_impl(std::make_unique<Impl>(checkpoint, plan, texts, full, work, settings))
{
}

LayerwiseQuantization::~LayerwiseQuantization() = default;

void
LayerwiseQuantization::Run(const std::function<void(int64_t, int64_t)>& progress)
{
    const at::NoGradGuard noGrad;
    std::optional<int64_t> start = m_impl->FindStart();
    if (!start)
    {
        m_impl->Embed();
        start = 0;
    }
    const int64_t layers = m_impl->plan.config.layers;
    for (int64_t layer = *start; layer < layers; ++layer)
    {
        m_impl->RunLayer(layer);
        if (progress)
        {
            progress(layer + 1, layers);
        }
    }
    if (m_impl->settings.isStored)
    {
        m_impl->WriteOutput();
    }
}

void
LayerwiseQuantization::Assemble(const Tokenizer& tokenizer, const std::string& path) const
{
    std::string part;
    std::optional<MappedFile> file;
    std::size_t offset = 0;
    WriteGguf(m_impl->plan.config,
              tokenizer,
              m_impl->settings.stream,
              path,
              [&](const DeployedTensor& tensor, const BlockSink& sink) {
                  if (FindPart(tensor.source) != part)
                  {
                      part = FindPart(tensor.source);
                      file.emplace(m_impl->work.GetBlocks(part));
                      offset = 0;
                  }
                  const std::size_t sizeBytes = CountBytes(tensor);
                  if (file->GetSizeBytes() < offset + sizeBytes)
                  {
                      base::ThrowFormatError(file->GetPath(),
                                             tensor.name,
                                             "ends too early; remove its folder");
                  }
                  sink(file->GetData() + offset, sizeBytes);
                  file->Release(offset, sizeBytes);
                  offset += sizeBytes;
              });
}

double
LayerwiseQuantization::MeasureLoss() const
{
    return MeasureStatesLoss(m_impl->OpenSmall(m_impl->plan.config.layers),
                             m_impl->texts,
                             m_impl->ReadOutput());
}

} // namespace ecld
