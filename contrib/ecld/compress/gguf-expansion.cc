/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "gguf-expansion.h"

#include "deployment.h"
#include "format/gguf-file.h"
#include "format/safetensors-writer.h"
#include "gguf-blocks.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace ecld
{

void
ExpandGguf(const std::string& path, const ModelConfig& config, const std::string& folder)
{
    const GgufFile file(path);
    ModelConfig stored = config;
    stored.storedType = DataType::F32;
    SafetensorsWriter writer(folder);
    std::vector<DeployedTensor> tensors;
    for (const DeployedTensor& tensor : MapTensors(config, {}))
    {
        if (!tensor.source.empty())
        {
            tensors.push_back(tensor);
            writer.Declare(tensor.source, DataType::F32, tensor.shape);
        }
    }
    for (const DeployedTensor& tensor : tensors)
    {
        const GgufTensor& found = file.Get(tensor.name);
        if (found.shape != tensor.shape)
        {
            throw std::runtime_error(path + ": " + tensor.name + ": its shape is not the model's");
        }
        const auto count = static_cast<std::size_t>(std::accumulate(tensor.shape.begin(),
                                                                    tensor.shape.end(),
                                                                    int64_t{1},
                                                                    std::multiplies<>()));
        std::vector<float> weights(count);
        DequantizeBlocks(found.type, found.data, count, weights.data());
        if (tensor.permutedHeads > 0)
        {
            const auto order =
                GetPermutedRows(tensor.permutedHeads, tensor.shape.front() / tensor.permutedHeads);
            const std::size_t columns = count / order.size();
            std::vector<float> restored(count);
            for (std::size_t row = 0; row < order.size(); ++row)
            {
                std::copy_n(&weights[row * columns],
                            columns,
                            &restored[static_cast<std::size_t>(order[row]) * columns]);
            }
            weights = restored;
        }
        writer.WriteFloats(tensor.source, weights.data(), weights.size());
    }
    writer.Commit();
    WriteModelConfig(stored, folder + "/config.json");
}

} // namespace ecld
