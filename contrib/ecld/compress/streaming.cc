/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "streaming.h"

#include "base/output-file.h"
#include "format/safetensors-writer.h"
#include "gguf-blocks.h"
#include "worker-threads.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace ecld
{

namespace
{

/// Weights that are in memory at once as floats: 16 MB.
constexpr int64_t CHUNK_WEIGHTS = 1 << 22;

/// @param shape extents @return weights
int64_t
Count(const std::vector<int64_t>& shape)
{
    return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
}

/// Counts weights and tells how many are done.
class ProgressCount
{
  public:
    ProgressCount(const ModelConfig& config, const std::function<void(int64_t, int64_t)>& progress)
        : m_progress(progress)
    {
        for (const ExpectedTensor& tensor : GetExpectedTensors(config))
        {
            m_total += Count(tensor.shape);
        }
    }

    void Add(int64_t weights)
    {
        m_done += weights;
        if (m_progress)
        {
            m_progress(m_done, m_total);
        }
    }

  private:
    const std::function<void(int64_t, int64_t)>& m_progress; //!< who is told, may be empty
    int64_t m_done{0};                                       //!< weights that are done
    int64_t m_total{0};                                      //!< weights in all
};

/// @param columns of a row @return rows that are in memory at once
std::size_t
CountPartRows(int64_t columns)
{
    return static_cast<std::size_t>(std::max<int64_t>(1, CHUNK_WEIGHTS / columns));
}

std::vector<int64_t>
MakeRange(int64_t count)
{
    std::vector<int64_t> range(static_cast<std::size_t>(count));
    std::iota(range.begin(), range.end(), 0);
    return range;
}

} // namespace

void
StreamBlocks(TensorRows& rows,
             const DeployedTensor& tensor,
             const StreamSettings& settings,
             const BlockSink& sink)
{
    rows.Open(tensor.source);
    const bool isMatrix = tensor.shape.size() > 1;
    const int64_t columns = isMatrix ? tensor.shape.back() : 1;
    const auto found = settings.metrics.find(tensor.source);
    std::vector<int64_t> order = MakeRange(tensor.shape.front());
    if (tensor.permutedHeads > 0)
    {
        order = GetPermutedRows(tensor.permutedHeads, tensor.shape.front() / tensor.permutedHeads);
    }
    const auto width = static_cast<std::size_t>(columns);
    if (found != settings.metrics.end() && found->second.squares.size() != width)
    {
        throw std::invalid_argument(tensor.source + ": got the inputs of " +
                                    std::to_string(found->second.squares.size()) +
                                    " columns, expected " + std::to_string(width));
    }
    const std::size_t rowBytes = GetGgufTensorBytes(tensor.type, {1, columns}, tensor.name);
    const std::size_t partRows = CountPartRows(columns);
    std::vector<float> values(std::min(partRows, order.size()) * width);
    std::vector<std::byte> blocks(std::min(partRows, order.size()) * rowBytes);
    for (std::size_t begin = 0; begin < order.size(); begin += partRows)
    {
        const std::size_t count = std::min(partRows, order.size() - begin);
        // Each thread takes a run of rows: no row depends on another.
        const std::size_t threads = std::clamp<std::size_t>(settings.threads, 1, count);
        RunThreads(threads, [&](std::size_t number) {
            const std::size_t first = number * count / threads;
            WeightRows run;
            run.weights = &values[first * width];
            run.rows = (number + 1) * count / threads - first;
            run.columns = width;
            if (found != settings.metrics.end())
            {
                run.importance = found->second.squares.data();
                run.metric = found->second.metric.get();
            }
            rows.Read(&order[begin + first], run.rows, &values[first * width]);
            try
            {
                QuantizeBlocks(tensor.type, run, settings.method, &blocks[first * rowBytes]);
            }
            catch (const std::invalid_argument& e)
            {
                throw std::runtime_error(tensor.source + ": " + e.what());
            }
        });
        sink(blocks.data(), count * rowBytes);
    }
}

TensorRows::TensorRows(const SafetensorsCheckpoint& checkpoint, const ModelConfig& config)
    : m_checkpoint(&checkpoint),
      m_config(config),
      m_select([](const std::string& name) {
          return TensorSelection{name, {}, {}};
      })
{
    for (const ExpectedTensor& tensor : GetExpectedTensors(config))
    {
        m_sourceShapes[tensor.name] = tensor.shape;
    }
}

TensorRows::TensorRows(const SafetensorsCheckpoint& checkpoint,
                       const ModelConfig& full,
                       const PruningPlan& plan)
    : TensorRows(checkpoint, full)
{
    m_config = plan.config;
    m_select = [plan](const std::string& name) { return SelectTensor(plan, name); };
}

const ModelConfig&
TensorRows::GetConfig() const
{
    return m_config;
}

void
TensorRows::Open(const std::string& name)
{
    const std::string previous = m_selection.source;
    m_selection = m_select(name);
    if (m_view && previous != m_selection.source)
    {
        m_checkpoint->Release(previous);
    }
    m_view = &m_checkpoint->GetFloating(m_selection.source, m_sourceShapes.at(m_selection.source));
}

void
TensorRows::Read(const int64_t* rows, std::size_t count, float* target) const
{
    const auto columns =
        static_cast<std::size_t>(m_view->shape.size() > 1 ? m_view->shape.back() : 1);
    const std::size_t rowBytes = columns * GetSize(m_view->type);
    const std::size_t kept = m_selection.columns.empty() ? columns : m_selection.columns.size();
    std::vector<float> whole(m_selection.columns.empty() ? 0 : columns);
    for (std::size_t r = 0; r < count; ++r)
    {
        const int64_t row = m_selection.rows.empty()
                                ? rows[r]
                                : m_selection.rows.at(static_cast<std::size_t>(rows[r]));
        const std::byte* const source = m_view->data + static_cast<std::size_t>(row) * rowBytes;
        float* const values = target + r * kept;
        if (m_selection.columns.empty())
        {
            ToFloat(m_view->type, source, columns, values);
        }
        else
        {
            ToFloat(m_view->type, source, columns, whole.data());
            for (std::size_t c = 0; c < kept; ++c)
            {
                values[c] = whole[static_cast<std::size_t>(m_selection.columns[c])];
            }
        }
        if (!std::all_of(values, values + kept, [](float x) { return std::isfinite(x); }))
        {
            throw std::runtime_error(m_checkpoint->GetFile(m_selection.source) + ": " +
                                     m_selection.source + ": row " + std::to_string(row) +
                                     " has a value that is no finite number");
        }
    }
}

void
WriteGguf(const ModelConfig& config,
          const Tokenizer& tokenizer,
          const StreamSettings& settings,
          const std::string& path,
          const TensorSource& source)
{
    const auto tensors = MapTensors(config, settings.types);
    GgufWriter writer(path);
    AddModelMetadata(writer, config, settings.types, settings.name);
    AddTokenizerMetadata(writer, config, tokenizer);
    for (const auto& [key, value] : settings.metadata)
    {
        writer.AddMetadata(key, value);
    }
    for (const DeployedTensor& tensor : tensors)
    {
        writer.Declare(tensor.name, tensor.type, tensor.shape);
    }
    for (const DeployedTensor& tensor : tensors)
    {
        if (tensor.source.empty())
        {
            const std::vector<float> factors = GetRopeFactors(config);
            writer.Write(tensor.name, factors.data(), factors.size() * sizeof(float));
            continue;
        }
        source(tensor, [&](const std::byte* blocks, std::size_t sizeBytes) {
            writer.Write(tensor.name, blocks, sizeBytes);
        });
    }
    writer.Commit();
}

void
StreamGguf(TensorRows& rows,
           const Tokenizer& tokenizer,
           const StreamSettings& settings,
           const std::string& path)
{
    ProgressCount progress(rows.GetConfig(), settings.progress);
    WriteGguf(rows.GetConfig(),
              tokenizer,
              settings,
              path,
              [&](const DeployedTensor& tensor, const BlockSink& sink) {
                  StreamBlocks(rows,
                               tensor,
                               settings,
                               [&](const std::byte* blocks, std::size_t sizeBytes) {
                                   sink(blocks, sizeBytes);
                                   progress.Add(static_cast<int64_t>(
                                       sizeBytes / GetBlockBytes(tensor.type) *
                                       static_cast<std::size_t>(GetBlockElements(tensor.type))));
                               });
              });
}

void
StreamCheckpoint(TensorRows& rows,
                 const Tokenizer& tokenizer,
                 DataType type,
                 const std::string& folder,
                 const std::function<void(int64_t, int64_t)>& progress)
{
    ModelConfig config = rows.GetConfig();
    config.storedType = type;
    SafetensorsWriter writer(folder);
    const auto tensors = GetExpectedTensors(config);
    for (const ExpectedTensor& tensor : tensors)
    {
        writer.Declare(tensor.name, type, tensor.shape);
    }
    ProgressCount count(config, progress);
    for (const ExpectedTensor& tensor : tensors)
    {
        rows.Open(tensor.name);
        const int64_t columns = tensor.shape.size() > 1 ? tensor.shape.back() : 1;
        const std::vector<int64_t> order = MakeRange(tensor.shape.front());
        const std::size_t partRows = CountPartRows(columns);
        std::vector<float> values;
        for (std::size_t begin = 0; begin < order.size(); begin += partRows)
        {
            const std::size_t part = std::min(partRows, order.size() - begin);
            values.resize(part * static_cast<std::size_t>(columns));
            rows.Read(&order[begin], part, values.data());
            writer.WriteFloats(tensor.name, values.data(), values.size());
            count.Add(static_cast<int64_t>(values.size()));
        }
    }
    writer.Commit();
    base::WriteTextFile(folder + "/tokenizer.json", tokenizer.GetDocument());
    WriteModelConfig(config, folder + "/config.json");
}

} // namespace ecld
