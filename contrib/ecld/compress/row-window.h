/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_ROW_WINDOW_H
#define ECLD_ROW_WINDOW_H

#include "block-traits.h"
#include "metric-window.h"

#include <cstddef>
#include <vector>

namespace ecld
{

/// Cost of moving a run of weights along two directions, less that of staying.
struct StepCost
{
    double aa{0}; ///< a^T H a
    double ab{0}; ///< a^T H b
    double bb{0}; ///< b^T H b
    double ra{0}; ///< a^T H e
    double rb{0}; ///< b^T H e

    /// @param x steps along a @param y steps along b @return change of the cost
    double Get(double x, double y) const;

    /// @param x steps along a @return the best number of steps along b
    double SolveSecond(double x) const;

    /// @return the best number of steps along a when b may move too
    double SolveFirst() const;
};

/**
 * @brief A run of columns of a quantised row on its way: codes and parameters move so that e^T H e
 * falls, e the errors of the whole row; the columns outside the run stay as they are.
 * @tparam Block AffineGroup or KBlock
 */
template <typename Block>
class RowWindow
{
  public:
    /**
     * @param metric of the run, its columns a multiple of the block's size
     * @param levels largest code
     */
    RowWindow(const MetricWindow& metric, int levels);

    /**
     * Start from a row, the run being all of it.
     * @param weights of the run; must outlive what is done with them
     * @param blocks of the run
     */
    void Take(const float* weights, const Block* blocks);

    /**
     * Start from a part of a row.
     * @param weights as above
     * @param blocks of the run
     * @param slopes H e of the whole row at the columns of the run
     */
    void Take(const float* weights, const Block* blocks, const float* slopes);

    /// Each code in its turn, then scale and offset of each group, the others as they are; no step
    /// raises the cost. @return whether anything changed
    bool Improve();

    /// @return e^T H e, where the run is the whole row
    double GetCost() const;

    /// @return e of the run
    const std::vector<double>& GetErrors() const;

    /// @return the run
    const std::vector<Block>& GetBlocks() const;

  private:
    static constexpr std::size_t SIZE = BlockTraits<Block>::SIZE; //!< weights of a block

    /// @param j a column @return value of the weight
    double GetValue(std::size_t j) const;
    /// A value has changed. @param j its column
    void Update(std::size_t j);
    /// Values have changed. @param first column @param count of columns
    void UpdateRun(std::size_t first, std::size_t count);
    /// @return whether a code changed
    bool MoveCodes();
    /// @param first weight of a run @param a direction @param b another, of as many weights
    StepCost MeasureSteps(std::size_t first,
                          const std::vector<double>& a,
                          const std::vector<double>& b) const;
    /// @param block one of the run @param first its first weight @return whether it changed
    bool MoveParameters(AffineGroup& block, std::size_t first);
    /// @copydoc MoveParameters(AffineGroup&,std::size_t)
    bool MoveParameters(KBlock& block, std::size_t first);
    /// @param block a super-block @param first its first weight @param group of it
    /// @return whether its 6-bit codes changed
    bool MoveGroupCodes(KBlock& block, std::size_t first, std::size_t group);
    /// @param block a super-block @param first its first weight @return whether factors changed
    bool MoveFactors(KBlock& block, std::size_t first);

    MetricWindow m_metric;           //!< of the inputs
    int m_levels;                    //!< largest code
    const float* m_weights{nullptr}; //!< of the run
    std::vector<Block> m_blocks;     //!< the run quantised
    std::vector<double> m_errors;    //!< e, weights minus values
    std::vector<double> m_slopes;    //!< H e
};

extern template class RowWindow<AffineGroup>;
extern template class RowWindow<KBlock>;

} // namespace ecld

#endif // ECLD_ROW_WINDOW_H
