/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_PRODUCT_OBSERVER_H
#define ECLD_PRODUCT_OBSERVER_H

#include "model/transformer.h"

#include <cstdint>
#include <limits>
#include <map>
#include <string>

namespace ecld
{

/**
 * @brief Sums x x^T of the input of each down_proj; a subclass may add inputs of other matrices.
 *
 * Only torch parts of ecld include this header.
 */
class ProductObserver : public ActivationObserver
{
  public:
    /// @param widest input whose products are summed; of wider ones the squares are
    explicit ProductObserver(int64_t widest = std::numeric_limits<int64_t>::max());

    /// @param places flat positions that count
    void BeginBatch(const at::Tensor& places);

    void SeeFeedForward(int64_t layer, const at::Tensor& input) override;

    /// @param name of a matrix @param input [samples, positions, channels]
    void Add(const std::string& name, const at::Tensor& input);

    /// @param name of a matrix whose input was added @return sum of products [channels, channels],
    /// or of squares [channels], float64 on the CPU
    const at::Tensor& GetSum(const std::string& name) const;

    /// @return positions that were seen
    int64_t GetPositions() const;

  private:
    std::map<std::string, at::Tensor> m_sums; //!< by name of the matrix
    at::Tensor m_places;                      //!< of this batch
    int64_t m_positions{0};                   //!< that were seen
    int64_t m_widest;                         //!< input whose products are summed
};

} // namespace ecld

#endif // ECLD_PRODUCT_OBSERVER_H
