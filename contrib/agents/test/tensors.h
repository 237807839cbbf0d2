/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_TENSORS_H
#define AGENTS_TENSORS_H

#include "agents/experience.h"

#include <ATen/ATen.h>
#include <vector>

namespace agents
{

/// @param tensor two dimensions @return it as a matrix
inline Eigen::MatrixXd
ToMatrix(const at::Tensor& tensor)
{
    const at::Tensor rows = tensor.detach().contiguous();
    return Eigen::Map<const Rows>(rows.data_ptr<float>(), rows.size(0), rows.size(1))
        .cast<double>();
}

/// @param tensor any shape @return its entries
inline Eigen::VectorXd
ToVector(const at::Tensor& tensor)
{
    const at::Tensor entries = tensor.detach().contiguous();
    return Eigen::Map<const Eigen::VectorXf>(entries.data_ptr<float>(), entries.numel())
        .cast<double>();
}

/// @param matrix some numbers @return them as a tensor
inline at::Tensor
ToTensor(const Eigen::MatrixXd& matrix)
{
    at::Tensor tensor = at::empty({matrix.rows(), matrix.cols()});
    Eigen::Map<Rows>(tensor.data_ptr<float>(), matrix.rows(), matrix.cols()) = matrix.cast<float>();
    return tensor;
}

/// @param tensors parameters or, if asked, their gradients @param isGradient which
/// @return all their entries, one after the other
inline Eigen::VectorXd
Join(const std::vector<at::Tensor>& tensors, bool isGradient = false)
{
    Eigen::VectorXd all(0);
    for (const at::Tensor& tensor : tensors)
    {
        const Eigen::VectorXd values = ToVector(isGradient ? tensor.grad() : tensor);
        all.conservativeResize(all.size() + values.size());
        all.tail(values.size()) = values;
    }
    return all;
}

} // namespace agents

#endif // AGENTS_TENSORS_H
