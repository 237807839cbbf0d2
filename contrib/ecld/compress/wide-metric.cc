/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "wide-metric.h"

#include <ATen/ATen.h>
#include <stdexcept>
#include <string>
#include <utility>

namespace ecld
{

OwnedMetricWindow::OwnedMetricWindow(at::Tensor products, at::Tensor feedback, at::Tensor remainder)
    : m_products(std::move(products)),
      m_feedback(std::move(feedback)),
      m_remainder(std::move(remainder))
{
}

MetricWindow
OwnedMetricWindow::Get() const
{
    const auto columns = static_cast<std::size_t>(m_remainder.numel());
    return {columns,
            columns,
            m_products.data_ptr<double>(),
            m_feedback.data_ptr<double>(),
            m_remainder.data_ptr<double>()};
}

WideMetric::WideMetric(at::Tensor products, double damping)
{
    const at::Tensor diagonal = products.diagonal().to(at::kDouble, false, true);
    const at::Tensor squares = diagonal.to(at::kFloat).contiguous();
    m_squares.assign(squares.data_ptr<float>(), squares.data_ptr<float>() + squares.numel());
    const double mean = diagonal.mean().item<double>();
    m_products = products.to(at::kFloat);
    products.reset();
    // Inputs that are all zero say nothing: all errors count the same.
    m_products.diagonal().add_(mean > 0 ? damping * mean : 1);
    // From the last column to the first: H = U D U^T is the Cholesky factor of H turned round. What
    // is done with is dropped at once, since each of these takes gigabytes.
    at::Tensor turned = m_products.flip({0, 1});
    turned = turned.to(at::kDouble);
    auto [lower, problem] = at::linalg_cholesky_ex(turned);
    turned.reset();
    if (problem.item<int>() != 0)
    {
        throw std::invalid_argument("input metric: got products that are not those of inputs, at "
                                    "column " +
                                    std::to_string(GetColumns() - problem.item<int>()));
    }
    const at::Tensor root = lower.diagonal().flip({0});
    m_remainder = root.square().contiguous();
    lower = lower.to(at::kFloat);
    m_feedback = lower.flip({0, 1});
    m_feedback.div_(root.to(at::kFloat));
}

int64_t
WideMetric::GetColumns() const
{
    return m_products.size(0);
}

const at::Tensor&
WideMetric::GetProducts() const
{
    return m_products;
}

const at::Tensor&
WideMetric::GetFeedback() const
{
    return m_feedback;
}

const std::vector<float>&
WideMetric::GetSquares() const
{
    return m_squares;
}

OwnedMetricWindow
WideMetric::GetWindow(int64_t first, int64_t count) const
{
    const auto cut = [&](const at::Tensor& square) {
        return square.narrow(0, first, count).narrow(1, first, count).to(at::kDouble).contiguous();
    };
    return {cut(m_products), cut(m_feedback), m_remainder.narrow(0, first, count).contiguous()};
}

} // namespace ecld
