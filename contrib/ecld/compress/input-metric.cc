/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "input-metric.h"

#include <cmath>
#include <stdexcept>
#include <string>

namespace ecld
{

InputMetric::InputMetric(std::size_t columns, std::vector<double> products, double damping)
    : m_columns(columns),
      m_products(std::move(products)),
      m_feedback(columns * columns),
      m_remainder(columns)
{
    if (columns == 0 || m_products.size() != columns * columns || !(damping > 0))
    {
        throw std::invalid_argument("input metric: got " + std::to_string(m_products.size()) +
                                    " products of " + std::to_string(columns) +
                                    " columns, expected their square, and a damping above 0");
    }
    double mean = 0;
    for (std::size_t j = 0; j < columns; ++j)
    {
        mean += m_products[j * columns + j] / static_cast<double>(columns);
    }
    for (std::size_t j = 0; j < columns; ++j)
    {
        // Inputs that are all zero say nothing: all errors count the same.
        m_products[j * columns + j] += mean > 0 ? damping * mean : 1;
    }
    std::vector<double> scaled(columns);
    for (std::size_t j = columns; j-- > 0;)
    {
        const double* const row = &m_feedback[j * columns];
        double remainder = m_products[j * columns + j];
        for (std::size_t k = j + 1; k < columns; ++k)
        {
            scaled[k] = row[k] * m_remainder[k];
            remainder -= row[k] * scaled[k];
        }
        if (!(remainder > 0) || !std::isfinite(remainder))
        {
            throw std::invalid_argument("input metric: got products that are not those of inputs, "
                                        "at column " +
                                        std::to_string(j));
        }
        m_remainder[j] = remainder;
        m_feedback[j * columns + j] = 1;
        for (std::size_t i = 0; i < j; ++i)
        {
            const double* const other = &m_feedback[i * columns];
            double sum = m_products[i * columns + j];
            for (std::size_t k = j + 1; k < columns; ++k)
            {
                sum -= other[k] * scaled[k];
            }
            m_feedback[i * columns + j] = sum / remainder;
        }
    }
}

std::size_t
InputMetric::GetColumns() const
{
    return m_columns;
}

const double*
InputMetric::GetProducts(std::size_t column) const
{
    return &m_products[column * m_columns];
}

const double*
InputMetric::GetFeedback(std::size_t column) const
{
    return &m_feedback[column * m_columns];
}

double
InputMetric::GetRemainder(std::size_t column) const
{
    return m_remainder[column];
}

const double*
InputMetric::GetRemainders() const
{
    return m_remainder.data();
}

} // namespace ecld
