/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_TOKEN_LEDGER_H
#define MEC_TOKEN_LEDGER_H

#include "mec-token-record.h"
#include "mec-token-step.h"

#include "ns3/llm-step-energy-model.h"

#include <cstddef>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief The books of an engine: how each of its requests goes, by place, and what its steps took,
 * shared out among those that had a part in them.
 */
class TokenLedger
{
  public:
    /// A request gets a place. @param place of it in the scheduler @param record how it goes
    void Open(std::size_t place, const TokenRecord& record);
    /// @param place of a request @return how it goes
    TokenRecord& Get(std::size_t place);
    /// A request leaves: what it has a part in from now on counts as that of a cancelled one.
    /// @param place of it @return its energy so far, J
    double Leave(std::size_t place);
    /// @param place of a request @return whether it has left
    bool HasLeft(std::size_t place) const;

    /// @param step a step @return how much it computes
    static TokenStepRecord Measure(const TokenStep& step);
    /**
     * A step is complete.
     * @param step who computed what
     * @param record the step, which gets its energy
     * @param energy what energy a step takes
     * @param serving what the device serves
     */
    void ShareOut(const TokenStep& step,
                  TokenStepRecord& record,
                  const StepEnergyModel& energy,
                  const LlmServing& serving);
    /// A request was cancelled. @param energyJ for it so far, J
    void AddCancelled(double energyJ);

    /// @return energy of all steps that are complete, J
    double GetStepEnergyJ() const;
    /// @return energy of it for requests that have left, of steps before too where they were
    /// cancelled, J
    double GetCancelledEnergyJ() const;
    /// @return time of all steps that are complete, s
    double GetBusyS() const;

  private:
    std::vector<TokenRecord> m_records; //!< by place
    std::vector<bool> m_hasLeft;        //!< by place
    double m_stepEnergyJ{0};            //!< of all steps, J
    double m_cancelledEnergyJ{0};       //!< of it for requests that have left, J
    double m_busyS{0};                  //!< of all steps, s
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_TOKEN_LEDGER_H
