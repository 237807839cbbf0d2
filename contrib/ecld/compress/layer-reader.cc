/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "layer-reader.h"

#include "model/tensor-names.h"

#include <ATen/ATen.h>

namespace ecld
{

LayerReader::LayerReader(TensorRows& rows)
    : m_rows(rows)
{
    for (const ExpectedTensor& tensor : GetExpectedTensors(rows.GetConfig()))
    {
        m_shapes[tensor.name] = tensor.shape;
    }
}

const ModelConfig&
LayerReader::GetConfig() const
{
    return m_rows.GetConfig();
}

at::Tensor
LayerReader::Read(const std::string& name)
{
    const std::vector<int64_t>& shape = m_shapes.at(name);
    return ReadRows(name, at::arange(shape.front(), at::kLong)).view(shape);
}

at::Tensor
LayerReader::ReadRows(const std::string& name, const at::Tensor& numbers)
{
    const std::vector<int64_t>& shape = m_shapes.at(name);
    std::vector<int64_t> sizes = numbers.sizes().vec();
    sizes.push_back(shape.size() > 1 ? shape.back() : 1);
    const at::Tensor values = at::empty(sizes, at::kFloat);
    const at::Tensor order = numbers.contiguous();
    m_rows.Open(name);
    m_rows.Read(order.data_ptr<int64_t>(),
                static_cast<std::size_t>(order.numel()),
                values.data_ptr<float>());
    return values;
}

BlockWeights
LayerReader::ReadBlock(int64_t layer)
{
    return BlockWeights::Collect(GetConfig().architecture, [&](const std::string& part) {
        return Read(GetLayerTensorName(layer, part));
    });
}

} // namespace ecld
