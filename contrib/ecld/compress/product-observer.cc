/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "product-observer.h"

#include "model/tensor-names.h"

#include <ATen/ATen.h>

namespace ecld
{

ProductObserver::ProductObserver(int64_t widest)
    : m_widest(widest)
{
}

void
ProductObserver::BeginBatch(const at::Tensor& places)
{
    m_places = places;
    m_positions += places.numel();
}

void
ProductObserver::SeeFeedForward(int64_t layer, const at::Tensor& input)
{
    Add(GetLayerTensorName(layer, "mlp.down_proj"), input);
}

void
ProductObserver::Add(const std::string& name, const at::Tensor& input)
{
    const at::Tensor x = input.view({-1, input.size(-1)}).index_select(0, m_places).to(at::kDouble);
    const at::Tensor product =
        (x.size(1) > m_widest ? x.square().sum(0) : at::matmul(x.t(), x)).cpu();
    at::Tensor& sum = m_sums[name];
    sum = sum.defined() ? sum + product : product;
}

const at::Tensor&
ProductObserver::GetSum(const std::string& name) const
{
    return m_sums.at(name);
}

int64_t
ProductObserver::GetPositions() const
{
    return m_positions;
}

} // namespace ecld
