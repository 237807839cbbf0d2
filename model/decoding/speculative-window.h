/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SPECULATIVE_WINDOW_H
#define SPECULATIVE_WINDOW_H

#include "speculative-rate.h"

#include "ns3/object.h"

#include <cstdint>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief How many tokens a device drafts before it sends them.
 */
class WindowPolicy : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /// Another answer begins; does nothing unless overridden.
    virtual void BeginAnswer();

    /**
     * Choose the window of the next restart, or in conventional mode of the next round.
     * @param mode who waits for whom
     * @param times what the parts take without waiting for others
     * @return g, >= 1
     */
    virtual uint32_t Choose(SpeculativeMode mode, const SpeculativeTimes& times) = 0;

    /**
     * Learn what became of drafts; does nothing unless overridden.
     * @param accepted drafts that were right
     * @param rejected drafts that were wrong after a right text
     */
    virtual void Learn(uint64_t accepted, uint64_t rejected);
};

/**
 * @ingroup llm-mec
 * @brief Always the same window.
 */
class FixedWindow : public WindowPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    uint32_t Choose(SpeculativeMode mode, const SpeculativeTimes& times) override;

  private:
    uint32_t m_window; //!< g
};

/**
 * @ingroup llm-mec
 * @brief The window of the highest rate by the closed form, for an acceptance that is known.
 */
class OptimalWindow : public WindowPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    uint32_t Choose(SpeculativeMode mode, const SpeculativeTimes& times) override;

  private:
    double m_acceptance; //!< a
    uint32_t m_largest;  //!< largest window
};

/**
 * @ingroup llm-mec
 * @brief The window of the highest rate by the closed form, for an acceptance that is estimated in
 * each answer: the mean of a Beta distribution that begins with a prior and counts outcomes. With
 * Memory old outcomes count less, for an acceptance that drifts.
 */
class EstimatedWindow : public WindowPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    void BeginAnswer() override;
    uint32_t Choose(SpeculativeMode mode, const SpeculativeTimes& times) override;
    void Learn(uint64_t accepted, uint64_t rejected) override;

    /// @return estimate of a in this answer, (0, 1)
    double GetEstimate() const;

  private:
    double m_priorRight; //!< drafts that the prior counts as right
    double m_priorWrong; //!< drafts that the prior counts as wrong
    double m_memory;     //!< drafts; 0: all count alike
    uint32_t m_largest;  //!< largest window
    double m_right{0};   //!< drafts of this answer that were right, by what they count
    double m_wrong{0};   //!< drafts of this answer that were wrong, by what they count
};

} // namespace llmmec
} // namespace ns3

#endif // SPECULATIVE_WINDOW_H
