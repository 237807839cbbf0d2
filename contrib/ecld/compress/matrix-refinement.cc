/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "matrix-refinement.h"

#include "error-feedback.h"
#include "gguf-blocks.h"
#include "row-window.h"
#include "worker-threads.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <algorithm>
#include <stdexcept>
#include <string>

namespace ecld
{

namespace
{

/// Largest code of a weight of the containers with offsets.
constexpr int LEVELS = 15;

/// Columns that are done before their errors reach all others, at least one block.
constexpr int64_t RUN_COLUMNS = 128;

/// Widest matrix whose rows have all turns from two starts.
constexpr int64_t WIDEST_THOROUGH = 1024;

/// Weights that are refined at once: 134 MB a tensor.
constexpr int64_t PART_WEIGHTS = 1 << 25;

/// All rows of a part of a matrix on their way.
template <typename Block>
class MatrixRefinement
{
  public:
    MatrixRefinement(const at::Tensor& weights,
                     const WideMetric& metric,
                     const MatrixRefinementSettings& settings)
        : m_weights(weights),
          m_metric(metric),
          m_settings(settings),
          m_rows(static_cast<std::size_t>(weights.size(0))),
          m_columns(weights.size(1)),
          m_places(static_cast<std::size_t>(m_columns) / SIZE)
    {
    }

    /// @return the best blocks of each row
    std::vector<Block> Refine() const
    {
        if (!m_settings.hasTwoStarts)
        {
            return Improve(FeedBack());
        }
        std::vector<Block> best = Fit();
        const std::vector<Block> fromErrors = Improve(best);
        const std::vector<Block> fromFeedback = Improve(FeedBack());
        std::vector<double> least = MeasureCosts(best);
        for (const std::vector<Block>* const trial : {&fromErrors, &fromFeedback})
        {
            const std::vector<double> costs = MeasureCosts(*trial);
            for (std::size_t row = 0; row < m_rows; ++row)
            {
                if (costs[row] < least[row])
                {
                    least[row] = costs[row];
                    std::copy_n(&(*trial)[row * m_places], m_places, &best[row * m_places]);
                }
            }
        }
        return best;
    }

  private:
    static constexpr std::size_t SIZE = BlockTraits<Block>::SIZE;

    /// Each thread takes a run of rows: no row depends on another.
    /// @param task given the first row and how many
    void ForRows(const std::function<void(std::size_t, std::size_t)>& task) const
    {
        const std::size_t threads = std::clamp<std::size_t>(m_settings.threads, 1, m_rows);
        RunThreads(threads, [&](std::size_t number) {
            const std::size_t first = number * m_rows / threads;
            task(first, (number + 1) * m_rows / threads - first);
        });
    }

    /// @param task given the first column of each run and how many
    void ForRuns(const std::function<void(int64_t, int64_t)>& task) const
    {
        const int64_t columns = std::max<int64_t>(RUN_COLUMNS, SIZE);
        for (int64_t first = 0; first < m_columns; first += columns)
        {
            task(first, std::min(columns, m_columns - first));
        }
    }

    /// @return blocks by the weighted errors of the weights alone
    std::vector<Block> Fit() const
    {
        std::vector<Block> blocks(m_rows * m_places);
        ForRows([&](std::size_t first, std::size_t count) {
            const std::vector<Block> fitted =
                BlockTraits<Block>::Fit({GetWeights(first, 0),
                                         count,
                                         static_cast<std::size_t>(m_columns),
                                         m_metric.GetSquares().data()},
                                        LEVELS);
            std::copy(fitted.begin(), fitted.end(), &blocks[first * m_places]);
        });
        return blocks;
    }

    /// @return blocks by error feedback
    std::vector<Block> FeedBack() const
    {
        std::vector<Block> blocks(m_rows * m_places);
        const at::Tensor targets = m_weights.clone();
        ForRuns([&](int64_t first, int64_t columns) {
            const at::Tensor errors =
                at::empty({static_cast<int64_t>(m_rows), columns}, at::kFloat);
            const OwnedMetricWindow window = m_metric.GetWindow(first, columns);
            ForRows([&](std::size_t row, std::size_t count) {
                FeedRunBack(window.Get(), targets, row, count, first, errors, blocks);
            });
            const int64_t rest = m_columns - first - columns;
            targets.narrow(1, first + columns, rest)
                .addmm_(errors,
                        m_metric.GetFeedback()
                            .narrow(0, first, columns)
                            .narrow(1, first + columns, rest));
        });
        return blocks;
    }

