/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_EXACT_SUM_H
#define MEC_EXACT_SUM_H

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A sum of doubles that keeps twice the digits of one: terms that are added and taken away
 * again leave nothing of their rounding.
 *
 * The sum is the two numbers high and low, of which low is at most half a unit in the last place of
 * high (double-double arithmetic after Dekker and Knuth). A strong signal that has ended therefore
 * leaves no error in the power of a weak one 160 dB below it.
 */
class MecExactSum
{
  public:
    /// Add a term. @param term finite, negative to take one away
    void Add(double term)
    {
        const double sum = m_high + term;
        const double added = sum - m_high;
        const double low = m_low + ((m_high - (sum - added)) + (term - added));
        m_high = sum + low;
        m_low = low - (m_high - sum);
    }

    /// @param term finite @return the sum less a term, rounded once
    double Without(double term) const
    {
        const double difference = m_high - term;
        const double taken = m_high - difference;
        const double error = (m_high - (difference + taken)) + (taken - term);
        return difference + (error + m_low);
    }

    /// @return the sum, rounded
    double Get() const
    {
        return m_high;
    }

    /// @param other another sum @return whether this one is larger
    bool operator>(const MecExactSum& other) const
    {
        return m_high > other.m_high || (m_high == other.m_high && m_low > other.m_low);
    }

  private:
    double m_high{0}; //!< the sum, rounded
    double m_low{0};  //!< what rounding took from it
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_EXACT_SUM_H
