/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef STATIC_OFFLOAD_POLICY_H
#define STATIC_OFFLOAD_POLICY_H

#include "offload-policy.h"

#include "ns3/random-variable-stream.h"

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Every task stays on its device; nobody sends.
 */
class AlwaysLocalPolicy : public OffloadPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    SlotDecision Decide(const SlotObservation& observation) override;
};

/**
 * @ingroup llm-mec
 * @brief Every task goes to the server whole, at full power.
 */
class AlwaysOffloadPolicy : public OffloadPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    SlotDecision Decide(const SlotObservation& observation) override;
};

/**
 * @ingroup llm-mec
 * @brief The same ratio and the same share of the full power, always.
 */
class FixedPolicy : public OffloadPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    SlotDecision Decide(const SlotObservation& observation) override;

  private:
    double m_offloadRatio; //!< alpha, share
    double m_powerShare;   //!< p / P_max, share
};

/**
 * @ingroup llm-mec
 * @brief Ratio and power drawn anew for each task.
 */
class RandomPolicy : public OffloadPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    SlotDecision Decide(const SlotObservation& observation) override;
    int64_t AssignStreams(int64_t stream) override;

  private:
    Ptr<RandomVariableStream> m_offloadRatio; //!< alpha, share
    Ptr<RandomVariableStream> m_powerShare;   //!< p / P_max, share
};

} // namespace llmmec
} // namespace ns3

#endif // STATIC_OFFLOAD_POLICY_H