    /// @param metric of a run @param targets of all columns @param row first of some @param count
    /// of rows @param first column of the run @param errors of the run, written @param blocks of
    /// all columns, written
    void FeedRunBack(const MetricWindow& metric,
                     const at::Tensor& targets,
                     std::size_t row,
                     std::size_t count,
                     int64_t first,
                     const at::Tensor& errors,
                     std::vector<Block>& blocks) const
    {
        const at::Tensor asked = targets.narrow(0, static_cast<int64_t>(row), count)
                                     .narrow(1, first, static_cast<int64_t>(metric.columns))
                                     .to(at::kDouble)
                                     .contiguous();
        const FeedbackRows run{count,
                               static_cast<std::size_t>(m_columns),
                               GetWeights(row, first),
                               asked.data_ptr<double>()};
        const std::vector<Block> fed = FeedErrorsBack<Block>(run, metric, LEVELS);
        const std::size_t places = metric.columns / SIZE;
        float* error = errors.data_ptr<float>() + row * metric.columns;
        for (std::size_t r = 0; r < count; ++r)
        {
            std::copy_n(&fed[r * places],
                        places,
                        &blocks[(row + r) * m_places + static_cast<std::size_t>(first) / SIZE]);
            for (std::size_t j = 0; j < metric.columns; ++j, ++error)
            {
                *error = run.weights[r * run.stride + j] - fed[r * places + j / SIZE].Get(j % SIZE);
            }
        }
    }

    /// @param blocks of all rows @return better ones
    std::vector<Block> Improve(std::vector<Block> blocks) const
    {
        if (m_settings.turns == 0)
        {
            return blocks;
        }
        const at::Tensor slopes = at::matmul(GetErrors(blocks), m_metric.GetProducts());
        for (int turn = 0; turn < m_settings.turns; ++turn)
        {
            ForRuns([&](int64_t first, int64_t columns) {
                const at::Tensor changes =
                    at::empty({static_cast<int64_t>(m_rows), columns}, at::kFloat);
                const OwnedMetricWindow window = m_metric.GetWindow(first, columns);
                ForRows([&](std::size_t row, std::size_t count) {
                    ImproveRun(window.Get(), slopes, row, count, first, changes, blocks);
                });
                slopes.addmm_(changes, m_metric.GetProducts().narrow(0, first, columns));
            });
        }
        return blocks;
    }

    /// @param slopes of all columns @param changes of the errors of the run, written; the others as
    /// in FeedRunBack
    void ImproveRun(const MetricWindow& metric,
                    const at::Tensor& slopes,
                    std::size_t row,
                    std::size_t count,
                    int64_t first,
                    const at::Tensor& changes,
                    std::vector<Block>& blocks) const
    {
        RowWindow<Block> window(metric, LEVELS);
        float* change = changes.data_ptr<float>() + row * metric.columns;
        for (std::size_t r = row; r < row + count; ++r)
        {
            Block* const run = &blocks[r * m_places + static_cast<std::size_t>(first) / SIZE];
            window.Take(GetWeights(r, first),
                        run,
                        slopes.data_ptr<float>() + static_cast<int64_t>(r) * m_columns + first);
            const std::vector<double> before = window.GetErrors();
            window.Improve();
            std::copy(window.GetBlocks().begin(), window.GetBlocks().end(), run);
            change = std::transform(
                window.GetErrors().begin(),
                window.GetErrors().end(),
                before.begin(),
                change,
                [](double now, double then) { return static_cast<float>(now - then); });
        }
    }

    /// @param blocks of all rows @return weights minus values, [rows, columns]
    at::Tensor GetErrors(const std::vector<Block>& blocks) const
    {
        const at::Tensor errors = m_weights.clone();
        float* const error = errors.data_ptr<float>();
        const auto columns = static_cast<std::size_t>(m_columns);
        ForRows([&](std::size_t first, std::size_t count) {
            for (std::size_t i = first * columns; i < (first + count) * columns; ++i)
            {
                error[i] -= blocks[i / SIZE].Get(i % SIZE);
            }
        });
        return errors;
    }

