/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "base/vector-clones.h"
#include "streaming.h"
#include "worker-threads.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace ecld
{

namespace
{

/// Squared norms of the rows and of the columns of a matrix.
struct MatrixNorms
{
    std::vector<double> rows;    ///< of each row
    std::vector<double> columns; ///< of each column
};

/// Rows that a thread has in memory at once.
constexpr int64_t PART_ROWS = 256;

/// Partial sums of a row, so that the compiler makes vector code of them.
constexpr std::size_t SUM_LANES = 16;

/// @param values of a row @param columns where their squares are added @return sum of the squares
VECTOR_CLONES double
AddSquares(const float* values, std::vector<double>& columns)
{
    std::array<double, SUM_LANES> sums{};
    double* const column = columns.data();
    const std::size_t whole = columns.size() / SUM_LANES * SUM_LANES;
    for (std::size_t first = 0; first < whole; first += SUM_LANES)
    {
        for (std::size_t l = 0; l < SUM_LANES; ++l)
        {
            const double square = static_cast<double>(values[first + l]) * values[first + l];
            column[first + l] += square;
            sums[l] += square;
        }
    }
    for (std::size_t c = whole; c < columns.size(); ++c)
    {
        const double square = static_cast<double>(values[c]) * values[c];
        column[c] += square;
        sums[0] += square;
    }
    return std::accumulate(sums.begin(), sums.end(), 0.0);
}

/// @param rows the model, the matrix open @param first of the rows @param count of them @param
/// columns of the matrix @return norms of these rows alone
MatrixNorms
MeasurePart(const TensorRows& rows, int64_t first, int64_t count, int64_t columns)
{
    MatrixNorms norms;
    norms.columns.assign(static_cast<std::size_t>(columns), 0);
    std::vector<int64_t> numbers(static_cast<std::size_t>(count));
    std::iota(numbers.begin(), numbers.end(), first);
    std::vector<float> values(numbers.size() * norms.columns.size());
    rows.Read(numbers.data(), numbers.size(), values.data());
    for (std::size_t row = 0; row < numbers.size(); ++row)
    {
        norms.rows.push_back(AddSquares(&values[row * norms.columns.size()], norms.columns));
    }
    return norms;
}

/// @param sum what is added to @param terms what is added
void
AddTo(std::vector<double>& sum, const std::vector<double>& terms)
{
    for (std::size_t i = 0; i < sum.size(); ++i)
    {
        sum[i] += terms[i];
    }
}

/// @param rows the model @param name a matrix @param count its rows @param columns its columns
/// @param threads that read
MatrixNorms
MeasureNorms(TensorRows& rows,
             const std::string& name,
             int64_t count,
             int64_t columns,
             std::size_t threads)
{
    MatrixNorms norms;
    norms.columns.assign(static_cast<std::size_t>(columns), 0);
    rows.Open(name);
    std::vector<MatrixNorms> parts(threads);
    for (int64_t first = 0; first < count;)
    {
        const auto left = static_cast<std::size_t>((count - first + PART_ROWS - 1) / PART_ROWS);
        parts.resize(std::min(threads, left));
        RunThreads(parts.size(), [&](std::size_t number) {
            const int64_t begin = first + static_cast<int64_t>(number) * PART_ROWS;
            parts[number] = MeasurePart(rows, begin, std::min(PART_ROWS, count - begin), columns);
        });
        // In the order of the rows, so that the sums do not depend on the number of threads.
        for (const MatrixNorms& part : parts)
        {
            norms.rows.insert(norms.rows.end(), part.rows.begin(), part.rows.end());
            AddTo(norms.columns, part.columns);
        }
        first += static_cast<int64_t>(parts.size()) * PART_ROWS;
    }
    return norms;
}

/// @param norms squared norms @param first of a head @param size of a head @return their sum
double
SumRange(const std::vector<double>& norms, int64_t first, int64_t size)
{
    double sum = 0;
    for (int64_t i = first; i < first + size; ++i)
    {
        sum += norms[static_cast<std::size_t>(i)];
    }
    return sum;
}

/// @param scores where heads and groups of a layer go @param value norms of v_proj @param output
/// of o_proj @param config the model
void
ScoreHeads(ImportanceScores& scores,
           const MatrixNorms& value,
           const MatrixNorms& output,
           const ModelConfig& config)
{
    std::vector<double> heads;
    std::vector<double> groups;
    const int64_t shared = config.heads / config.keyValueHeads;
    for (int64_t group = 0; group < config.keyValueHeads; ++group)
    {
        const double valueNorm = SumRange(value.rows, group * config.headDim, config.headDim);
        double sum = 0;
        for (int64_t head = group * shared; head < (group + 1) * shared; ++head)
        {
            const double outputNorm =
                SumRange(output.columns, head * config.headDim, config.headDim);
            heads.push_back(std::sqrt(valueNorm * outputNorm));
            sum += valueNorm * outputNorm;
        }
        groups.push_back(std::sqrt(sum));
    }
    scores.heads.push_back(heads);
    scores.groups.push_back(groups);
}

} // namespace

ImportanceScores
ScoreByWeights(TensorRows& rows,
               const std::function<void(int64_t, int64_t)>& progress,
               std::size_t threads)
{
    const ModelConfig& config = rows.GetConfig();
    ImportanceScores scores;
    scores.channels = MeasureNorms(rows,
                                   "model.embed_tokens.weight",
                                   config.vocabularySize,
                                   config.hiddenSize,
                                   threads)
                          .columns;
    for (int64_t layer = 0; layer < config.layers; ++layer)
    {
        const std::string prefix = "model.layers." + std::to_string(layer) + ".";
        const auto measure = [&](const std::string& part, int64_t count, int64_t columns) {
            return MeasureNorms(rows, prefix + part + ".weight", count, columns, threads);
        };
        const int64_t hidden = config.hiddenSize;
        const int64_t inner = config.intermediateSize;
        const auto value =
            measure("self_attn.v_proj", config.keyValueHeads * config.headDim, hidden);
        const auto output = measure("self_attn.o_proj", hidden, config.heads * config.headDim);
        const auto gate = measure("mlp.gate_proj", inner, hidden);
        const auto up = measure("mlp.up_proj", inner, hidden);
        const auto down = measure("mlp.down_proj", hidden, inner);
        ScoreHeads(scores, value, output, config);
        std::vector<double> neurons;
        for (std::size_t i = 0; i < gate.rows.size(); ++i)
        {
            neurons.push_back(std::sqrt(gate.rows[i] * up.rows[i] * down.columns[i]));
        }
        scores.neurons.push_back(neurons);
        AddTo(scores.channels, output.rows);
        AddTo(scores.channels, down.rows);
        const bool isLast = layer + 1 == config.layers;
        scores.layers.push_back(
            static_cast<double>(isLast ? config.layers : config.layers - layer));
        if (progress)
        {
            progress(layer + 1, config.layers);
        }
    }
    for (double& channel : scores.channels)
    {
        channel = std::sqrt(channel);
    }
    return scores;
}

} // namespace ecld
