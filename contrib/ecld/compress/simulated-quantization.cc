/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "simulated-quantization.h"

#include "format/safetensors-writer.h"
#include "quantization.h"

#include <numeric>

namespace ecld
{

void
SimulateQuantization(TensorRows& rows,
                     int bits,
                     const InputMetrics& metrics,
                     const std::string& folder)
{
    ModelConfig config = rows.GetConfig();
    config.storedType = DataType::F32;
    SafetensorsWriter writer(folder);
    const auto tensors = GetExpectedTensors(config);
    for (const ExpectedTensor& tensor : tensors)
    {
        writer.Declare(tensor.name, DataType::F32, tensor.shape);
    }
    for (const ExpectedTensor& tensor : tensors)
    {
        const bool isMatrix = tensor.shape.size() > 1;
        const auto count = static_cast<std::size_t>(tensor.shape.front());
        const auto columns = static_cast<std::size_t>(isMatrix ? tensor.shape.back() : 1);
        std::vector<int64_t> order(count);
        std::iota(order.begin(), order.end(), 0);
        std::vector<float> values(count * columns);
        rows.Open(tensor.name);
        rows.Read(order.data(), count, values.data());
        if (isMatrix)
        {
            WeightRows matrix{values.data(), count, columns};
            const auto found = metrics.find(tensor.name);
            if (found != metrics.end())
            {
                matrix.importance = found->second.squares.data();
                matrix.metric = found->second.metric.get();
            }
            std::size_t i = 0;
            for (const AffineGroup& group :
                 QuantizeAffine(matrix, bits, QuantizationMethod::REFINED))
            {
                for (std::size_t j = 0; j < GROUP_SIZE; ++j)
                {
                    values[i++] = group.Get(j);
                }
            }
        }
        writer.WriteFloats(tensor.name, values.data(), values.size());
    }
    writer.Commit();
    WriteModelConfig(config, folder + "/config.json");
}

int64_t
GetSimulatedBytes(const ModelConfig& config, int bits)
{
    int64_t bytes = 0;
    for (const ExpectedTensor& tensor : GetExpectedTensors(config))
    {
        const int64_t count = std::accumulate(tensor.shape.begin(),
                                              tensor.shape.end(),
                                              int64_t{1},
                                              std::multiplies<>());
        bytes += tensor.shape.size() > 1 ? count * (bits + 1) / 8 : 4 * count;
    }
    return bytes;
}

} // namespace ecld
