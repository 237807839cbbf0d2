/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_ROWS_H
#define AGENTS_ROWS_H

#include <Eigen/Core>

namespace agents
{

/// Rows of numbers, one row after the other in memory.
using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

} // namespace agents

#endif // AGENTS_ROWS_H