    /// @param blocks of all rows @return e^T H e of each
    std::vector<double> MeasureCosts(const std::vector<Block>& blocks) const
    {
        const at::Tensor errors = GetErrors(blocks);
        const at::Tensor costs = (at::matmul(errors, m_metric.GetProducts()) * errors)
                                     .sum(1, false, at::kDouble)
                                     .contiguous();
        return {costs.data_ptr<double>(), costs.data_ptr<double>() + costs.numel()};
    }

    /// @param row of the matrix @param column of it @return the weight there, and those after it
    const float* GetWeights(std::size_t row, int64_t column) const
    {
        return m_weights.data_ptr<float>() + static_cast<int64_t>(row) * m_columns + column;
    }

    const at::Tensor& m_weights;                //!< [rows, columns], contiguous
    const WideMetric& m_metric;                 //!< of the inputs
    const MatrixRefinementSettings& m_settings; //!< turns and threads
    std::size_t m_rows;                         //!< of the matrix
    int64_t m_columns;                          //!< of the matrix
    std::size_t m_places;                       //!< blocks of a row
};

/// @param weights rows of a matrix @param settings how many threads @return their blocks by squares
void
QuantizeBySquares(GgufType type,
                  const at::Tensor& weights,
                  const WideMetric& metric,
                  const MatrixRefinementSettings& settings,
                  std::byte* blocks)
{
    const auto rows = static_cast<std::size_t>(weights.size(0));
    const auto columns = static_cast<std::size_t>(weights.size(1));
    const std::size_t rowBytes = GetGgufTensorBytes(type, {1, weights.size(1)}, "matrix");
    const std::size_t threads = std::clamp<std::size_t>(settings.threads, 1, rows);
    RunThreads(threads, [&](std::size_t number) {
        const std::size_t first = number * rows / threads;
        QuantizeBlocks(type,
                       {weights.data_ptr<float>() + first * columns,
                        (number + 1) * rows / threads - first,
                        columns,
                        metric.GetSquares().data()},
                       QuantizationMethod::REFINED,
                       blocks + first * rowBytes);
    });
}

} // namespace

MatrixRefinementSettings
ChooseRefinement(int64_t columns)
{
    MatrixRefinementSettings settings;
    if (columns > WIDEST_THOROUGH)
    {
        settings.turns = 1;
        settings.hasTwoStarts = false;
    }
    return settings;
}

std::vector<std::byte>
QuantizeMatrix(GgufType type,
               const at::Tensor& weights,
               const WideMetric& metric,
               const MatrixRefinementSettings& settings)
{
    const at::NoGradGuard noGrad;
    if (metric.GetColumns() != weights.size(1))
    {
        throw std::invalid_argument("got the metric of " + std::to_string(metric.GetColumns()) +
                                    " columns, expected " + std::to_string(weights.size(1)));
    }
    std::vector<std::byte> blocks(GetGgufTensorBytes(type, weights.sizes().vec(), "matrix"));
    const std::size_t rowBytes = blocks.size() / static_cast<std::size_t>(weights.size(0));
    const int64_t partRows = std::max<int64_t>(1, PART_WEIGHTS / weights.size(1));
    for (int64_t first = 0; first < weights.size(0); first += partRows)
    {
        const at::Tensor part =
            weights.narrow(0, first, std::min(partRows, weights.size(0) - first)).contiguous();
        std::byte* const target = &blocks[static_cast<std::size_t>(first) * rowBytes];
        if (type == GgufType::Q4_1)
        {
            PackBlocks(MatrixRefinement<AffineGroup>(part, metric, settings).Refine(), target);
        }
        else if (type == GgufType::Q4_K)
        {
            PackBlocks(MatrixRefinement<KBlock>(part, metric, settings).Refine(), target);
        }
        else
        {
            QuantizeBySquares(type, part, metric, settings, target);
        }
    }
    return blocks;
}

} // namespace ecld
