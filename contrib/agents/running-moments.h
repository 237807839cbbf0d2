/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_RUNNING_MOMENTS_H
#define AGENTS_RUNNING_MOMENTS_H

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <string>

namespace agents
{

/**
 * @ingroup agents
 * @brief Mean and deviation of all that was seen, by Welford's update.
 *
 * Learners normalise by copies that they renew between iterations: within one, the ratio (31) must
 * compare policies of the same inputs.
 */
class RunningMoments
{
  public:
    /// @param size number of quantities
    explicit RunningMoments(Eigen::Index size)
        : m_mean(Eigen::ArrayXd::Zero(size)),
          m_squares(Eigen::ArrayXd::Zero(size))
    {
    }

    /// Add one observation of all quantities. @param values a row of them
    template <typename Row>
    void Add(const Row& values)
    {
        const Eigen::ArrayXd x = values.template cast<double>().array().transpose();
        ++m_count;
        const Eigen::ArrayXd change = x - m_mean;
        m_mean += change / m_count;
        m_squares += change * (x - m_mean);
    }

    /// @return means, zero at first
    const Eigen::ArrayXd& GetMean() const
    {
        return m_mean;
    }

    /// @return 1 / deviation of each quantity, 1 for those that do not vary
    Eigen::ArrayXd GetScale() const
    {
        constexpr double constant = 1e-12; // variance of what does not vary but for rounding
        const Eigen::ArrayXd variance = m_squares / std::max(m_count, 1.0);
        return (variance > constant).select(variance.max(constant).rsqrt(), 1.0);
    }

    /// @return the moments, as bytes
    std::string Save() const
    {
        std::string bytes(reinterpret_cast<const char*>(&m_count), sizeof m_count);
        for (const Eigen::ArrayXd* values : {&m_mean, &m_squares})
        {
            bytes.append(reinterpret_cast<const char*>(values->data()),
                         values->size() * sizeof(double));
        }
        return bytes;
    }

    /// @param bytes what Save gave @throw std::runtime_error when they do not fit
    void Load(const std::string& bytes)
    {
        const std::size_t each = m_mean.size() * sizeof(double);
        if (bytes.size() != sizeof m_count + 2 * each)
        {
            throw std::runtime_error("moments are of another size");
        }
        std::memcpy(&m_count, bytes.data(), sizeof m_count);
        std::memcpy(m_mean.data(), bytes.data() + sizeof m_count, each);
        std::memcpy(m_squares.data(), bytes.data() + sizeof m_count + each, each);
    }

  private:
    double m_count{0};        //!< observations
    Eigen::ArrayXd m_mean;    //!< of each quantity
    Eigen::ArrayXd m_squares; //!< sum of squared distances from the mean
};

} // namespace agents

#endif // AGENTS_RUNNING_MOMENTS_H
