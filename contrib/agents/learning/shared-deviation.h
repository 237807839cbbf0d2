/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_SHARED_DEVIATION_H
#define AGENTS_SHARED_DEVIATION_H

#include "squashed-gaussian.h"

#include <ATen/ATen.h>
#include <Eigen/Core>

/**
 * @file
 * @ingroup agents
 * Deviations of exploration that are parameters, the same for all entities, within the limits of
 * SquashedGaussian.
 */

namespace agents
{

/// @param logStd parameters, one an entry of an action @return them within the limits, with
/// gradients
inline at::Tensor
ClampLogStd(const at::Tensor& logStd)
{
    return logStd.clamp(SquashedGaussian::MIN_LOG_STD, SquashedGaussian::MAX_LOG_STD);
}

/// @param logStd parameters, one an entry of an action @return deviations before squashing
inline Eigen::ArrayXf
GetDeviations(const at::Tensor& logStd)
{
    const at::Tensor deviations = at::exp(ClampLogStd(logStd.detach()));
    return Eigen::Map<const Eigen::ArrayXf>(deviations.data_ptr<float>(), deviations.numel());
}

} // namespace agents

#endif // AGENTS_SHARED_DEVIATION_H
