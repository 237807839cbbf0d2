/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_QUANTIZATION_H
#define ECLD_QUANTIZATION_H

#include "group-fit.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ecld
{

class InputMetric;

/// How the parameters of a group are found.
enum class QuantizationMethod
{
    MIN_MAX, ///< (12), (13): a and b are the smallest and the largest weight
    REFINED  ///< a and b minimise the square error, III-C-2 of arXiv:2602.13628
};

/**
 * @brief Rows of a weight matrix, row-major: one row an output, one column an input channel.
 */
struct WeightRows
{
    const float* weights; ///< rows x columns, finite
    std::size_t rows;     ///< number of rows
    std::size_t columns;  ///< a multiple of the container's group
    /// Weight of the square error of each column, >= 0, e.g. the mean squared activation of the
    /// input channel; null where all columns count the same.
    const float* importance{nullptr};
    /// What errors cost in the output of the matrix; null where the weights alone count. REFINED
    /// lowers that cost then (RefineRow), from what it found without.
    const InputMetric* metric{nullptr};
};

/// A group of (12): weight i is offset + scale * code_i; both parameters are exact in binary16.
struct AffineGroup
{
    float scale{0};                          ///< step Delta, >= 0
    float offset{0};                         ///< a
    std::array<uint8_t, GROUP_SIZE> codes{}; ///< 0 .. 2^bits - 1
    float Get(std::size_t i) const;          ///< @param i a weight @return its value
};

/// A group without an offset: weight i is scale * code_i; the scale is exact in binary16.
struct SymmetricGroup
{
    float scale{0};                         ///< step, >= 0
    std::array<int8_t, GROUP_SIZE> codes{}; ///< -127 .. 127
    float Get(std::size_t i) const;         ///< @param i a weight @return its value
};

/**
 * @brief Quantise by (12) with one scale and one offset for every 32 weights of a row.
 *
 * MIN_MAX computes in floats what llama.cpp's Q4_1 does at 4 bits, bit for bit: the codes come from
 * the range before it is rounded to binary16. REFINED rounds the codes again after that, and is
 * never worse than MIN_MAX in any group, in the weighted square error.
 *
 * @param rows the weights, columns a multiple of 32
 * @param bits q of (13), [2, 8]
 * @param method how a and b are found
 * @return the groups, row by row
 * @throws std::invalid_argument for other bits or columns, for a weight that is no finite number,
 *         for a range that binary16 does not hold
 */
std::vector<AffineGroup> QuantizeAffine(const WeightRows& rows,
                                        int bits,
                                        QuantizationMethod method);

/**
 * @brief Quantise to 8 bits without an offset, as llama.cpp's Q8_0.
 *
 * MIN_MAX takes the largest magnitude for 127; REFINED minimises the square error over the scale
 * and is never worse in any group.
 *
 * @param rows the weights, columns a multiple of 32
 * @param method how the scale is found
 * @return the groups, row by row
 * @throws std::invalid_argument as QuantizeAffine does
 */
std::vector<SymmetricGroup> QuantizeSymmetric(const WeightRows& rows, QuantizationMethod method);

/**
 * @brief Batch groups for the fit, from a row of groups that goes on over the rows.
 * @param rows the weights, columns a multiple of 32
 * @param first number of the first group
 * @param importanceUnit what importance is divided by, GetImportanceUnit
 * @return the groups first, first + 1, ..., the last one repeated
 * @throws std::invalid_argument for a weight that is no finite number
 */
GroupBatch MakeGroupBatch(const WeightRows& rows, std::size_t first, double importanceUnit);

/// @param rows the weights, with a metric @throws std::invalid_argument where it is that of other
/// columns
void RequireMetric(const WeightRows& rows);

/// @param rows the weights @return the mean importance, 1 where there is none or all are zero
/// @throws std::invalid_argument for an importance that is negative or no finite number
double GetImportanceUnit(const WeightRows& rows);

/**
 * @brief Round to binary16, as a container stores it.
 * @param value a scale or an offset
 * @return the nearest value that binary16 holds
 * @throws std::invalid_argument where binary16 would overflow
 */
float RoundToHalf(float value);

} // namespace ecld

#endif // ECLD_QUANTIZATION_H
